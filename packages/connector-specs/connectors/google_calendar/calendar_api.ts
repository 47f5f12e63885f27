import { z } from 'zod';
import { defineGoogleApi, text, texts } from '../../google_apis/index.ts';
import { flag, flags, textOf } from '../../operations/index.ts';

/** Origin of the API. */
export const GOOGLE_API = 'https://www.googleapis.com';

/** Declares operations of version 3 of the API of Google Calendar. */
export const { operation } = defineGoogleApi({
  name: 'Google Calendar API',
  baseUrl: `${GOOGLE_API}/calendar/v3`,
});

/** Scopes for reading. Each of them suffices. */
export const READ = [
  ['https://www.googleapis.com/auth/calendar.readonly', 'https://www.googleapis.com/auth/calendar'],
] as const;

/** Id of a calendar. */
export const calendarId = () =>
  textOf(256)
    .default('primary')
    .describe('Id of the calendar, as in the result of listCalendars; "primary": that of the user');

/** A point in time. */
export const time = () => z.iso.datetime({ offset: true }).max(40);

const when = z.object(texts('date', 'dateTime', 'timeZone')).optional();
const person = { displayName: text(), email: text(), self: flag() };

/** An event. An event that lasts whole days has `date` instead of `dateTime`. */
export const event = z.object({
  id: z.string(),
  ...texts('status', 'summary', 'description', 'location'),
  ...texts('htmlLink', 'hangoutLink', 'eventType', 'iCalUID'),
  ...{ start: when, end: when, originalStartTime: when, recurringEventId: text() },
  ...texts('created', 'updated', 'visibility', 'transparency'),
  creator: z.object(person).optional(),
  organizer: z.object(person).optional(),
  attendees: z
    .array(
      z.object({
        ...person,
        ...texts('responseStatus', 'comment'),
        ...flags('optional', 'organizer', 'resource'),
      }),
    )
    .optional(),
  attachments: z.array(z.object(texts('title', 'fileUrl', 'mimeType', 'fileId'))).optional(),
});

/** A calendar in the list of the user. */
export const calendar = z.object({
  id: z.string(),
  ...texts('summary', 'summaryOverride', 'description', 'location'),
  ...{ timeZone: text(), accessRole: text(), primary: flag(), selected: flag(), hidden: flag() },
});

/** Times in which the owner of a calendar is busy, or the reason why they are not known. */
export const busyTimes = z.object({
  busy: z.array(z.object({ start: z.string(), end: z.string() })).default([]),
  errors: z.array(z.object(texts('domain', 'reason'))).optional(),
});
