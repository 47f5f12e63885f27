import { describe, expect, it } from 'vitest';
import { authModeOf } from '../../auth_types/index.ts';
import { useConnector } from '../../contract_tests/connector_in_test.ts';
import { gmail } from './gmail.ts';

const MODIFY = 'https://www.googleapis.com/auth/gmail.modify';
const READ_ONLY = 'https://www.googleapis.com/auth/gmail.readonly';

const service = useConnector(gmail, {
  secrets: { authType: 'ears' },
  response: () => ({ body: { id: 'm1', threadId: 't1' } }),
});
const { run } = service;

const sent = () =>
  service.received.map(({ method, url, body }) => ({
    request: `${method} ${decodeURIComponent(url.replace('/gmail/v1/users/me', ''))}`,
    ...(body === '' ? {} : { body: JSON.parse(body) }),
  }));

/** Parts of the message that was sent: its header lines without folding, and its text. */
const message = () => {
  const raw = Buffer.from(sent().at(-1)?.body.raw, 'base64url').toString('latin1');
  const [head = '', text = ''] = raw.split('\r\n\r\n');
  const lines = raw.split('\r\n');
  return {
    raw,
    lines,
    headers: head.replaceAll('\r\n ', ' ').split('\r\n'),
    text: Buffer.from(text, 'base64').toString('utf8'),
  };
};

const MIME = [
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=UTF-8',
  'Content-Transfer-Encoding: base64',
];

describe('requests of the Gmail actions', () => {
  it.each([
    [
      'searchMessages',
      { query: 'from:ana&x=1', pageToken: 'p2' },
      { request: 'GET /messages?q=from:ana&x=1&maxResults=10&pageToken=p2' },
    ],
    ['searchMessages', { query: '', pageToken: '' }, { request: 'GET /messages?maxResults=10' }],
    [
      'listMessages',
      { labelIds: ['INBOX', 'UNREAD'], maxResults: 100 },
      { request: 'GET /messages?maxResults=100&labelIds=INBOX&labelIds=UNREAD' },
    ],
    ['getMessage', { messageId: 'm1' }, { request: 'GET /messages/m1?format=minimal' }],
    [
      'markAsRead',
      { messageId: 'm1' },
      { request: 'POST /messages/m1/modify', body: { removeLabelIds: ['UNREAD'] } },
    ],
    [
      'markAsUnread',
      { messageId: 'm1' },
      { request: 'POST /messages/m1/modify', body: { addLabelIds: ['UNREAD'] } },
    ],
    [
      'modifyLabels',
      { messageId: 'm1', addLabelIds: ['L1'], removeLabelIds: ['INBOX'] },
      {
        request: 'POST /messages/m1/modify',
        body: { addLabelIds: ['L1'], removeLabelIds: ['INBOX'] },
      },
    ],
    ['trashMessage', { messageId: 'm1' }, { request: 'POST /messages/m1/trash' }],
    ['untrashMessage', { messageId: 'm1' }, { request: 'POST /messages/m1/untrash' }],
  ])('%s with the input %j sends %j', async (name, input, expected) => {
    await run(name, input);
    expect(sent()).toEqual([expected]);
  });

  it.each([
    ['searchMessages', { maxResults: 101 }],
    ['getMessage', { messageId: 'm1', format: 'metadata' }],
    ['modifyLabels', { messageId: 'm1' }],
    ['modifyLabels', { messageId: 'm1', addLabelIds: [] }],
    ['trashMessage', { messageId: '..' }],
    ['sendMessage', { to: [], subject: 's', body: 'b' }],
    [
      'sendMessage',
      { to: Array(300).fill('a@b.de'), cc: Array(201).fill('a@b.de'), subject: 's', body: 'b' },
    ],
    ['sendMessage', { to: ['a@b.de'], subject: 's', body: 'b', bodyType: 'markdown' }],
  ])('%s sends no request for the invalid input %j', async (name, input) => {
    await expect(run(name, input)).rejects.toThrow();
    expect(sent()).toEqual([]);
  });
});

describe('the Gmail action sendMessage', () => {
  it('encodes names, subject and text in ASCII without loss', async () => {
    await run('sendMessage', {
      to: ['ana@example.com', 'Ben Berger <ben@example.com>'],
      cc: ['"Müller, Jörg" <j.m@bücher.example>'],
      bcc: ['zoe@example.com'],
      subject: 'Grüße 🎉',
      body: 'Hallo Jörg,\nbis morgen. 🎉',
    });
    const { headers, text } = message();
    const word = (value: string) => `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`;
    expect(headers).toEqual([
      'To: ana@example.com, Ben Berger <ben@example.com>',
      `Cc: ${word('Müller, Jörg')} <j.m@xn--bcher-kva.example>`,
      'Bcc: zoe@example.com',
      `Subject: ${word('Grüße 🎉')}`,
      ...MIME,
    ]);
    expect(text).toBe('Hallo Jörg,\r\nbis morgen. 🎉');
  });

  it('sends HTML on request, in lines of at most 78 characters', async () => {
    const subject = '🎉 Ein langer Betreff '.repeat(20).trim();
    const body = `<p>${'é'.repeat(5_000)}</p>`;
    await run('sendMessage', { to: ['a@b.de'], subject, body, bodyType: 'html' });
    const { headers, lines, text } = message();
    expect(headers).toContain('Content-Type: text/html; charset=UTF-8');
    expect(lines.filter((line) => line.length > 78)).toEqual([]);
    expect(text).toBe(body);
    const words = headers
      .find((line) => line.startsWith('Subject: '))
      ?.match(/=\?UTF-8\?B\?[^?]+\?=/g);
    const decoded = words?.map((one) => Buffer.from(one.slice(10, -2), 'base64').toString('utf8'));
    expect(decoded?.join('')).toBe(subject);
  });

  it.each([
    'a\r\nBcc: eve@evil.example',
    'a\nBcc: eve@evil.example\n\nx',
    'a\u2028Bcc: e',
    'a\u0000b',
  ])('C119: sends the subject %j as one header', async (subject) => {
    await run('sendMessage', { to: ['a@b.de'], subject, body: 'b' });
    const { headers } = message();
    expect(headers).toHaveLength(2 + MIME.length);
    expect(headers[1]).toBe(`Subject: ${subject.replace(/[\r\n\u2028\0]+/g, ' ')}`);
  });

  it('encodes a subject that looks like an encoded word', async () => {
    await run('sendMessage', { to: ['a@b.de'], subject: '=?UTF-8?B?QQ==?=', body: 'b' });
    expect(message().headers[1]).toMatch(/^Subject: =\?UTF-8\?B\?PT9VVEYt/);
  });

  it.each([
    [
      'Ana\r\nBcc: eve@evil.example <a@b.de>',
      'To: =?UTF-8?B?QW5hIEJjYzogZXZlQGV2aWwuZXhhbXBsZQ==?= <a@b.de>',
    ],
    ['Ana, eve@evil.example <a@b.de>', 'To: =?UTF-8?B?QW5hLCBldmVAZXZpbC5leGFtcGxl?= <a@b.de>'],
    ['"Ana" (x) "B" <a@b.de>', 'To: =?UTF-8?B?QW5hIiAoeCkgIkI=?= <a@b.de>'],
  ])('C119: does not let the name in %j add a header or a recipient', async (to, expected) => {
    await run('sendMessage', { to: [to], subject: 's', body: 'b' });
    expect(message().headers).toEqual([expected, 'Subject: s', ...MIME]);
  });

  it.each([
    ...['ana', '@b.de', 'a@b', 'a@b.de, eve@evil.example', 'a@b.de\r\nBcc: eve@evil.example'],
    ...[
      '<a@b.de> <eve@evil.example>',
      'a b@c.de',
      'a@b.de>',
      'a@[127.0.0.1]',
      '"a b"@c.de',
      'é@b.de',
    ],
  ])('C119: refuses the recipient %j, because it is not one address', async (to) => {
    await expect(
      run('sendMessage', { to: ['a@b.de'], bcc: [to], subject: 's', body: 'b' }),
    ).rejects.toMatchObject({ code: 'invalid_input' });
    expect(sent()).toEqual([]);
  });

  it('is not repeated after a failure, because the message may have been sent', async () => {
    service.response = () => ({ status: 503, body: { error: { message: 'Backend Error' } } });
    await expect(
      run('sendMessage', { to: ['a@b.de'], subject: 's', body: 'b' }),
    ).rejects.toMatchObject({ status: 503, whoActs: 'nobody' });
    expect(sent()).toHaveLength(1);
  });
});

describe('the Gmail action replyMessage', () => {
  const original = (headers: Readonly<Record<string, string>>, labelIds = ['INBOX']) => {
    const list = Object.entries(headers).map(([name, value]) => ({ name, value }));
    service.response = ({ method }) => ({
      body:
        method === 'GET'
          ? { id: 'm1', threadId: 't1', labelIds, payload: { headers: list } }
          : { id: 'm2', threadId: 't1', labelIds: ['SENT'] },
    });
  };
  const reply = (input = {}) => run('replyMessage', { messageId: 'm1', body: 'Yes', ...input });

  it('replies to the sender in the thread of the message', async () => {
    original({
      ...{ From: '"Evil, eve@evil.example" <ana@example.com>', To: 'me@example.com' },
      ...{ Subject: 'Plan', 'Message-Id': '<2@x.test>', References: '<0@x.test>\r\n <1@x.test>' },
    });
    expect(await reply()).toEqual({ id: 'm2', threadId: 't1', labelIds: ['SENT'] });
    expect(sent().map(({ request }) => request)).toEqual([
      'GET /messages/m1?format=metadata',
      'POST /messages/send',
    ]);
    expect(sent()[1]?.body.threadId).toBe('t1');
    expect(message().headers).toEqual([
      'To: ana@example.com',
      'Subject: Re: Plan',
      'In-Reply-To: <2@x.test>',
      'References: <0@x.test> <1@x.test> <2@x.test>',
      ...MIME,
    ]);
    expect(message().text).toBe('Yes');
  });

  it.each([
    [
      { 'Reply-To': 'Team <team@x.test>, ben@x.test', From: 'a@x.test' },
      {},
      'To: team@x.test, ben@x.test',
    ],
    [{ From: 'me@x.test', To: 'Ana <ana@x.test>' }, { labelIds: ['SENT'] }, 'To: ana@x.test'],
    [{ From: 'a@x.test' }, { input: { to: ['Zoe <zoe@x.test>'] } }, 'To: Zoe <zoe@x.test>'],
  ])(
    'for the original headers %j and the data %j, sends the header %s',
    async (headers, options, expected) => {
      const { labelIds, input } = { labelIds: ['INBOX'], input: {}, ...options };
      original(headers, labelIds);
      await reply(input);
      expect(message().headers[0]).toBe(expected);
    },
  );

  it.each([
    ['Re: Plan', undefined, 'Subject: Re: Plan'],
    ['Plan', 'New', 'Subject: New'],
  ])(
    'for the original subject %s and the input %s, sends the header %s',
    async (old, subject, expected) => {
      original({ From: 'a@x.test', Subject: old });
      await reply(subject === undefined ? {} : { subject });
      expect(message().headers).toEqual(['To: a@x.test', expected, ...MIME]);
    },
  );

  it.each([
    ['quotes', '"', '\\"'],
    ['opening quotes', '', '"a'],
    ['brackets', '', '('],
  ])('C119: reads the sender of a header with many %s in linear time', async (_, start, part) => {
    // A regular expression that starts again at each of these parts would take minutes.
    original({ 'Reply-To': `${start}${part.repeat(50_000)}`, From: 'a@x.test' });
    await expect(reply({ to: ['zoe@x.test'] })).resolves.toBeDefined();
    await expect(reply({})).rejects.toThrow();
  });

  it('C119: sends no header that the original message injects with a line break', async () => {
    original({
      From: 'a@x.test',
      Subject: 'a\r\nBcc: eve@evil.example',
      'Message-ID': '<1@x.test>\r\nBcc: eve@evil.example <2@x\r\nCc: y>',
      References: `x ${Array.from({ length: 50 }, (_, index) => `<${index}@r>`).join(' ')}`,
    });
    await reply();
    const { headers } = message();
    expect(headers.map((line) => line.split(':')[0])).toEqual([
      ...['To', 'Subject', 'In-Reply-To', 'References'],
      ...['MIME-Version', 'Content-Type', 'Content-Transfer-Encoding'],
    ]);
    expect(headers[2]).toBe('In-Reply-To: <1@x.test>');
    expect(headers[3]?.split(' ')).toHaveLength(21);
  });

  it('C119: reads a long or unterminated name in linear time', async () => {
    original({ From: `a@x.test, ${'\\"'.repeat(100_000)}, eve@evil.example` });
    await reply();
    expect(message().headers[0]).toBe('To: a@x.test');
  });

  it('sends nothing if the message has no address to reply to', async () => {
    original({ From: 'undisclosed' });
    await expect(reply()).rejects.toMatchObject({ code: 'invalid_input' });
    expect(sent()).toHaveLength(1);
  });
});

describe('results of the Gmail actions', () => {
  it('are message ids and the token of the next page', async () => {
    const entry = { id: 'm1', threadId: 't1' };
    service.response = () => ({ body: { messages: [entry], nextPageToken: 'p2' } });
    expect(await run('listMessages', {})).toEqual({ messages: [entry], nextPageToken: 'p2' });
    service.response = () => ({ body: { resultSizeEstimate: 0 } });
    expect(await run('listMessages', {})).toEqual({ messages: [] });
  });

  it('contain all parts of a message', async () => {
    const leaf = { partId: '0.1', mimeType: 'text/plain', body: { size: 2, data: 'aGk' } };
    const payload = {
      mimeType: 'multipart/mixed',
      headers: [{ name: 'From', value: 'a@x.test' }],
      parts: [{ mimeType: 'multipart/alternative', parts: [leaf] }],
    };
    service.response = () => ({ body: { id: 'm1', threadId: 't1', payload } });
    expect(await run('getMessage', { messageId: 'm1', format: 'full' })).toEqual({
      id: 'm1',
      threadId: 't1',
      payload,
    });
  });
});

describe('the result of the Gmail action getAttachment', () => {
  it.each([
    ['text', Buffer.from('Grüße ☕'), 'utf-8'],
    ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0xfb]), 'base64'],
  ] as const)('contains %s, and names the encoding', async (_, bytes, encoding) => {
    service.response = () => ({ body: { size: 1, data: bytes.toString('base64url') } });
    expect(await run('getAttachment', { messageId: 'm1', attachmentId: 'a1' })).toEqual({
      id: 'a1',
      size: String(bytes.byteLength),
      content: bytes.toString(encoding),
      encoding,
    });
  });

  it('is empty for an empty file, whose data Google omits', async () => {
    service.response = () => ({ body: { size: 0 } });
    expect(await run('getAttachment', { messageId: 'm1', attachmentId: 'a1' })).toMatchObject({
      size: '0',
      content: '',
    });
  });
});

describe('the authentication of the Gmail connector', () => {
  it('belongs to a user, never to the application', () => {
    const types = (gmail.auth?.types ?? []).map((one) =>
      typeof one === 'string' ? one : one.type,
    );
    expect(types).toEqual(['oauth_authorization_code', 'ears']);
    expect(types.map(authModeOf)).toEqual(['per-user', 'per-user']);
  });

  it('requests with OAuth the scopes of all actions, and with EARS only the scope for reading', () => {
    expect(gmail.auth?.types).toMatchObject([
      { defaults: { scope: MODIFY } },
      { defaults: { scope: READ_ONLY } },
    ]);
  });

  it('permits only reading actions with EARS', () => {
    const permitted = Object.entries(gmail.actions)
      .filter(([, { oauthScopes = [] }]) => oauthScopes.every((any) => any.includes(READ_ONLY)))
      .map(([name]) => name);
    expect(permitted).toEqual([
      ...['searchMessages', 'listMessages', 'getMessage', 'getAttachment', 'listLabels'],
    ]);
  });
});
