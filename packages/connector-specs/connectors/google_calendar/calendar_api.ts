import { z } from 'zod';
import {
  defineGoogleApi,
  googleScope,
  lenientText,
  lenientTexts,
} from '../../google_apis/index.ts';
import { flag, flags } from '../../operations/index.ts';

/** Origin of the API. */
export const GOOGLE_API = 'https://www.googleapis.com';

/** Declares operations of version 3 of the API of Google Calendar. All of them read. */
export const { operation } = defineGoogleApi({
  name: 'Google Calendar API',
  baseUrl: `${GOOGLE_API}/calendar/v3`,
  oauthScopes: { read: [[googleScope('calendar.readonly'), googleScope('calendar')]] },
});

const when = z.object(lenientTexts('date', 'dateTime', 'timeZone')).optional();
const person = { displayName: lenientText(), email: lenientText(), self: flag() };

/** An event. An event that lasts whole days has `date` instead of `dateTime`. */
export const event = z.object({
  id: z.string(),
  ...lenientTexts('status', 'summary', 'description', 'location'),
  ...lenientTexts('htmlLink', 'hangoutLink', 'eventType', 'iCalUID'),
  ...{ start: when, end: when, originalStartTime: when, recurringEventId: lenientText() },
  ...lenientTexts('created', 'updated', 'visibility', 'transparency'),
  creator: z.object(person).optional(),
  organizer: z.object(person).optional(),
  attendees: z
    .array(
      z.object({
        ...person,
        ...lenientTexts('responseStatus', 'comment'),
        ...flags('optional', 'organizer', 'resource'),
      }),
    )
    .optional(),
  attachments: z.array(z.object(lenientTexts('title', 'fileUrl', 'mimeType', 'fileId'))).optional(),
});

/** A calendar in the list of the user. */
export const calendar = z.object({
  id: z.string(),
  ...lenientTexts(
    'summary',
    'summaryOverride',
    'description',
    'location',
    'timeZone',
    'accessRole',
  ),
  ...flags('primary', 'selected', 'hidden'),
});

/** Times in which the owner of a calendar is busy, or the reason why they are not known. */
export const busyTimes = z.object({
  busy: z.array(z.object({ start: z.string(), end: z.string() })).default([]),
  errors: z.array(z.object(lenientTexts('domain', 'reason'))).optional(),
});
