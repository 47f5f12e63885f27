import { type Fetch, HttpClient } from '@latchkey/core/public';
import { describe, expect, it } from 'vitest';
import { flowApi, reasonOf } from './flow_api.ts';

const NOW = Date.parse('2030-01-01T12:00:00Z');
const HOUR_MS = 3_600_000;

/**
 * Creates a server that responds to every request with this body, and whose clock differs from that
 * of the browser.
 */
function setUp(
  body: object | undefined,
  { status = 200, serverNow = NOW }: { readonly status?: number; readonly serverNow?: number } = {},
) {
  const requests: { readonly url: string; readonly body: unknown }[] = [];
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    date: new Date(serverNow).toUTCString(),
  };
  const fetch: Fetch = async (url, { body: sent }) => {
    requests.push({ url, body: sent === undefined ? undefined : JSON.parse(sent) });
    return {
      status,
      headers: { get: (name) => headers[name.toLowerCase()] ?? null },
      text: async () => (body === undefined ? '' : JSON.stringify(body)),
    };
  };
  const http = new HttpClient({ fetch, baseUrl: '/kb', spaceId: 'team' });
  return { api: flowApi(http, { now: () => NOW }), requests, headers };
}

const started = (expiresAt: string) => ({
  authorizationUrl: 'https://provider.example/authorize',
  state: 'state-1',
  flowId: 'flow-1',
  expiresAt,
});

const outcomeBody = (outcome: object) => ({ connector_id: 'drive', ...outcome });

describe('the requests of an attempt', () => {
  it('encode the id of the connector, and contain the return URL only when there is one', async () => {
    const { api, requests } = setUp(started('2030-01-01T12:10:00Z'));
    await api.start('a/b c', undefined);
    await api.start('a/b c', '/app/my_connections');
    const url = '/kb/s/team/internal/actions/connector/a%2Fb%20c/_start_oauth_flow';
    expect(requests).toEqual([
      { url, body: {} },
      { url, body: { returnUrl: '/app/my_connections' } },
    ]);
  });

  it('cancel by the id of the attempt, never by its OAuth state', async () => {
    const { api, requests } = setUp(undefined, { status: 204 });
    await api.cancel('a/b', 'flow-1');
    expect(requests).toEqual([
      {
        url: '/kb/s/team/internal/actions/connector/a%2Fb/_oauth_cancel',
        body: { flowId: 'flow-1' },
      },
    ]);
  });

  it('never store the OAuth state', async () => {
    const { api } = setUp(started('2030-01-01T12:10:00Z'));
    expect(JSON.stringify(await api.start('drive', undefined))).not.toContain('state-1');
  });
});

describe('the deadline of an attempt', () => {
  it.each([-5 * HOUR_MS, 0, 5 * HOUR_MS])(
    'is ten minutes away for a browser whose clock differs by %d ms from the server',
    async (offset) => {
      const serverNow = NOW + offset;
      const deadline = new Date(serverNow + 600_000).toISOString();
      const start = await setUp(started(deadline), { serverNow }).api.start('drive', undefined);
      const pending = setUp(outcomeBody({ status: 'pending', expires_at: deadline }), {
        serverNow,
      });
      const outcome = await pending.api.outcome('drive', 'flow-1');
      const deadlines = [start, outcome].map((one) => ('expiresAt' in one ? one.expiresAt : 0));
      for (const expiresAt of deadlines) {
        expect(expiresAt - NOW).toBeLessThanOrEqual(600_000);
        expect(expiresAt - NOW).toBeGreaterThan(597_000);
      }
    },
  );

  it('is used unchanged when a proxy has removed the Date header', async () => {
    const { api, headers } = setUp(started('2030-01-01T12:10:00Z'));
    delete headers['date'];
    const { expiresAt } = await api.start('drive', undefined);
    expect(expiresAt).toBe(NOW + 600_000);
  });
});

describe('the outcome of an attempt', () => {
  it.each([
    [{ status: 'succeeded', account: 'ana@example.com', account_changed: true }, 'ana@example.com'],
    [{ status: 'succeeded', account_changed: false }, undefined],
  ])('contains the account of the response %j, if there is one', async (body, account) => {
    const outcome = await setUp(outcomeBody(body)).api.outcome('drive', 'flow-1');
    expect(outcome).toEqual({
      status: 'succeeded',
      account,
      accountChanged: body.account_changed,
    });
  });

  it('contains the error code when the attempt has failed', async () => {
    const { api } = setUp(outcomeBody({ status: 'failed', code: 'provider_refused' }));
    expect(await api.outcome('drive', 'flow-1')).toEqual({
      status: 'failed',
      reason: 'provider_refused',
    });
  });

  it('is unknown when the server does not know an attempt of this user with the id', async () => {
    const { api } = setUp(undefined, { status: 404 });
    expect(await api.outcome('drive', 'flow-1')).toEqual({ status: 'unknown' });
  });

  it.each([401, 429, 500, 502])('throws when the server responds with %d', async (status) => {
    const { api } = setUp(undefined, { status });
    await expect(api.outcome('drive', 'flow-1')).rejects.toMatchObject({ status });
  });
});

describe('the reason of a failed start', () => {
  const refused = (attributes: object) =>
    setUp({ statusCode: 400, error: 'Bad Request', message: 'no', attributes }, { status: 400 });
  const reason = async ({ api }: ReturnType<typeof setUp>) =>
    reasonOf(await api.start('drive', undefined).catch((error: unknown) => error));

  it('is the error code in the response', async () => {
    expect(await reason(refused({ code: 'public_base_url_missing' }))).toBe(
      'public_base_url_missing',
    );
  });

  it('is `unexpected` for a response without a code, and for an internal error', async () => {
    expect(await reason(refused({}))).toBe('unexpected');
    expect(reasonOf(new Error('x'))).toBe('unexpected');
  });
});
