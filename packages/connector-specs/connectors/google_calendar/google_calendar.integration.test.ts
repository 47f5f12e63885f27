import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { useConnector } from '../../contract_tests/connector_in_test.ts';
import { googleCalendar } from './google_calendar.ts';

const NOW = '2026-03-02T10:30:00.000Z';

const service = useConnector(googleCalendar, {
  secrets: { authType: 'bearer', token: 'dev-canary-token' },
  response: () => ({ body: { id: 'e1' } }),
});
const { run } = service;
beforeAll(() => {
  vi.useFakeTimers({ now: new Date(NOW), toNotFake: ['setTimeout', 'setImmediate', 'nextTick'] });
});
afterAll(() => {
  vi.useRealTimers();
});

const sent = () =>
  service.received.map(({ method, url, body }) => {
    const { pathname, searchParams } = new URL(url, 'https://x.test');
    return {
      request: `${method} ${pathname.replace('/calendar/v3', '')}`,
      ...(searchParams.size === 0 ? {} : { query: Object.fromEntries(searchParams) }),
      ...(body === '' ? {} : { body: JSON.parse(body) }),
    };
  });

const PAGE = { singleEvents: 'true', maxResults: '50', orderBy: 'startTime' };
const TIME = '2026-03-01T00:00:00+01:00';

describe('requests of the Google Calendar actions', () => {
  it.each([
    [
      'searchEvents',
      { query: 'plan' },
      {
        request: 'GET /calendars/primary/events',
        query: { ...PAGE, q: 'plan', timeMin: NOW },
      },
    ],
    [
      'searchEvents',
      { query: 'plan', calendarId: 'team@x.test', timeMin: TIME, timeMax: NOW, pageToken: 'p2' },
      {
        request: 'GET /calendars/team%40x.test/events',
        query: { ...PAGE, q: 'plan', timeMin: TIME, timeMax: NOW, pageToken: 'p2' },
      },
    ],
    [
      'listEvents',
      { orderBy: 'updated', maxResults: 2_500 },
      {
        request: 'GET /calendars/primary/events',
        query: { singleEvents: 'true', maxResults: '2500', orderBy: 'updated' },
      },
    ],
    ['getEvent', { eventId: 'e/1' }, { request: 'GET /calendars/primary/events/e%2F1' }],
    [
      'listCalendars',
      { pageToken: 'p2' },
      { request: 'GET /users/me/calendarList', query: { pageToken: 'p2' } },
    ],
    [
      'freeBusy',
      { timeMin: TIME, timeMax: NOW, calendarIds: ['primary', 'ben@x.test'], timeZone: 'UTC' },
      {
        request: 'POST /freeBusy',
        body: {
          timeMin: TIME,
          timeMax: NOW,
          items: [{ id: 'primary' }, { id: 'ben@x.test' }],
          timeZone: 'UTC',
        },
      },
    ],
  ])('%s with the input %j sends %j', async (name, input, expected) => {
    await run(name, input);
    expect(sent()).toEqual([expected]);
  });

  it.each([
    ['searchEvents', {}],
    ['searchEvents', { query: 'a', timeMin: 'tomorrow' }],
    ['searchEvents', { query: 'a', pageToken: 'p2' }],
    ['listEvents', { maxResults: 2_501 }],
    ['listEvents', { timeMin: '2026-03-01T00:00:00' }],
    ['getEvent', { eventId: '..' }],
    ['freeBusy', { timeMin: TIME, timeMax: NOW, calendarIds: [] }],
  ])('%s sends no request for the invalid input %j', async (name, input) => {
    await expect(run(name, input)).rejects.toThrow();
    expect(sent()).toEqual([]);
  });
});

describe('results of the Google Calendar actions', () => {
  const event = {
    id: 'e1',
    summary: 'Plan',
    start: { dateTime: TIME },
    end: { date: '2026-03-02' },
    attendees: [{ email: 'ben@x.test', responseStatus: 'accepted' }],
  };

  it('are events with their known fields and the next page', async () => {
    service.response = () => ({
      body: { items: [{ ...event, etag: 'x', kind: 'calendar#event' }], nextPageToken: 'p2' },
    });
    expect(await run('listEvents', {})).toEqual({ items: [event], nextPageToken: 'p2' });
  });

  it('contain the following pages on request', async () => {
    service.response = ({ url }) => ({
      body: url.includes('p2') ? { items: [event] } : { items: [event], nextPageToken: 'p2' },
    });
    expect(await run('listEvents', { all: true })).toEqual({ items: [event, event] });
    service.received.length = 0;
    const found = await run('searchEvents', { query: 'plan', all: true });
    expect(found).toEqual({ items: [event, event] });
    expect(sent().map(({ query }) => query)).toMatchObject([{ timeMin: NOW }, { timeMin: NOW }]);
  });

  it('contain the busy times of each calendar, or the reason why they are unknown', async () => {
    const calendars = {
      primary: { busy: [{ start: TIME, end: NOW }] },
      'x@x.test': { errors: [{ domain: 'global', reason: 'notFound' }] },
    };
    service.response = () => ({ body: { kind: 'calendar#freeBusy', calendars } });
    const input = { timeMin: TIME, timeMax: NOW, calendarIds: ['primary', 'x@x.test'] };
    expect(await run('freeBusy', input)).toEqual({
      calendars: { ...calendars, 'x@x.test': { busy: [], ...calendars['x@x.test'] } },
    });
  });

  it.each([
    ['accessNotConfigured', 'administrator'],
    ['dailyLimitExceeded', 'administrator'],
    ['domainPolicy', 'administrator'],
    ['forbidden', 'user'],
  ])('with the error code %s say who must act: %s', async (reason, whoActs) => {
    await service.use({ secrets: { authType: 'oauth_authorization_code' } });
    service.response = () => ({ status: 403, body: { error: { errors: [{ reason }] } } });
    await expect(run('getEvent', { eventId: 'e1' })).rejects.toMatchObject({ reason, whoActs });
  });

  it('are errors that contain the code of Google and no token', async () => {
    service.response = () => ({
      status: 404,
      body: { error: { message: 'No: Bearer dev-canary-token', errors: [{ reason: 'notFound' }] } },
    });
    await expect(run('getEvent', { eventId: 'e1' })).rejects.toMatchObject({
      message: 'Google Calendar API error (404): notFound: No: Bearer […]',
      whoActs: 'user',
    });
  });
});

it('the scope of Google Calendar only permits reading, with OAuth and with EARS', () => {
  const scope = 'https://www.googleapis.com/auth/calendar.readonly';
  expect(googleCalendar.auth?.types).toMatchObject([
    'bearer',
    { type: 'oauth_authorization_code', defaults: { scope } },
    { type: 'ears', defaults: { provider: 'google', scope } },
  ]);
});
