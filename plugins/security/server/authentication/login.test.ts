import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PasswordHasher } from '../passwords/index.ts';
import { loginRequest, type SecurityServer, startSecurityServer } from '../security_plugin.mock.ts';

const ME = { method: 'GET', url: '/internal/security/me' } as const;

let server: SecurityServer;
beforeEach(async () => {
  server = await startSecurityServer();
});
afterEach(() => server.stop());

describe('a login by form', () => {
  it('sets an HttpOnly, same-site session cookie and returns the next location', async () => {
    const response = await server
      .client()
      .send(loginRequest('elastic', 'changeme', 'http://localhost:5601/login?next=%2Fapp%2Fx#/y'));
    expect(response).toMatchObject({ status: 200, body: { location: '/app/x#/y' } });
    const attributes = { httpOnly: true, sameSite: 'Lax', path: '/' };
    expect(response.cookies).toEqual([
      expect.objectContaining({
        name: 'sid',
        value: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
        ...attributes,
      }),
      expect.objectContaining({ name: 'latchkey_device', maxAge: 180 * 24 * 3600, ...attributes }),
    ]);
  });

  it('responds with the signed-in user', async () => {
    const me = await (await server.signIn()).send(ME);
    expect(me).toMatchObject({
      status: 200,
      body: {
        username: 'elastic',
        roles: ['superuser'],
        authentication_type: 'realm',
        profile_uid: expect.stringMatching(/^u_[A-Za-z0-9_-]{43}_0$/),
      },
    });
  });

  it('returns the same response for unknown names, wrong passwords and disabled users', async () => {
    const admin = await server.signIn();
    const url = '/internal/security/users/ben';
    await admin.send({
      method: 'POST',
      url,
      body: { password: 'benpass', roles: [], enabled: false },
    });
    const responses = [];
    for (const [name, password] of [
      ['nobody', 'changeme'],
      ['elastic', 'wrong'],
      ['ben', 'benpass'],
    ] as const) {
      const { status, body, cookies } = await server.client().send(loginRequest(name, password));
      responses.push({ status, body, cookies });
    }
    expect(responses[0]).toMatchObject({
      status: 401,
      body: { message: 'Invalid username or password.', attributes: { code: 'login_failed' } },
      cookies: [],
    });
    expect(responses[1]).toEqual(responses[0]);
    expect(responses[2]).toEqual(responses[0]);
  });

  it('refuses further attempts with 429 and Retry-After, even with the correct password', async () => {
    for (let n = 0; n < 10; n += 1) await server.client().send(loginRequest('elastic', `no-${n}`));
    const response = await server.client().send(loginRequest('elastic', 'changeme'));
    expect(response).toMatchObject({
      status: 429,
      body: { attributes: { code: 'login_throttled' } },
    });
    expect(response.headers['retry-after']).toBe('300');
    const other = await server.client().send(loginRequest('nobody', 'changeme'));
    expect(other.status).toBe(401);
  });

  it('is limited for one name over all addresses, except in a browser with an earlier login', async () => {
    const knownBrowser = await server.signIn();
    const device = `latchkey_device=${knownBrowser.cookie('latchkey_device')}`;
    const from = (n: number, cookie = '', password = 'changeme') => ({
      ...loginRequest('elastic', password),
      remoteAddress: `198.51.${n}.1`,
      headers: { cookie },
    });
    for (let n = 0; n < 30; n += 1) {
      expect((await server.client().send(from(n, '', `no-${n}`))).status).toBe(401);
    }
    const refused = await server.client().send(from(200));
    expect(refused).toMatchObject({
      status: 429,
      body: { attributes: { code: 'login_throttled' } },
    });
    // The client's turn comes in 15 to 30 seconds. A client that arrives 5 seconds early is held
    // until its turn.
    const retryAfterSeconds = Number(refused.headers['retry-after']);
    expect(retryAfterSeconds).toBeGreaterThanOrEqual(10);
    expect(retryAfterSeconds).toBeLessThanOrEqual(25);
    expect((await server.client().send(from(201, device))).status).toBe(200);
    const forged = device.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    expect((await server.client().send(from(202, forged))).status).toBe(429);
    await server.clock.advance(30_000);
    expect((await server.client().send(from(203))).status).toBe(200);
  });

  it('still refuses guesses after failures of many invented names from the same address', async () => {
    for (let n = 0; n < 10; n += 1) await server.client().send(loginRequest('elastic', `no-${n}`));
    for (let n = 0; n < 60; n += 1) await server.client().send(loginRequest(`made-up-${n}`, 'x'));
    expect((await server.client().send(loginRequest('elastic', 'changeme'))).status).toBe(429);
  });

  it('is limited for all names of one network, and is held until the next attempt is allowed', async () => {
    const spray = (n: number) =>
      server
        .client()
        .send({ ...loginRequest(`user-${n}`, 'Spring2030!'), remoteAddress: `192.0.2.${n % 250}` });
    for (let n = 0; n < 100; n += 1) expect((await spray(n)).status).toBe(401);
    let hasResponse = false;
    const held = spray(100).finally(() => {
      hasResponse = true;
    });
    await server.clock.advance(1400);
    expect(hasResponse).toBe(false);
    await server.clock.advance(1600);
    expect((await held).status).toBe(401);
  });

  it.each(['\0', '\0\0', '\0x'])('refuses the correct password followed by %j', async (end) => {
    const response = await server.client().send(loginRequest('elastic', `changeme${end}`));
    expect(response.status).toBe(400);
    const headers = server.basic('elastic', `changeme${end}`);
    expect((await server.client().send({ ...ME, headers })).status).toBe(401);
  });

  it('returns a temporary error while the store is unavailable, and counts no failure', async () => {
    await server.store.close();
    for (const password of ['changeme', 'wrong']) {
      const byForm = await server.client().send(loginRequest('elastic', password));
      const headers = server.basic('elastic', password);
      for (const response of [byForm, await server.client().send({ ...ME, headers })]) {
        expect(response).toMatchObject({
          status: 503,
          body: { message: 'The data store does not respond. Try again shortly.' },
        });
        expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
      }
    }
  });

  it('refuses a request without the cross-site header', async () => {
    const request = { ...loginRequest('elastic', 'changeme'), defaultHeaders: false };
    expect((await server.client().send(request)).status).toBe(400);
  });
});

describe('a login, against session fixation,', () => {
  const PLANTED = 'A'.repeat(43);

  it('A10: creates a new id at login and never uses an id from the request', async () => {
    const response = await server.client().send({
      ...loginRequest('elastic', 'changeme'),
      headers: { cookie: `sid=${PLANTED}` },
    });
    const [cookie] = response.cookies;
    expect(cookie?.value).not.toBe(PLANTED);
    const planted = await server.client().send({ ...ME, headers: { cookie: `sid=${PLANTED}` } });
    expect(planted.status).toBe(401);
  });

  it('A10: ignores a session id in the URL', async () => {
    const victim = await server.signIn();
    const response = await server
      .client()
      .send({ ...ME, url: `${ME.url}?sid=${victim.sessionId}` });
    expect(response.status).toBe(401);
    expect(response.cookies).toEqual([]);
  });

  it('A10: ends the session that the browser had before', async () => {
    const client = await server.signIn();
    const before = client.sessionId;
    await client.send(loginRequest('elastic', 'changeme'));
    expect(client.sessionId).not.toBe(before);
    expect((await client.send(ME)).status).toBe(200);
    const old = await server.client().send({ ...ME, headers: { cookie: `sid=${before}` } });
    expect(old.status).toBe(401);
  });
});

describe('a logout', () => {
  it('ends the session immediately and goes to the login page', async () => {
    const client = await server.signIn();
    const cookie = `sid=${client.sessionId}`;
    await client.send(ME);
    const response = await client.send({ method: 'GET', url: '/api/security/logout' });
    expect(response.status).toBe(302);
    expect(response.headers['location']).toBe('/login?msg=LOGGED_OUT');
    expect(client.sessionId).toBeUndefined();
    expect((await server.client().send({ ...ME, headers: { cookie } })).status).toBe(401);
  });

  it.each(['cross-site', 'same-site'])(
    'asks for confirmation when a page of another site sent the browser (%s)',
    async (site) => {
      const client = await server.signIn();
      const logOut = (secFetchSite: string) =>
        client.send({
          method: 'GET',
          url: '/api/security/logout',
          headers: { 'sec-fetch-site': secFetchSite },
        });
      const asked = await logOut(site);
      expect(asked).toMatchObject({ status: 200, cookies: [] });
      expect(asked.text).toContain('href="/api/security/logout"');
      expect((await client.send(ME)).status).toBe(200);
      expect((await logOut('same-origin')).status).toBe(302);
      expect(client.sessionId).toBeUndefined();
    },
  );

  it.each(['image', 'style', 'iframe'])(
    'does not happen when a page of this server loads the link as a part of itself (%s)',
    async (destination) => {
      const client = await server.signIn();
      const headers = { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': destination };
      await client.send({ method: 'GET', url: '/api/security/logout', headers });
      expect((await client.send(ME)).status).toBe(200);
    },
  );

  it('is accepted from a bookmark without a confirmation', async () => {
    const client = await server.signIn();
    const headers = { 'sec-fetch-site': 'none' };
    await client.send({ method: 'GET', url: '/api/security/logout', headers });
    expect(client.sessionId).toBeUndefined();
  });

  it('is accepted from programs, and from users without a session', async () => {
    const post = { method: 'POST', url: '/internal/security/logout' } as const;
    expect((await (await server.signIn()).send(post)).status).toBe(204);
    expect((await server.client().send(post)).status).toBe(204);
  });
});

describe('authentication by HTTP Basic', () => {
  it('authenticates every request, but hashes the password only once, and creates no session', async () => {
    const verify = vi.spyOn(PasswordHasher.prototype, 'verify');
    const headers = server.basic('elastic', 'changeme');
    for (let n = 0; n < 3; n += 1) {
      const response = await server.client().send({ ...ME, headers });
      expect(response).toMatchObject({ status: 200, cookies: [] });
    }
    expect(verify).toHaveBeenCalledTimes(1);
    verify.mockRestore();
  });

  it('refuses the old password as soon as the password was changed', async () => {
    const headers = server.basic('elastic', 'changeme');
    await server.client().send({ ...ME, headers });
    await server.client().send({
      method: 'POST',
      url: '/internal/security/users/elastic/password',
      headers,
      body: { password: 'changeme', newPassword: 'changed-now' },
    });
    expect((await server.client().send({ ...ME, headers })).status).toBe(401);
    const renewed = server.basic('elastic', 'changed-now');
    expect((await server.client().send({ ...ME, headers: renewed })).status).toBe(200);
  });

  it('is throttled like the login form, even while the correct pair is cached', async () => {
    await server.client().send({ ...ME, headers: server.basic('elastic', 'changeme') });
    for (let n = 0; n < 10; n += 1) {
      await server.client().send({ ...ME, headers: server.basic('elastic', `no-${n}`) });
    }
    const response = await server
      .client()
      .send({ ...ME, headers: server.basic('elastic', 'changeme') });
    expect(response.status).toBe(429);
    expect(response.headers['retry-after']).toBe('300');
  });

  it('is limited for one name over all addresses', async () => {
    const ask = (n: number, password: string) =>
      server.client().send({
        ...ME,
        headers: server.basic('elastic', password),
        remoteAddress: `198.51.${n}.1`,
      });
    expect((await ask(250, 'changeme')).status).toBe(200);
    for (let n = 0; n < 30; n += 1) expect((await ask(n, `no-${n}`)).status).toBe(401);
    expect((await ask(99, 'changeme')).status).toBe(429);
    // A program that has recently signed in from its address is not limited.
    expect((await ask(250, 'changeme')).status).toBe(200);
    await server.clock.advance(10 * 60_000);
    expect((await ask(99, 'changeme')).status).toBe(200);
  });

  it.each(['Basic', 'Basic %%%', 'Basic bm9jb2xvbg==', 'Bearer abc', 'Basic OmVtcHR5', ''])(
    'refuses a malformed header even with a valid session: %j',
    async (authorization) => {
      const client = await server.signIn();
      expect((await client.send({ ...ME, headers: { authorization } })).status).toBe(401);
    },
  );

  it('refuses too long names and passwords without an internal error', async () => {
    for (const [name, password] of [
      ['x'.repeat(5000), 'p'],
      ['elastic', 'p'.repeat(5000)],
    ] as const) {
      const response = await server.client().send({ ...ME, headers: server.basic(name, password) });
      expect(response.status).toBe(401);
    }
  });
});
