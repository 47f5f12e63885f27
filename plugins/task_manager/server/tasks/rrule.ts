import { isTimeZone } from '@latchkey/core/common';
import { z } from 'zod';

const MAX_INTERVAL = 1000;

/** Schema of a recurrence rule, both stored and as input. Names are those of Kibana. */
export const rrule = z.strictObject({
  freq: z.enum(['DAILY', 'WEEKLY', 'MONTHLY']),
  interval: z.int().min(1).max(MAX_INTERVAL).optional(),
  tzid: z.string().max(64).refine(isTimeZone, 'must be an IANA time zone').optional(),
  /** Instant in ISO 8601 from which the rule counts. */
  dtstart: z.iso.datetime().optional(),
  byhour: z.array(z.int().min(0).max(23)).min(1).max(24).optional(),
  byminute: z.array(z.int().min(0).max(59)).min(1).max(60).optional(),
  byweekday: z
    .array(z.enum(['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']))
    .min(1)
    .max(7)
    .optional(),
  /** Negative days count from the end of the month. */
  bymonthday: z
    .array(
      z
        .int()
        .min(-31)
        .max(31)
        .refine((day) => day !== 0, 'must not be 0'),
    )
    .min(1)
    .max(62)
    .optional(),
});

/** A stored recurrence rule. */
export type StoredRrule = z.infer<typeof rrule>;

/** Schedule of a calendar task: a rule, or an exact interval. */
export type Calendar = RruleCalendar | IntervalCalendar;

/** Schedule with a recurrence rule. */
interface RruleCalendar {
  readonly rrule: StoredRrule;
  /**
   * First instant at which an occurrence is possible. If the rule does not name hour, minute,
   * weekday or day, they are those of this instant in the time zone of the rule.
   */
  readonly start: Date;
}

/** Schedule with an exact interval: occurrences at `start` plus one, two, three … intervals. */
interface IntervalCalendar {
  /** Interval in milliseconds. */
  readonly everyMs: number;
  readonly start: Date;
}
