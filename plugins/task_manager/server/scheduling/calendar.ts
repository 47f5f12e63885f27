import { canOccur } from '@latchkey/core/common';
import { withoutUndefined } from '@latchkey/saved-objects';
import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { type Calendar, rrule, type StoredRrule } from '../tasks/index.ts';
import type { Rrule } from '../types.ts';
import { TaskScheduleError } from './task_schedule_error.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Maximum local time that a time zone has skipped in one step: Samoa skipped 30 December 2011. */
const MAX_SKIPPED_MS = DAY_MS;
const PERIOD_MS = { DAILY: DAY_MS, WEEKLY: 7 * DAY_MS, MONTHLY: 28 * DAY_MS };

/**
 * Converts a rule to the form in which it is stored.
 * @throws TaskScheduleError `invalid_rrule`
 */
export function toStoredRrule(rule: Rrule): StoredRrule {
  // Converted to JSON and back to leave out members without a value, because rules are compared
  // with stored ones.
  const parsed = rrule.safeParse(JSON.parse(JSON.stringify(rule)));
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: '' };
  throw new TaskScheduleError('invalid_rrule', `${['rrule', ...path].join('.')}: ${message}`, {
    cause: parsed.error,
  });
}

/** Converts a stored rule to the form that callers use. */
export const toRrule = ({ dtstart, ...rule }: StoredRrule): Rrule =>
  dtstart === undefined ? rule : { ...rule, dtstart: new Date(dtstart) };

/** A calendar and its next occurrence. */
export interface CalendarSchedule {
  readonly calendar: Calendar;
  readonly runAt: Date;
}

/**
 * Schedules a rule from now on.
 * @throws TaskScheduleError `rrule_never_occurs`
 */
export function scheduleOf(rule: StoredRrule, nowMs: number): CalendarSchedule {
  const { dtstart } = rule;
  const start = dtstart === undefined ? startOf(rule, nowMs) : new Date(dtstart);
  const calendar = { rrule: rule, start };
  const runAt = nextOccurrence(calendar, nowMs);
  if (runAt === undefined) {
    throw new TaskScheduleError('rrule_never_occurs', 'The rrule has no occurrence in the future.');
  }
  return { calendar, runAt };
}

/**
 * First occurrence after an instant, in the time zone of the rule. A local time that the clock
 * skips is moved to the first time after the gap. A repeated local time counts only the first time.
 * A daily rule therefore has one occurrence on every day.
 * @returns `undefined`: there is no later occurrence
 */
export function nextOccurrence(calendar: Calendar, afterMs: number): Date | undefined {
  if ('everyMs' in calendar) {
    const { everyMs, start } = calendar;
    const passed = Math.floor((afterMs - start.getTime()) / everyMs);
    return new Date(start.getTime() + (Math.max(passed, 0) + 1) * everyMs);
  }
  const { rrule: rule, start } = calendar;
  const zone = rule.tzid ?? 'UTC';
  const startLocal = toLocal(start.getTime(), zone);
  if (!canOccur(rule, startLocal)) return undefined;
  const occurrences = localOccurrences(rule, startLocal);
  const earliest = Math.max(afterMs + 1, start.getTime());
  const local = toLocal(earliest, zone);
  // Only a clock change within {@link MAX_SKIPPED_MS} can move an earlier local time to a later
  // instant.
  const isAfterChange = toLocal(earliest - MAX_SKIPPED_MS, zone) !== local - MAX_SKIPPED_MS;
  let cursor = isAfterChange ? local - MAX_SKIPPED_MS : local - 1;
  for (;;) {
    const candidate = occurrences.after(cursor);
    if (candidate === undefined) return undefined;
    const instant = toInstant(candidate, zone);
    if (instant >= earliest) return new Date(instant);
    cursor = candidate;
  }
}

/** The latest occurrence at or before an instant. `undefined`: there was none. */
export function lastOccurrence(calendar: Calendar, atMs: number): Date | undefined {
  const startMs = calendar.start.getTime();
  // Begins with a small window, because the instant is usually an occurrence itself.
  for (let windowMs = 1; ; windowMs *= 4) {
    let found = nextOccurrence(calendar, atMs - windowMs);
    if (found !== undefined && found.getTime() <= atMs) {
      for (;;) {
        const next = nextOccurrence(calendar, found.getTime());
        if (next === undefined || next.getTime() > atMs) return found;
        found = next;
      }
    }
    if (atMs - windowMs < startMs) return undefined;
  }
}

/** Schedules an exact interval from now on. */
export function everyFrom(everyMs: number, nowMs: number): CalendarSchedule {
  return { calendar: { everyMs, start: new Date(nowMs) }, runAt: new Date(nowMs + everyMs) };
}

/**
 * Interval that is stored together with a rule. Older builds, which do not know rules, treat the
 * task as a recurring task; without an interval they would delete it after a run. This build
 * ignores the interval.
 */
export const intervalForOlderBuilds = ({ freq, interval = 1 }: StoredRrule): number =>
  PERIOD_MS[freq] * interval;

/**
 * Start of a rule without `dtstart`: the current full minute, or the full hour if the rule names
 * hours but no minutes.
 */
function startOf({ tzid = 'UTC', byhour, byminute }: StoredRrule, nowMs: number): Date {
  const namesOnlyHours = byhour !== undefined && byminute === undefined;
  const start = Temporal.Instant.fromEpochMilliseconds(nowMs)
    .toZonedDateTimeISO(tzid)
    .round({ smallestUnit: namesOnlyHours ? 'hour' : 'minute', roundingMode: 'floor' });
  return new Date(start.epochMilliseconds);
}

/**
 * Occurrences in local time, as milliseconds of a calendar without clock changes. `rrule-temporal`
 * leaves out local times that the clock skips, so it computes in UTC.
 */
function localOccurrences(rule: StoredRrule, startLocal: number) {
  const { freq, interval, byhour, byminute, byweekday, bymonthday } = rule;
  const recurrence = new RRuleTemporal({
    freq,
    dtstart: Temporal.Instant.fromEpochMilliseconds(startLocal).toZonedDateTimeISO('UTC'),
    ...withoutUndefined({
      interval,
      byHour: byhour,
      byMinute: byminute,
      byDay: byweekday,
      byMonthDay: bymonthday,
    }),
  });
  return {
    after: (local: number): number | undefined => {
      try {
        return recurrence.next(new Date(local))?.epochMilliseconds;
      } catch (error) {
        // `rrule-temporal` stops after 10,000 periods without an occurrence.
        if (Error.isError(error) && error.message.includes('Maximum iterations')) return undefined;
        throw error;
      }
    },
  };
}

const toLocal = (instant: number, zone: string): number =>
  Temporal.Instant.fromEpochMilliseconds(instant)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .toZonedDateTime('UTC').epochMilliseconds;

function toInstant(local: number, zone: string): number {
  const time = Temporal.Instant.fromEpochMilliseconds(local)
    .toZonedDateTimeISO('UTC')
    .toPlainDateTime();
  const found = time.toZonedDateTime(zone, { disambiguation: 'compatible' });
  if (found.toPlainDateTime().equals(time)) return found.epochMilliseconds;
  // The clock skips this local time. With `earlier`, the conversion gives an instant before the
  // gap.
  const before = time.toZonedDateTime(zone, { disambiguation: 'earlier' });
  return before.getTimeZoneTransition('next')?.epochMilliseconds ?? found.epochMilliseconds;
}
