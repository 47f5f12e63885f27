import { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';
import { isTransportHeader, toWireValue } from '../requests/wire_headers.ts';
import { ACCEPTED_CODINGS, type HeaderRecord } from '../transport/index.ts';

/**
 * Returns the initial headers, as the adapter of axios does. Call this before the body is encoded.
 */
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
 * Returns the headers to send, without those that the transport sets itself.
 * @param isStream `true`: keeps `content-length`, because the transport does not know the length
 */
export function toWireHeaders(headers: AxiosHeaders, isStream: boolean): HeaderRecord {
  const record: HeaderRecord = {};
  for (const name of Object.keys(headers)) {
    const value: unknown = headers[name];
    // In axios, `false` removes a header.
    if (value === undefined || value === null || value === false) continue;
    const lower = name.toLowerCase();
    if (isTransportHeader(lower) && !(isStream && lower === 'content-length')) continue;
    record[name] = toWireValue(value);
  }
  return record;
}
