const UNIT_METHODS = {
  y: ['getUTCFullYear', 'setUTCFullYear'],
  M: ['getUTCMonth', 'setUTCMonth'],
  w: ['getUTCDate', 'setUTCDate'],
  d: ['getUTCDate', 'setUTCDate'],
  h: ['getUTCHours', 'setUTCHours'],
  H: ['getUTCHours', 'setUTCHours'],
  m: ['getUTCMinutes', 'setUTCMinutes'],
  s: ['getUTCSeconds', 'setUTCSeconds'],
} as const;

type Unit = keyof typeof UNIT_METHODS;

const ISO_DATE =
  /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Parses an ISO 8601 date, with or without a time. Without a zone it is UTC.
 * @returns milliseconds since 1970; `undefined`: the text is not a date
 */
export function parseIsoDate(text: string): number | undefined {
  if (!ISO_DATE.test(text)) return undefined;
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text.slice(10));
  const time = Date.parse(
    text.replace(' ', 'T').replace(',', '.') + (hasZone || text.length === 10 ? '' : 'Z'),
  );
  return Number.isNaN(time) ? undefined : time;
}

/**
 * Parses date math of Elasticsearch: `now` or `<date>||`, followed by any number of `+1d`, `-2h`
 * and `/d` (round down) with the units `y M w d h H m s`; or a date alone. All is in UTC.
 * @param now milliseconds since 1970
 * @returns milliseconds since 1970; `undefined`: the text is not date math
 */
export function parseDateMath(text: string, now: number): number | undefined {
  const separator = text.indexOf('||');
  const anchored = separator >= 0;
  if (!anchored && !text.startsWith('now')) return parseIsoDate(text);
  const anchor = anchored ? parseIsoDate(text.slice(0, separator)) : now;
  const operations = anchored ? text.slice(separator + 2) : text.slice(3);
  if (anchor === undefined || !/^(?:[+-]\d{1,9}[yMwdhHms]|\/[yMwdhHms])*$/.test(operations)) {
    return undefined;
  }
  const date = new Date(anchor);
  for (const [, sign, count, unit, rounded] of operations.matchAll(
    /([+-])(\d+)([yMwdhHms])|\/([yMwdhHms])/g,
  )) {
    if (rounded === undefined) add(date, Number(`${sign}${count}`), unit as Unit);
    else roundDown(date, rounded as Unit);
  }
  return Number.isNaN(date.getTime()) ? undefined : date.getTime();
}

/** Adds calendar units. 31 January plus one month gives the last day of February. */
function add(date: Date, count: number, unit: Unit): void {
  const [get, set] = UNIT_METHODS[unit];
  const day = date.getUTCDate();
  date[set](date[get]() + count * (unit === 'w' ? 7 : 1));
  if ((unit === 'M' || unit === 'y') && date.getUTCDate() !== day) date.setUTCDate(0);
}

/** Rounds down to a unit. Weeks start on Monday. */
function roundDown(date: Date, unit: Unit): void {
  if (unit === 'w') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  if (unit === 'y') date.setUTCMonth(0);
  if (unit === 'y' || unit === 'M') date.setUTCDate(1);
  const keepsHours = unit === 'h' || unit === 'H' || unit === 'm' || unit === 's';
  if (!keepsHours) date.setUTCHours(0);
  if (unit !== 'm' && unit !== 's') date.setUTCMinutes(0);
  if (unit !== 's') date.setUTCSeconds(0);
  date.setUTCMilliseconds(0);
}
