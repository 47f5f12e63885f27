import { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';
import { ACCEPTED_CODINGS, type HeaderRecord, isSafeHeader } from '../transport/index.ts';

/**
 * Connection and framing headers, which the transport sets. A foreign `host` would also change the
 * expected certificate.
 */
const TRANSPORT_HEADERS: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const NOT_LATIN1 = /[^\t\x20-\x7e\x80-\xff]+/g;

/** The initial headers, as in the adapter of axios. Call before the body is encoded. */
export function startHeaders(config: InternalAxiosRequestConfig, userAgent: string): AxiosHeaders {
  const headers = AxiosHeaders.from(config.headers).normalize(false);
  headers.set('User-Agent', userAgent, false);
  headers.set('Accept-Encoding', ACCEPTED_CODINGS, false);
  const { auth } = config;
  if (auth !== undefined) {
    const pair = `${auth.username ?? ''}:${auth.password ?? ''}`;
    headers.set('Authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  }
  return headers;
}

/**
 * Headers as sent, without those of the transport.
 * @param isStream `true`: keeps `content-length`, because the transport does not know the length
 */
export function toWireHeaders(headers: AxiosHeaders, isStream: boolean): HeaderRecord {
  const record: HeaderRecord = {};
  for (const name of Object.keys(headers)) {
    const value: unknown = headers[name];
    // In axios, `false` removes a header.
    if (value === undefined || value === null || value === false) continue;
    const lower = name.toLowerCase();
    if (TRANSPORT_HEADERS.has(lower) && !(isStream && lower === 'content-length')) continue;
    record[name] = Array.isArray(value) ? value.map(toLatin1) : toLatin1(value);
  }
  return record;
}

/**
 * Tells if the request has headers that not every origin may receive.
 * @param credentialHeaders lower-case names of further headers that contain credentials
 */
export function carriesCredentials(
  headers: HeaderRecord,
  credentialHeaders: ReadonlySet<string>,
): boolean {
  return Object.keys(headers).some((name) => {
    const lower = name.toLowerCase();
    if (credentialHeaders.has(lower)) return true;
    return !isSafeHeader(lower) && lower !== 'content-length';
  });
}

function toLatin1(value: unknown): string {
  return String(value).replace(NOT_LATIN1, '').trim();
}
