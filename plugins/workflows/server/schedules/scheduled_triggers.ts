import { createHash } from 'node:crypto';
import type { Rrule } from '@latchkey/task-manager-plugin/server';
import { isRecord, ownProperty, parseDuration } from '@latchkey/workflow-language';

/** Maximum number of triggers of one workflow. Further ones are ignored. */
const MAX_TRIGGERS = 100;

/** Time rule of a `scheduled` trigger. */
type Schedule =
  | { readonly kind: 'interval'; readonly intervalMs: number }
  | { readonly kind: 'rrule'; readonly rrule: Rrule };

/** A `scheduled` trigger of a workflow. */
export interface ScheduledTrigger {
  /**
   * Hash of the schedule. An unchanged schedule therefore keeps its occurrences when the workflow
   * is edited.
   */
  readonly key: string;
  readonly schedule: Schedule;
}

/** Types of the triggers of a document without repetition, in the order of the document. */
export function triggerTypesOf(document: unknown): readonly string[] {
  const types = triggersOf(document).flatMap((trigger) => {
    const type = ownProperty(trigger, 'type');
    return typeof type === 'string' && type !== '' ? [type.slice(0, 256)] : [];
  });
  return [...new Set(types)];
}

/** The `scheduled` triggers of a valid document. Triggers with the same schedule count as one. */
export function scheduledTriggersOf(document: unknown): readonly ScheduledTrigger[] {
  const settings = ownProperty(document, 'settings');
  const timezone = ownProperty(settings, 'timezone');
  const found = new Map<string, ScheduledTrigger>();
  for (const trigger of triggersOf(document)) {
    const schedule =
      ownProperty(trigger, 'type') === 'scheduled'
        ? scheduleOf(ownProperty(trigger, 'with'), timezone)
        : undefined;
    if (schedule === undefined) continue;
    const key = createHash('sha256')
      .update(JSON.stringify(schedule))
      .digest('base64url')
      .slice(0, 16);
    found.set(key, { key, schedule });
  }
  return [...found.values()];
}

function triggersOf(document: unknown): readonly unknown[] {
  const triggers = ownProperty(document, 'triggers');
  return Array.isArray(triggers) ? triggers.slice(0, MAX_TRIGGERS) : [];
}

function scheduleOf(settings: unknown, timezone: unknown): Schedule | undefined {
  const every = ownProperty(settings, 'every');
  if (typeof every === 'string') {
    const intervalMs = parseDuration(every);
    return intervalMs === undefined ? undefined : { kind: 'interval', intervalMs };
  }
  const rrule = ownProperty(settings, 'rrule');
  if (!isRecord(rrule)) return undefined;
  const tzid = textOf(rrule['tzid']) ?? textOf(timezone) ?? 'UTC';
  const dtstart = textOf(rrule['dtstart']);
  // The task manager checks the other members.
  const { freq, interval, byhour, byminute, byweekday, bymonthday } = rrule as unknown as Rrule;
  return {
    kind: 'rrule',
    rrule: {
      freq,
      interval,
      tzid,
      byhour,
      byminute,
      byweekday,
      bymonthday,
      ...(dtstart === undefined ? {} : { dtstart: instantIn(dtstart, tzid) }),
    },
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Reads an ISO date and time. A time without a UTC offset is a local time in the zone. */
function instantIn(text: string, timeZone: string): Date {
  if (/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text.slice(10))) return new Date(text);
  const asUtc = new Date(`${text.length === 10 ? `${text}T00:00` : text}Z`).getTime();
  if (Number.isNaN(asUtc)) return new Date(Number.NaN);
  const first = asUtc - offsetMs(asUtc, timeZone);
  return new Date(asUtc - offsetMs(first, timeZone));
}

/** Milliseconds by which local times in the zone are ahead of UTC at an instant. */
function offsetMs(instant: number, timeZone: string): number {
  const name = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
    .formatToParts(instant)
    .find(({ type }) => type === 'timeZoneName')?.value;
  const [, sign, hours, minutes] = /^GMT([+-])(\d{2}):(\d{2})/.exec(name ?? '') ?? [];
  const size = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return sign === '-' ? -size : size;
}
