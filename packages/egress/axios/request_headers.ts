import { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';
import { ACCEPTED_CODINGS, type HeaderRecord, isSafeHeader } from '../transport/index.ts';

/**
 * Headers of the connection and of the framing, which the transport owns. A foreign `host` would moreover decide which
 * certificate is accepted.
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

/** The headers axios' own adapter would start from. Call before the body is encoded. */
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

/** @param isStream the body's length is unknown to the transport, so the caller's `content-length` counts */
export function toWireHeaders(headers: AxiosHeaders, isStream: boolean): HeaderRecord {
  const record: HeaderRecord = {};
  for (const name of Object.keys(headers)) {
    const value: unknown = headers[name];
    // axios' way to say "not this one"
    if (value === undefined || value === null || value === false) continue;
    const lower = name.toLowerCase();
    if (TRANSPORT_HEADERS.has(lower) && !(isStream && lower === 'content-length')) continue;
    record[name] = Array.isArray(value) ? value.map(toLatin1) : toLatin1(value);
  }
  return record;
}

/**
 * Tells if the request carries headers that not every origin may receive.
 * @param credentialHeaders lower-case names of headers that hold credentials
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
