import { canOccur, type DayRule, isTimeZone } from '@latchkey/core/common';
import type { DocumentPath } from '../document/document_positions.ts';
import { parseDuration } from '../values/duration.ts';
import { isRecord, ownProperty } from '../values/read_path.ts';
import type { Findings } from './diagnostic.ts';

/**
 * Checks what a schema cannot say about `with` of a `scheduled` trigger. Whatever makes the server
 * refuse the schedule is an error here.
 *
 * @param timezone of the settings: that of rules without `tzid`
 */
export function checkSchedule(
  { value: schedule, path }: { readonly value: unknown; readonly path: DocumentPath },
  timezone: unknown,
  findings: Findings,
): void {
  if (!isRecord(schedule)) return;
  const every = ownProperty(schedule, 'every');
  const rrule = ownProperty(schedule, 'rrule');
  // Reported as an unknown key, with the new name.
  if (ownProperty(schedule, 'interval') !== undefined) return;
  if ((every === undefined) === (rrule === undefined)) {
    const message = 'A schedule has either `every`, such as 5m, or `rrule`.';
    findings.error('schemaViolation', { path, message });
    return;
  }
  if (typeof every === 'string') {
    const isPlain = /^\d+[smhd]$/.test(every) && (parseDuration(every) ?? 0) >= 60_000;
    if (!isPlain) {
      findings.error('schemaViolation', {
        path: [...path, 'every'],
        message: 'Write one number with s, m, h or d, at least one minute: 90s, 5m, 1d.',
      });
    }
  }
  checkTimeZone(ownProperty(rrule, 'tzid'), [...path, 'rrule', 'tzid'], findings);
  const rulePath = [...path, 'rrule'];
  checkCalendar(rrule, rulePath, findings);
  if (isRecord(rrule) && !findings.hasErrorBelow(rulePath))
    checkOccurs(rrule, { path: rulePath, timezone }, findings);
}

/** Days that belong to a frequency. Without them, the day of the start is used. */
const DAYS: Readonly<Record<string, string>> = { WEEKLY: 'byweekday', MONTHLY: 'bymonthday' };

function checkCalendar(rrule: unknown, path: DocumentPath, findings: Findings): void {
  const freq = ownProperty(rrule, 'freq');
  const days = typeof freq === 'string' && Object.hasOwn(DAYS, freq) ? DAYS[freq] : undefined;
  if (days !== undefined && ownProperty(rrule, days) === undefined) {
    const message = `\`${freq}\` without \`${days}\` uses the day of the start.`;
    findings.warning('schemaViolation', { path: [...path, 'freq'], message });
  }
  const monthDays = ownProperty(rrule, 'bymonthday');
  for (const [index, day] of (Array.isArray(monthDays) ? monthDays : []).entries()) {
    if (day !== 0) continue;
    const message = 'Days of a month count from 1, or back from -1, the last one.';
    findings.error('schemaViolation', { path: [...path, 'bymonthday', index], message });
  }
  const start = ownProperty(rrule, 'dtstart');
  if (start !== undefined && !isDateTime(start)) {
    const message = 'Write a date and time such as 2026-01-31T09:00:00Z.';
    findings.error('schemaViolation', { path: [...path, 'dtstart'], message });
  }
}

/** A date, or a date and time, in ISO 8601. Without an offset it is a local time of the zone. */
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/i;

function isDateTime(value: unknown): boolean {
  const [, date, time = '00:00', offset = 'Z'] = DATE_TIME.exec(String(value)) ?? [];
  return date !== undefined && !Number.isNaN(Date.parse(`${date}T${time}${offset}`));
}

/**
 * A rule whose days do not exist after its start is stored, but the workflow cannot run. A rule
 * without `dtstart` starts on the day on which it is saved, which is not known here.
 */
function checkOccurs(
  rrule: Readonly<Record<string, unknown>>,
  { path, timezone }: { readonly path: DocumentPath; readonly timezone: unknown },
  findings: Findings,
): void {
  // The schema has been checked.
  const rule = rrule as unknown as DayRule;
  const { dtstart, tzid = timezone } = rrule;
  const zone = typeof tzid === 'string' && isTimeZone(tzid) ? tzid : 'UTC';
  if (typeof dtstart !== 'string' || canOccur(rule, localTime(dtstart, zone))) return;
  const message = 'These days do not exist, so the schedule never fires.';
  findings.error('schemaViolation', { path, message });
}

/** Milliseconds of a calendar without time zones. */
function localTime(text: string, timeZone: string): number {
  const [, date = '', time = '00:00', offset] = DATE_TIME.exec(text) ?? [];
  const instant = Date.parse(`${date}T${time}${offset ?? 'Z'}`);
  if (offset === undefined) return instant;
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  return Date.parse(`${parts.format(instant)}T00:00Z`);
}

/** Reports a text that is not the name of a time zone. */
export function checkTimeZone(timezone: unknown, path: DocumentPath, findings: Findings): void {
  if (typeof timezone !== 'string' || isTimeZone(timezone)) return;
  const message = `\`${timezone}\` is not a time zone. Write an IANA name such as Europe/Berlin.`;
  findings.error('schemaViolation', { path, message });
}
