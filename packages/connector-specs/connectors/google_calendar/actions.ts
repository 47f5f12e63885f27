import { z } from 'zod';
import { googlePages, pageToken } from '../../google_apis/index.ts';
import { composed, instant, pageSize, textOf } from '../../operations/index.ts';
import { busyTimes, calendar, event, operation } from './calendar_api.ts';

const calendarId = () =>
  textOf(256)
    .default('primary')
    .describe('Id of the calendar, as in the result of listCalendars; "primary": that of the user');

const eventPage = {
  calendarId: calendarId(),
  timeMin: instant().optional().describe('Only events that end after this time, in RFC 3339'),
  timeMax: instant().optional().describe('Only events that start before this time, in RFC 3339'),
  maxResults: pageSize('Events', { max: 2_500, byDefault: 50 }),
  pageToken: pageToken(),
  orderBy: z
    .enum(['startTime', 'updated'])
    .default('startTime')
    .describe('Order: by start, or by last change'),
};

const list = {
  // The API returns each event of a series instead of the series, which `orderBy` requires.
  fixed: { query: { singleEvents: true } },
  output: event,
  pages: googlePages('items'),
} as const;

const findEvents = operation('GET /calendars/{calendarId}/events', {
  ...list,
  input: { ...eventPage, query: textOf(1_000).describe('Words to search for') },
  wire: { query: 'q' },
});

/** Operation of the connection test. */
export const getFirstCalendar = operation('GET /users/me/calendarList', {
  description: 'Reads one calendar.',
  input: {},
  fixed: { query: { maxResults: 1 } },
  output: z.object({ items: z.array(calendar).default([]) }),
  oauthScopes: [],
});

/** Actions for events and calendars. */
export const calendarActions = {
  searchEvents: composed([findEvents], {
    description:
      'Finds events in one calendar by words in title, description, place and names of attendees, by default from now on. Events of a series are returned one by one. Use listEvents for all events of a period.',
    input: findEvents.input
      .extend({
        timeMin: eventPage.timeMin.describe(
          'Only events that end after this time, in RFC 3339. Default: now. Required with pageToken',
        ),
      })
      // The requests of all pages need the same time, and the default "now" differs in each call.
      .refine(({ pageToken: next, timeMin }) => !next || timeMin !== undefined, {
        path: ['timeMin'],
        error: 'is required with pageToken: the one of the first page',
      }),
    output: findEvents.output,
    handler: (context, { timeMin = new Date().toISOString(), ...search }) =>
      findEvents.call(context, { ...search, timeMin }),
  }),
  getEvent: operation('GET /calendars/{calendarId}/events/{eventId}', {
    description:
      'Reads one event of a calendar: title, description, place, times, attendees with their responses, and links.',
    input: {
      eventId: textOf(1_024).describe('Id of the event, as in the result of a list'),
      calendarId: calendarId(),
    },
    output: event,
  }),
  listCalendars: operation('GET /users/me/calendarList', {
    description:
      'Lists the calendars of the user, own and subscribed ones, with id, name, time zone and access. Other actions need the ids.',
    input: { pageToken: pageToken() },
    output: calendar,
    pages: googlePages('items'),
  }),
  listEvents: operation('GET /calendars/{calendarId}/events', {
    ...list,
    description:
      'Lists events of one calendar between two times, with title, place, times and attendees. Without times it begins with the oldest event. Events of a series are returned one by one.',
    input: eventPage,
  }),
  freeBusy: operation('POST /freeBusy', {
    isQuery: true,
    description:
      'Returns when up to 50 calendars are busy between two times, without details of the events. Calendars of other users are named by their email address; the users must have shared them. Use it to find a time for a meeting.',
    input: {
      timeMin: instant().describe('Start, in RFC 3339'),
      timeMax: instant().describe('End, in RFC 3339'),
      calendarIds: z
        .array(textOf(256))
        .min(1)
        .max(50)
        .transform((ids) => ids.map((id) => ({ id })))
        .describe('Ids of calendars, or email addresses of users, max 50'),
      timeZone: textOf(64)
        .optional()
        .describe('Time zone of the result, for example Europe/Berlin. Default: UTC'),
    },
    wire: { calendarIds: 'items' },
    output: z.object({ calendars: z.record(z.string(), busyTimes).default({}) }),
  }),
};
