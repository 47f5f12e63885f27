import { DEFAULT_WAITS, type WaitSource } from '../entry/api_rules.ts';
import type { ProviderEntry } from '../entry/provider_entry.ts';
import { type ApiResponse, valuesAt } from './api_response.ts';

const MAX_WAIT_MS = 24 * 60 * 60 * 1000;

/**
 * Time for which a response asks to wait before the request is repeated.
 * @param entry `undefined`: only `Retry-After` is read (RFC 9110 §10.2.3)
 * @returns milliseconds from `now`, at most one day; `undefined`: the response does not say
 */
export function readWait(
  entry: Pick<ProviderEntry, 'api'> | undefined,
  response: ApiResponse,
  now: Date,
): number | undefined {
  for (const source of entry?.api.waits ?? DEFAULT_WAITS) {
    const waitMs = waitOf(source, response, now.getTime());
    if (waitMs !== undefined) return Math.round(Math.min(MAX_WAIT_MS, Math.max(0, waitMs)));
  }
  return undefined;
}

/**
 * Reads `Retry-After` (RFC 9110 §10.2.3): seconds or an HTTP date.
 * @param value header of any client; anything but text or a number counts as absent
 * @returns milliseconds from `now`, at most one day; `undefined`: absent or not readable
 */
export function parseRetryAfter(value: unknown, now: Date): number | undefined {
  return readWait(undefined, { status: 429, headers: { 'retry-after': value }, body: '' }, now);
}

function waitOf(
  source: WaitSource,
  { status, headers, body }: ApiResponse,
  nowMs: number,
): number | undefined {
  if (source.from === 'fixed') {
    const [min, max] = source.status ?? [status, status];
    return status >= min && status <= max ? source.seconds * 1000 : undefined;
  }
  const onlyIf = source.from === 'header' ? source.onlyIf : undefined;
  if (onlyIf !== undefined && String(headers[onlyIf.name] ?? '') !== onlyIf.equals)
    return undefined;
  const [found] = source.from === 'header' ? [headers[source.name]] : valuesAt(body, source.path);
  if (typeof found !== 'string' && typeof found !== 'number') return undefined;
  return FORMATS[source.format](String(found).trim(), nowMs);
}

type Format = Exclude<WaitSource, { from: 'fixed' }>['format'];

/**
 * Reads the formats of waits. Each function returns `undefined` for text of another format, so that
 * several formats can be tried.
 */
const FORMATS: Readonly<Record<Format, (text: string, nowMs: number) => number | undefined>> = {
  seconds: (text) => scaled(text, 1000),
  epoch_seconds: (text, nowMs) => minus(scaled(text, 1000), nowMs),
  epoch_ms: (text, nowMs) => minus(scaled(text, 1), nowMs),
  // The format of RFC 9110 §5.6.7. Date.parse would also accept "2030" and "5 apples".
  http_date: (text, nowMs) =>
    /^[A-Za-z]{3,9}, .* GMT$/.test(text) ? instant(text, nowMs) : undefined,
  iso_time: (text, nowMs) =>
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) ? instant(text, nowMs) : undefined,
};

function scaled(text: string, factor: number): number | undefined {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * factor : undefined;
}

function minus(atMs: number | undefined, nowMs: number): number | undefined {
  return atMs === undefined ? undefined : atMs - nowMs;
}

function instant(text: string, nowMs: number): number | undefined {
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : atMs - nowMs;
}
