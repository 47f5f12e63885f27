/** The members of a recurrence rule that decide on which days it occurs. */
export interface DayRule {
  readonly freq: 'DAILY' | 'WEEKLY' | 'MONTHLY';
  /** Number of days, weeks or months between two occurrences. Default: 1. */
  readonly interval?: number | undefined;
  readonly byweekday?: readonly (typeof WEEKDAYS)[number][] | undefined;
  /** Days of the month. Negative days count from its end: -1 is the last day. */
  readonly bymonthday?: readonly number[] | undefined;
}

const DAY_MS = 24 * 60 * 60_000;
/**
 * Months after which the Gregorian calendar repeats: 400 years, which are a whole number of weeks.
 */
const CYCLE_MONTHS = 400 * 12;
const CYCLE_DAYS = 146_097;
const CYCLE_START_YEAR = 2000;
const CYCLE_START_MS = Date.UTC(CYCLE_START_YEAR, 0, 1);
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'] as const;

/**
 * Returns `true` if a rule occurs at all: a rule for 31 February never does. Check this before a
 * search for the next occurrence, because a search without a result takes half a second.
 * @param startLocal local time of the start, in milliseconds of a calendar without time zones
 */
export function canOccur(rule: DayRule, startLocal: number): boolean {
  const { freq, interval = 1, byweekday, bymonthday } = rule;
  if (byweekday === undefined && bymonthday === undefined && freq !== 'MONTHLY') return true;
  return freq === 'MONTHLY'
    ? occursInMonths(rule, new Date(startLocal))
    : occursOnDays(rule, { start: startLocal, step: freq === 'WEEKLY' ? 7 * interval : interval });
}

function occursInMonths({ interval = 1, byweekday, bymonthday }: DayRule, start: Date) {
  const first = start.getUTCFullYear() * 12 + start.getUTCMonth();
  const fixedDay = byweekday === undefined ? [start.getUTCDate()] : undefined;
  const rule = { byweekday, bymonthday: bymonthday ?? fixedDay };
  for (let count = 0; count < CYCLE_MONTHS / divisor(interval, CYCLE_MONTHS); count += 1) {
    const month = modulo(first + count * interval, CYCLE_MONTHS);
    const firstDay = Date.UTC(CYCLE_START_YEAR, month, 1);
    const days = new Date(Date.UTC(CYCLE_START_YEAR, month + 1, 0)).getUTCDate();
    for (let day = 0; day < days; day += 1)
      if (fits(new Date(firstDay + day * DAY_MS), rule)) return true;
  }
  return false;
}

/**
 * Returns `true` if a daily or weekly rule occurs. Of a weekly rule, all seven days of each of its
 * weeks are tried.
 */
function occursOnDays(
  rule: DayRule,
  { start, step }: { readonly start: number; readonly step: number },
): boolean {
  const first = Math.floor((start - CYCLE_START_MS) / DAY_MS);
  const daysEach = rule.freq === 'WEEKLY' ? 7 : 1;
  for (let count = 0; count < CYCLE_DAYS / divisor(step, CYCLE_DAYS); count += 1) {
    for (let day = 0; day < daysEach; day += 1) {
      const at = modulo(first + count * step + day, CYCLE_DAYS);
      if (fits(new Date(CYCLE_START_MS + at * DAY_MS), rule)) return true;
    }
  }
  return false;
}

function fits(
  date: Date,
  { byweekday, bymonthday }: Pick<DayRule, 'byweekday' | 'bymonthday'>,
): boolean {
  const weekday = WEEKDAYS[date.getUTCDay()];
  if (byweekday !== undefined && !byweekday.some((each) => each === weekday)) return false;
  if (bymonthday === undefined) return true;
  const day = date.getUTCDate();
  if (bymonthday.includes(day)) return true;
  const days = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return bymonthday.includes(day - days - 1);
}

/** Returns the greatest common divisor. */
function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
