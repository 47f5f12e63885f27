const MAX_DELAY_MS = 24 * 60 * 60 * 1000;

/**
 * Reads `Retry-After` (RFC 9110 §10.2.3), seconds or an HTTP date.
 * @returns milliseconds from `now`, between 0 and one day; `undefined` when absent or unreadable
 */
export function parseRetryAfter(header: string | null, now: Date): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return bound(Number(text) * 1000);
  // Only the date form RFC 9110 names: Date.parse alone would take "2030" or "5 apples" for a date.
  if (!/^[A-Za-z]{3,9}, .* GMT$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : bound(at - now.getTime());
}

function bound(delayMs: number): number {
  return Math.round(Math.min(MAX_DELAY_MS, Math.max(0, delayMs)));
}
