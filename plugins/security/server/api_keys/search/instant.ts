const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  H: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const NOW = /^now(?:([+-])(\d{1,9})([smhHdw]))?$/;
const DATE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;
/**
 * Matches times without a UTC offset. They are UTC in Elasticsearch, but local time in JavaScript.
 */
const WITHOUT_OFFSET = /T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/;

/** A function that returns milliseconds since 1970, given the current time. */
export type Instant = (nowMs: number) => number;

/**
 * Parses a date of a query: milliseconds, an ISO date, `now`, or `now` with one distance
 * (`now-7d`). `undefined`: the value has another form.
 */
export function parseInstant(given: unknown): Instant | undefined {
  if (typeof given === 'number') return () => given;
  if (typeof given !== 'string') return undefined;
  const relative = NOW.exec(given);
  if (relative !== null) {
    const [, sign, count = '0', unit = 's'] = relative;
    const distance = Number(count) * (UNITS[unit] ?? 0) * (sign === '-' ? -1 : 1);
    return (nowMs) => nowMs + distance;
  }
  if (/^\d{5,16}$/.test(given)) return () => Number(given);
  if (!DATE.test(given)) return undefined;
  const ms = Date.parse(WITHOUT_OFFSET.test(given) ? `${given}Z` : given);
  return Number.isNaN(ms) ? undefined : () => ms;
}
