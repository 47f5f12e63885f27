import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  loginRequest,
  type SecurityServer,
  startSecurityServer,
  type TestClient,
} from '../security_plugin.mock.ts';

const ME = { method: 'GET', url: '/internal/security/me' } as const;
const LIST = { method: 'GET', url: '/internal/security/sessions' } as const;
const LOGOUT = { method: 'POST', url: '/internal/security/logout' } as const;
const HOUR = 3_600_000;
const end = (sessions: unknown) =>
  ({ method: 'POST', url: '/internal/security/sessions/_end', body: { sessions } }) as const;

interface Listed {
  readonly total: number;
  readonly sessions: readonly Record<string, unknown>[];
}

describe('sessions of a user', () => {
  let server: SecurityServer;
  let laptop: TestClient;
  let phone: TestClient;
  const isSignedIn = async (client: TestClient) => (await client.send(ME)).status === 200;
  /** Sends a request with this session id, even if the client has received another one since. */
  const withId = (sessionId: string | undefined, request: Parameters<TestClient['send']>[0]) =>
    server.client().send({ ...request, headers: { cookie: `sid=${sessionId}` } });
  const stored = async () => (await server.repository.find({ type: 'session' })).total;

  beforeEach(async () => {
    server = await startSecurityServer();
    const admin = await server.signIn();
    const body = { password: 'benpass', roles: ['viewer'] };
    await admin.send({ method: 'POST', url: '/internal/security/users/ben', body });
    await admin.send(LOGOUT);
    laptop = await server.signIn('ben', 'benpass');
    phone = await server.signIn('ben', 'benpass');
  });
  afterEach(() => server.stop());

  it('are listed with their dates and browsers, but without their ids', async () => {
    await server.clock.advance(HOUR);
    const tablet = server.client();
    const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0';
    await tablet.send({ ...loginRequest('ben', 'benpass'), headers: { 'user-agent': userAgent } });
    const { body } = await tablet.send<Listed>(LIST);
    const now = new Date(server.clock.now()).toISOString();
    expect(body).toMatchObject({
      total: 3,
      sessions: [
        { created_at: now, last_used_at: now, browser: 'Firefox', system: 'Linux' },
        { browser: null },
        { browser: null },
      ],
    });
    expect(body.sessions.map((session) => session['is_current'])).toEqual([true, false, false]);
    const text = JSON.stringify(body);
    for (const { id } of (await server.repository.find({ type: 'session' })).savedObjects)
      expect(text).not.toContain(id);
    expect(text).not.toContain(tablet.sessionId);
  });

  it('are not listed when they have ended', async () => {
    await phone.send(LOGOUT);
    expect((await laptop.send<Listed>(LIST)).body.total).toBe(1);
    await server.clock.advance(9 * HOUR);
    const again = await server.signIn('ben', 'benpass');
    expect((await again.send<Listed>(LIST)).body.total).toBe(1);
  });

  it('are listed without the time of the login when an older build created them', async () => {
    const [row] = (await server.repository.find<{ createdAt?: string }>({ type: 'session' }))
      .savedObjects;
    await server.repository.update('session', row?.id ?? '', { createdAt: undefined });
    const { body } = await laptop.send<Listed>(LIST);
    expect(body.sessions.map((session) => session['created_at'])).toContain(null);
  });

  it('end in all other browsers, and the current one continues under another id', async () => {
    const before = laptop.sessionId;
    expect((await laptop.send(end('others'))).status).toBe(204);
    expect(laptop.sessionId).not.toBe(before);
    expect(await isSignedIn(laptop)).toBe(true);
    expect(await isSignedIn(phone)).toBe(false);
    expect((await withId(before, ME)).status).toBe(401);
    expect(await stored()).toBe(1);
  });

  it('end in all browsers when the user signs out everywhere', async () => {
    expect((await laptop.send(end('all'))).status).toBe(204);
    expect(laptop.sessionId).toBeUndefined();
    expect(await isSignedIn(phone)).toBe(false);
    expect(await stored()).toBe(0);
    expect(await isSignedIn(await server.signIn('ben', 'benpass'))).toBe(true);
  });

  it('are not affected when another user ends their own sessions', async () => {
    const admin = await server.signIn();
    await laptop.send(end('all'));
    expect(await isSignedIn(admin)).toBe(true);
  });

  it('can be ended with HTTP Basic; a session cookie in the same request does not count', async () => {
    const headers = { ...server.basic('ben', 'benpass'), cookie: `sid=${laptop.sessionId}` };
    const response = await server.client().send({ ...end('others'), headers });
    expect(response).toMatchObject({ status: 204, cookies: [] });
    expect(await isSignedIn(laptop)).toBe(false);
    expect(await isSignedIn(phone)).toBe(false);
  });

  it('cannot be seen or ended with an API key', async () => {
    const admin = await server.signIn();
    const key = { method: 'POST', url: '/internal/security/api_key', body: { name: 'k' } } as const;
    const { body } = await admin.send<{ encoded: string }>(key);
    const headers = { authorization: `ApiKey ${body.encoded}` };
    for (const request of [LIST, end('all')]) {
      expect(await server.client().send({ ...request, headers })).toMatchObject({
        status: 403,
        body: { attributes: { code: 'api_key_needs_login' } },
      });
    }
  });

  it.each([undefined, 'mine', ['others'], ''])(
    'are kept when the request names them by the invalid value %o',
    async (value) => {
      expect((await laptop.send(end(value))).status).toBe(400);
      expect(await isSignedIn(phone)).toBe(true);
    },
  );

  it('keep the end of their lifespan when the user repeatedly ends all others', async () => {
    for (let day = 0; day < 30; day += 1) {
      for (let part = 0; part < 4; part += 1) {
        await server.clock.advance(6 * HOUR);
        await laptop.send(end('others'));
      }
    }
    expect(await isSignedIn(laptop)).toBe(false);
  });

  it('cause an audit event when they end', async () => {
    await laptop.send(end('others'));
    const text = JSON.stringify(server.logger.lines);
    expect(text).toContain('session_end of others sessions of user [ben]');
    expect(text).not.toContain(laptop.sessionId);
  });
});

describe('an ended session', () => {
  let server: SecurityServer;
  let owner: TestClient;
  let thief: TestClient;
  const statusOf = async (client: TestClient) => (await client.send(ME)).status;

  beforeEach(async () => {
    server = await startSecurityServer();
    owner = await server.signIn();
    thief = await server.signIn();
  });
  afterEach(() => server.stop());

  it("gets no successor when two browsers end each other's session at the same time", async () => {
    const responses = await Promise.all([
      owner.send(end('others')),
      thief.send(end('others')),
      thief.send(end('others')),
    ]);
    expect(responses.map(({ status }) => status).sort()).toEqual([204, 401, 401]);
    expect([await statusOf(owner), await statusOf(thief)].sort()).toEqual([200, 401]);
  });

  it('gets no successor when two of its own requests end the others at the same time', async () => {
    const responses = await Promise.all([owner.send(end('others')), owner.send(end('others'))]);
    expect(responses.map(({ status }) => status).sort()).toEqual([204, 401]);
    expect((await server.repository.find({ type: 'session' })).total).toBe(1);
  });

  it('stays ended when requests that use it run at the same time', async () => {
    const requests = Array.from({ length: 20 }, () => thief.send(ME));
    await owner.send(end('others'));
    await Promise.all(requests);
    expect(await statusOf(thief)).toBe(401);
  });

  it('stays ended when the time of its last use is written later', async () => {
    await server.clock.advance(6 * 60_000);
    await Promise.all([thief.send(ME), owner.send(end('others')), thief.send(ME)]);
    expect(await statusOf(thief)).toBe(401);
    expect((await server.repository.find({ type: 'session' })).total).toBe(1);
  });
});
