import { createConnector, type TestUser } from '@latchkey/test-environment';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startBeforeAll } from '../support/start_before_all.ts';

// These tests use the library @emulators/google, which others maintain. It has the pages and checks
// of Google.
const environment = startBeforeAll();

const ownApp = () => {
  const { clientId, clientSecret } = environment.google.client;
  return { authType: 'oauth_authorization_code', clientId, clientSecret };
};

/**
 * Creates a connector of this type before the tests, and returns functions that execute its
 * actions.
 */
const connectorOf = (type: string, secrets: () => Readonly<Record<string, unknown>>) => {
  let connector = '';
  beforeAll(async () => {
    const body = { name: type, connector_type_id: type, secrets: secrets() };
    connector = await createConnector(environment.admin, environment.first, body);
  });
  const run = (user: TestUser, subAction: string, subActionParams: unknown = {}) =>
    user.execute(environment.first, connector, { subAction, subActionParams });
  const data = async (user: TestUser, subAction: string, input: unknown = {}) => {
    const result = await run(user, subAction, input);
    if (result.status !== 'ok') throw new Error(`${subAction}: ${JSON.stringify(result)}`);
    return result.data;
  };
  const connectBoth = async () => {
    const { ana, ben, first } = environment;
    for (const user of [ana, ben]) {
      expect((await user.connect(first, connector)).status).toBe(200);
      const account = `${user.account}@example.com`;
      expect(await user.status(first, connector)).toMatchObject({ account });
    }
  };
  const disconnect = async (user: TestUser) => {
    expect((await user.disconnect(environment.first, connector)).status).toBe(204);
  };
  return { run, data, connectBoth, disconnect };
};

const id = z.object({ id: z.string(), threadId: z.string().optional() });

describe('Gmail through an OAuth app', () => {
  const { run, data, connectBoth, disconnect } = connectorOf('.gmail', ownApp);

  it('connects two users, who see their own messages', async () => {
    await connectBoth();
    const { ana, ben } = environment;
    const mine = { messages: [{ id: 'ana-message' }] };
    expect(await data(ana, 'searchMessages', { query: 'from:ben' })).toMatchObject(mine);
    expect(await data(ana, 'listMessages', { labelIds: ['INBOX'] })).toMatchObject(mine);
    expect(await run(ben, 'getMessage', { messageId: 'ana-message' })).toMatchObject({
      status: 'error',
      message: expect.stringContaining('Gmail API error (404): notFound'),
      errorSource: 'user',
    });
  });

  it('reads a message and its attachment', async () => {
    const { ana } = environment;
    const found = await data(ana, 'getMessage', { messageId: 'ana-message', format: 'full' });
    const parts = z.object({
      payload: z.object({
        parts: z.array(z.object({ filename: z.string().optional(), body: z.looseObject({}) })),
      }),
    });
    const { parts: all } = parts.parse(found).payload;
    const body = all.find(({ filename }) => filename === 'agenda.txt')?.body;
    const input = { messageId: 'ana-message', attachmentId: body?.['attachmentId'] };
    expect(await data(ana, 'getAttachment', input)).toMatchObject({
      content: 'Agenda for Ana: café ☕',
      encoding: 'utf-8',
    });
  });

  it('changes labels, and moves a message to the trash and back', async () => {
    const { ana } = environment;
    const one = { messageId: 'ana-message' };
    expect(await data(ana, 'markAsRead', one)).toMatchObject({ labelIds: ['INBOX'] });
    expect(await data(ana, 'markAsUnread', one)).toMatchObject({ labelIds: ['INBOX', 'UNREAD'] });
    const change = { ...one, addLabelIds: ['STARRED'], removeLabelIds: ['UNREAD'] };
    expect(await data(ana, 'modifyLabels', change)).toMatchObject({
      labelIds: ['INBOX', 'STARRED'],
    });
    expect(await data(ana, 'trashMessage', one)).toMatchObject({
      labelIds: expect.arrayContaining(['TRASH']),
    });
    await data(ana, 'untrashMessage', one);
    expect(await data(ana, 'getMessage', one)).toMatchObject({
      labelIds: expect.not.arrayContaining(['TRASH']),
    });
    expect(await data(ana, 'listLabels')).toMatchObject({
      labels: expect.arrayContaining([expect.objectContaining({ id: 'INBOX' })]),
    });
  });

  it('sends a message, and replies in the thread of another message', async () => {
    const { ana } = environment;
    const message = {
      to: ['Ben <ben@example.com>'],
      subject: 'Plan\r\nBcc: eve@evil.example',
      body: 'Grüße, Ana',
    };
    const { id: messageId } = id.parse(await data(ana, 'sendMessage', message));
    const sent = await data(ana, 'getMessage', { messageId, format: 'full' });
    expect(sent).toMatchObject({ labelIds: ['SENT'], snippet: 'Grüße, Ana' });
    const headers = expect.arrayContaining([
      expect.objectContaining({ name: 'Subject', value: 'Plan Bcc: eve@evil.example' }),
      expect.objectContaining({ name: 'To', value: 'Ben <ben@example.com>' }),
    ]);
    expect(sent).toMatchObject({ payload: { headers } });
    expect(JSON.stringify(sent)).not.toContain('"name":"Bcc"');

    const thread = id.parse(await data(ana, 'getMessage', { messageId: 'ana-message' }));
    const reply = { messageId: 'ana-message', body: 'Yes, at noon.' };
    const { id: replyId, threadId } = id.parse(await data(ana, 'replyMessage', reply));
    expect(threadId).toBe(thread.threadId);
    expect(await data(ana, 'getMessage', { messageId: replyId, format: 'full' })).toMatchObject({
      payload: {
        headers: expect.arrayContaining([
          expect.objectContaining({ name: 'To', value: 'ben@example.com' }),
          expect.objectContaining({ name: 'Subject', value: 'Re: Lunch on Friday?' }),
          expect.objectContaining({
            name: 'In-Reply-To',
            value: '<ana-ben@mail.example.com>',
          }),
        ]),
      },
    });
  });

  it('disconnects one user and keeps the other connected', async () => {
    const { ana, ben } = environment;
    await disconnect(ana);
    expect(await run(ana, 'listLabels')).toMatchObject({ authorization_reason: 'no_token' });
    expect(await data(ben, 'searchMessages')).toMatchObject({ messages: [{ id: 'ben-message' }] });
  });
});

describe('Gmail through EARS', () => {
  const { run, data, connectBoth } = connectorOf('.gmail', () => ({ authType: 'ears' }));

  it('permits reading, and starts no action that changes or sends messages', async () => {
    await connectBoth();
    const { ben } = environment;
    await data(ben, 'getMessage', { messageId: 'ben-message' });
    const message = { to: ['ana@example.com'], subject: 'Hi', body: 'Hi' };
    expect(await run(ben, 'sendMessage', message)).toMatchObject({
      status: 'error',
      authorization_reason: 'missing_scope',
    });
  });
});

describe('Google Calendar through EARS', () => {
  const { run, data, connectBoth, disconnect } = connectorOf('.google_calendar', () => ({
    authType: 'ears',
  }));

  it('shows two users their own calendars and events', async () => {
    await connectBoth();
    const { ana, ben } = environment;
    expect(await data(ana, 'listCalendars')).toMatchObject({
      items: [{ id: 'primary', summary: 'ana@example.com' }],
    });
    const jubilee = { summary: 'Planning of the jubilee' };
    expect(await data(ana, 'searchEvents', { query: 'Planning' })).toMatchObject({
      items: [jubilee],
    });
    const input = { maxResults: 1, all: true };
    expect(await data(ana, 'listEvents', input)).toMatchObject({
      items: [{ summary: 'Planning' }, jubilee],
    });
    expect(await data(ben, 'listEvents', { timeMax: '2026-04-01T00:00:00Z' })).toMatchObject({
      items: [{ summary: 'Dentist' }],
    });
    const eventId = 'ana-2026-03-04';
    expect(await data(ana, 'getEvent', { eventId })).toMatchObject({
      summary: 'Planning',
      attendees: [{ email: 'ben@example.com' }],
    });
    expect(await run(ben, 'getEvent', { eventId })).toMatchObject({
      message: expect.stringContaining('Google Calendar API error (404)'),
    });
    const day = { timeMin: '2026-03-04T00:00:00Z', timeMax: '2026-03-05T00:00:00Z' };
    expect(await data(ana, 'freeBusy', { ...day, calendarIds: ['primary'] })).toMatchObject({
      calendars: { primary: { busy: [{ start: expect.stringMatching('^2026-03-04T09:00') }] } },
    });
  });

  it('disconnects one user and keeps the other connected', async () => {
    const { ana, ben } = environment;
    await disconnect(ana);
    expect(await run(ana, 'listCalendars')).toMatchObject({ authorization_reason: 'no_token' });
    expect(await data(ben, 'listCalendars')).toMatchObject({ items: [{ primary: true }] });
  });
});

describe('Google Sheets through an OAuth app', () => {
  const { run, connectBoth, disconnect } = connectorOf('.google_sheets', ownApp);

  // The emulator has no spreadsheets, so these tests cover only the authorization.
  it('shows the account of each user, which the ID token names', async () => {
    await connectBoth();
    await disconnect(environment.ana);
    expect(await run(environment.ana, 'getSpreadsheet', { spreadsheetId: 's1' })).toMatchObject({
      authorization_reason: 'no_token',
    });
  });
});
