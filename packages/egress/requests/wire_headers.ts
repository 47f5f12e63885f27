import type { HeaderRecord } from '../transport/index.ts';

/**
 * Connection and framing headers, which the transport sets. A `host` of the caller would also
 * change the name that the server's certificate must have.
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
const NOT_LATIN1 = /[^\t\x20-\x7e\x80-\xff]+/;
const ALL_NOT_LATIN1 = new RegExp(NOT_LATIN1, 'g');

/**
 * Returns `true` if the transport sets this header itself.
 * @param name in lower case
 */
export function isTransportHeader(name: string): boolean {
  return TRANSPORT_HEADERS.has(name);
}

/** Returns the value as sent, without control characters and characters outside Latin-1. */
export function toWireValue(value: unknown): string | string[] {
  return Array.isArray(value) ? value.map(toLatin1) : toLatin1(value);
}

/**
 * Adds headers with lower-case names, so that a later header replaces an earlier one of the same
 * name. Skips the headers of the transport, and `undefined`, `null` and `false`, which in axios
 * mean "no header".
 */
export function addWireHeaders(
  target: HeaderRecord,
  headers: Readonly<Record<string, unknown>>,
): void {
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    const lower = name.toLowerCase();
    if (value === undefined || value === null || value === false) continue;
    if (!TRANSPORT_HEADERS.has(lower)) target[lower] = toWireValue(value);
  }
}

function toLatin1(value: unknown): string {
  const text = String(value);
  return (NOT_LATIN1.test(text) ? text.replace(ALL_NOT_LATIN1, '') : text).trim();
}
