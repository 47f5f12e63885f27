import { beforeEach, describe, expect, it } from 'vitest';
import { useConnector } from '../../contract_tests/connector_in_test.ts';
import type { ServiceResponse } from '../../contract_tests/local_service.ts';
import { slack2 } from './slack2.ts';

const slack = useConnector(slack2, {
  secrets: { authType: 'oauth_authorization_code', clientId: 'c', clientSecret: 's' },
});
const { run } = slack;

/** Responds with each body in turn. All requests after the last body get the last body. */
const respondWith = (...bodies: readonly object[]) => {
  slack.response = () => ({
    body: { ok: true, ...bodies[Math.min(slack.received.length, bodies.length) - 1] },
  });
};

const sent = () =>
  slack.received.map(({ method, url, body }) => {
    const { pathname, searchParams } = new URL(url, 'https://x.test');
    return {
      request: `${method} ${pathname}`,
      parameters: Object.fromEntries([...searchParams, ...new URLSearchParams(body)]),
    };
  });

const END = { response_metadata: { next_cursor: '' } };

describe('the Slack action searchMessages', () => {
  const found = {
    author_user_id: 'U1',
    author_name: 'ana',
    team_id: 'T1',
    channel_id: 'C1',
    channel_name: 'plans',
    message_ts: '1700000000.000100',
    content: 'The plan',
    permalink: 'https://acme.slack.com/archives/C1/p1',
    is_author_bot: false,
  };

  it('appends filters to the query, and searches all kinds of conversations', async () => {
    respondWith({ results: { messages: [found] }, response_metadata: { next_cursor: 'b' } });
    const page = await run('searchMessages', {
      query: 'plan & goals',
      inChannel: 'plans',
      fromUser: '@ana',
      after: '2026-01-01',
      before: '2026-02-01',
      sortDir: 'asc',
    });
    expect(sent()).toEqual([
      {
        request: 'POST /api/assistant.search.context',
        parameters: {
          query: 'plan & goals in:plans from:@ana after:2026-01-01 before:2026-02-01',
          content_types: 'messages',
          channel_types: 'public_channel,private_channel,mpim,im',
          sort_dir: 'asc',
          limit: '20',
          include_context_messages: 'true',
          include_bots: 'false',
          include_message_blocks: 'true',
        },
      },
    ]);
    expect(slack.received[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(page).toEqual({
      matches: [
        {
          ts: '1700000000.000100',
          team: 'T1',
          text: 'The plan',
          permalink: 'https://acme.slack.com/archives/C1/p1',
          channel: { id: 'C1', name: 'plans' },
          sender: { userId: 'U1', username: 'ana' },
        },
      ],
      nextCursor: 'b',
      hasMore: true,
    });
  });

  it('returns the response of Slack unchanged when the input raw is set', async () => {
    respondWith({ results: { messages: [found], files: [] } });
    const raw = await run('searchMessages', { query: 'plan', raw: true });
    expect(raw).toEqual({ ok: true, results: { messages: [found], files: [] } });
    expect(sent()[0]?.parameters).not.toHaveProperty('raw');
  });

  it('rejects a filter value that contains a space', async () => {
    await expect(run('searchMessages', { query: 'a', inChannel: 'b from:me' })).rejects.toThrow();
    expect(slack.received).toEqual([]);
  });
});

describe('lists of Slack', () => {
  it('accept a page size of 1000, and request the 999 items that Slack permits', async () => {
    respondWith({ messages: [], ...END });
    await run('getConversationHistory', { channel: 'C1', limit: 1_000 });
    expect(sent()[0]?.parameters).toMatchObject({ limit: '999' });
  });

  it('end when Slack returns an empty cursor', async () => {
    respondWith(
      { channels: [{ id: 'C1' }], response_metadata: { next_cursor: 'b=' } },
      { channels: [{ id: 'C2' }], ...END },
    );
    const page = await run('listChannels', { types: ['im', 'mpim'], all: true });
    expect(page).toEqual({ channels: [{ id: 'C1' }, { id: 'C2' }], hasMore: false });
    const parameters = { types: 'im,mpim', exclude_archived: 'true', limit: '1000' };
    expect(sent()).toEqual([
      { request: 'GET /api/conversations.list', parameters },
      { request: 'GET /api/conversations.list', parameters: { ...parameters, cursor: 'b=' } },
    ]);
  });

  it('ask for the default kinds of conversations when the list of kinds is empty', async () => {
    respondWith({ channels: [] });
    await run('listChannels', { types: [] });
    expect(sent()[0]?.parameters).not.toHaveProperty('types');
  });

  it('accept a conversation without name and topic, such as a direct message', async () => {
    const channel = { id: 'D1', user: 'U1', name: null, topic: {}, purpose: { value: null } };
    respondWith({ channels: [channel], ...END });
    expect(await run('listChannels', { types: ['im'] })).toEqual({
      channels: [channel],
      hasMore: false,
    });
  });

  it('of files request the next page by its number', async () => {
    respondWith({ files: [{ id: 'F1' }, { id: 'F2' }], paging: { total: 5, page: 2 } });
    const page = await run('listFiles', { count: 2, page: 2, tsFrom: '1.5' });
    expect(page).toEqual({
      files: [{ id: 'F1' }, { id: 'F2' }],
      nextCursor: 3,
      hasMore: true,
      total: 5,
    });
    expect(sent()[0]?.parameters).toEqual({ count: '2', page: '2', ts_from: '1.5' });
  });
});

describe('the Slack action resolveChannelId', () => {
  const pages = [
    { channels: [{ id: 'C1', name: 'plans-old' }], response_metadata: { next_cursor: 'b' } },
    { channels: [{ id: 'C2', name: 'plans' }], response_metadata: { next_cursor: 'c' } },
    { channels: [{ id: 'C3' }], ...END },
  ];
  beforeEach(() => respondWith(...pages));

  it('reads pages until a name matches, ignoring # and letter case', async () => {
    await expect(run('resolveChannelId', { name: '#Plans' })).resolves.toEqual({
      found: true,
      id: 'C2',
      name: 'plans',
      pagesFetched: 2,
      nextCursor: 'c',
    });
  });

  it('finds the first name that contains the text', async () => {
    const input = { name: 'lan', match: 'contains' };
    await expect(run('resolveChannelId', input)).resolves.toMatchObject({ id: 'C1' });
  });

  it('stops after maxPages, and continues with the cursor', async () => {
    const stopped = { found: false, pagesFetched: 1, nextCursor: 'b' };
    await expect(run('resolveChannelId', { name: 'no', maxPages: 1 })).resolves.toEqual(stopped);
    await run('resolveChannelId', { name: 'no', cursor: 'b', maxPages: 1 });
    expect(sent().map(({ parameters }) => parameters['cursor'])).toEqual([undefined, 'b']);
  });

  it('returns the cursor of a page that could not be read because of a temporary failure', async () => {
    const failed = { ok: false, error: 'ratelimited' };
    slack.response = ({ url }) => {
      const isFirst = !url.includes('cursor=');
      if (isFirst) return { body: { ok: true, ...pages[0] } };
      return { status: 429, headers: { 'retry-after': '60' }, body: failed };
    };
    const stopped = { found: false, pagesFetched: 1, nextCursor: 'b' };
    await expect(run('resolveChannelId', { name: 'no' })).resolves.toEqual(stopped);
  });

  it('fails when Slack returns the same cursor twice', async () => {
    respondWith(...pages.slice(0, 2), ...pages.slice(0, 2));
    await expect(run('resolveChannelId', { name: 'no' })).rejects.toThrow('repeats the same page');
  });

  it('finds nothing when no page contains the name', async () => {
    const absent = { found: false, pagesFetched: 3 };
    await expect(run('resolveChannelId', { name: 'no' })).resolves.toEqual(absent);
  });
});

describe('writes to Slack', () => {
  it('post a reply as a form', async () => {
    respondWith({ channel: 'C1', ts: '2.0', message: { text: 'a', user: 'U1', team: 'T1' } });
    const text = 'a&b=c <#C1>\nx';
    const input = { channel: 'C1', text, threadTs: '1.0', unfurlLinks: false };
    await expect(run('sendMessage', input)).resolves.toEqual({
      channel: 'C1',
      ts: '2.0',
      message: { text: 'a', user: 'U1' },
    });
    const parameters = { channel: 'C1', text, thread_ts: '1.0', unfurl_links: 'false' };
    expect(sent()).toEqual([{ request: 'POST /api/chat.postMessage', parameters }]);
  });
});

describe('a failure of Slack with status 200', () => {
  const failWith = (body: object, response: ServiceResponse = {}) => {
    slack.response = () => ({ ...response, body: { ok: false, ...body } });
  };

  it.each([
    ['channel_not_found', 'user'],
    ['missing_scope', 'user'],
    ['token_revoked', 'user'],
    ['restricted_action', 'administrator'],
    ['not_allowed_token_type', 'administrator'],
    ['internal_error', 'nobody'],
    ['rate_limited', 'nobody'],
  ])('with the code %s says who must act: %s', async (error, whoActs) => {
    failWith({ error });
    const failed = { code: 'vendor_error', status: 200, reason: error, whoActs };
    await expect(run('sendMessage', { channel: 'C1', text: 'a' })).rejects.toMatchObject(failed);
    // A write is not repeated, so there is one request.
    expect(slack.received).toHaveLength(1);
  });

  it('names the missing scope and the invalid argument', async () => {
    failWith({ error: 'missing_scope', needed: 'users:read', provided: 'chat:write' });
    await expect(run('listUsers', {})).rejects.toThrow('missing_scope: users:read');
    failWith({ error: 'invalid_arguments', response_metadata: { messages: ['[ERROR] no name'] } });
    await expect(run('listUsers', {})).rejects.toThrow('invalid_arguments: [ERROR] no name');
  });

  it('is a rate limit with the wait that Slack states', async () => {
    slack.response = () => ({
      status: 429,
      headers: { 'retry-after': '30' },
      body: { ok: false, error: 'ratelimited' },
    });
    const limited = { isRateLimit: true, retryAfterMs: 30_000, whoActs: 'nobody' };
    await expect(run('listUsers', {})).rejects.toMatchObject(limited);
  });
});

it('the Slack connector requests every scope that its actions need', () => {
  const [byUser] = slack2.auth?.types ?? [];
  const scope = typeof byUser === 'object' ? String(byUser.defaults['scope']).split(' ') : [];
  const needed = Object.values(slack2.actions).flatMap(({ oauthScopes = [] }) =>
    oauthScopes.flat(),
  );
  expect(needed).toContain('chat:write');
  expect(scope).toEqual(expect.arrayContaining([...needed]));
});
