import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@latchkey/core/server/wait_until';
import {
  aDataPath,
  type ServerProcess,
  startServer,
  stopEverything,
  TestUser,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * Numbers of failures that the login throttle allows by default (`xpack.security.loginThrottle`).
 */
const PER_ADDRESS = 10;
const PER_USER = 30;
/** With these settings no counted failure expires during the tests, even on a busy machine. */
const NOTHING_EXPIRES = {
  'xpack.security.loginThrottle.window': '1h',
  'xpack.security.loginThrottle.user.delay': '20m',
};
const LONG_DELAY_SECONDS = 20 * 60;
/**
 * Long enough that a server refuses a request instead of delaying it until its turn, and short
 * because a test waits for several of these delays.
 */
const SHORT_DELAY_SECONDS = 12;
const SHORT_DELAY = { 'xpack.security.loginThrottle.user.delay': `${SHORT_DELAY_SECONDS}s` };

const ADMIN = { username: 'elastic', password: 'changeme' };
type Login = typeof ADMIN;

onEachStore((store) => {
  let settings: Readonly<Record<string, unknown>>;
  let storeSettings: typeof settings;
  let dataPath: string;
  let first: ServerProcess;
  let second: ServerProcess;
  beforeAll(async () => {
    dataPath = aDataPath();
    storeSettings = store.newSettings();
    await startServers(NOTHING_EXPIRES);
  });
  afterAll(stopEverything);

  async function startServers(throttle: typeof settings): Promise<void> {
    // Only a proxy on this machine may state the client address; the test acts as this proxy.
    settings = { ...storeSettings, ...throttle, 'server.trustProxy': ['127.0.0.1', '::1'] };
    first = await startServer({ dataPath, settings });
    second = await startServer({ dataPath, settings, publicBaseUrl: first.url });
  }
  const killServers = () => Promise.all([first.kill9(), second.kill9()]);

  /**
   * Headers of a request. Each request comes from a new browser, so that it has no cookies except
   * the one given here.
   */
  const from = (headers: { readonly address: string; readonly cookie?: string }) => ({
    'x-forwarded-for': headers.address,
    ...(headers.cookie === undefined ? {} : { cookie: headers.cookie }),
  });
  const logIn = (server: ServerProcess, user: Login, origin: Parameters<typeof from>[0]) =>
    new TestUser(user).logIn(server, from(origin));
  const me = (server: ServerProcess, user: Login, address: string) =>
    new TestUser(user).call(server, {
      method: 'GET',
      path: '/internal/security/me',
      headers: { authorization: new TestUser(user).basicAuthorization, ...from({ address }) },
    });

  /**
   * Creates a new account with the right to sign in, so that the tests do not share counts of
   * failures.
   */
  async function aUser(username: string): Promise<Login> {
    const [path, password] = [`/internal/security/users/${username}`, `${username}-password-5f0c`];
    const body = { password, roles: ['viewer'] };
    const created = await new TestUser(ADMIN).callWithPassword(first, `POST ${path}`, body);
    expect(created.status).toBe(200);
    return { username, password };
  }

  const guess = (username: string, n: number) => ({ username, password: `guess-${n}` });

  it('the login throttle counts failures over all processes and restarts, of the login form and of HTTP Basic together', async () => {
    const ana = await aUser('ana');
    const address = '192.0.2.1';
    for (let n = 0; n < PER_ADDRESS; n += 1) {
      const server = n % 2 === 0 ? first : second;
      const response = await (n % 3 === 0
        ? me(server, guess('ana', n), address)
        : logIn(server, guess('ana', n), { address }));
      expect(response.status).toBe(401);
    }
    for (const server of [first, second]) {
      const refused = await logIn(server, ana, { address });
      expect(refused.status).toBe(429);
      expect(JSON.parse(refused.text)).toMatchObject({ attributes: { code: 'login_throttled' } });
      expect((await me(server, ana, address)).status).toBe(429);
      expect((await logIn(server, ana, { address: '192.0.3.1' })).status).toBe(200);
    }
    await killServers();
    await startServers(NOTHING_EXPIRES);
    expect((await logIn(second, ana, { address })).status).toBe(429);
  });

  it('the login throttle still refuses an address after a flood of invented usernames from it', async () => {
    const ben = await aUser('ben');
    const address = '198.51.100.7';
    for (let n = 0; n < PER_ADDRESS; n += 1) await logIn(first, guess('ben', n), { address });
    // Many attempts are sent at the same time, so that some end without a password check (503
    // login_busy).
    const flood = Array.from({ length: 200 }, (_, n) =>
      logIn(first, guess(`made-up-${n}`, n), { address }),
    );
    expect((await Promise.all(flood)).every(({ status }) => status >= 400)).toBe(true);
    for (const server of [first, second]) {
      expect((await logIn(server, ben, { address })).status).toBe(429);
    }
  });

  it("the login throttle delays guesses of one user's password from many addresses, but no browser in which that user has signed in before", async () => {
    const carl = await aUser('carl');
    const before = await logIn(first, carl, { address: '203.0.113.1' });
    const cookie = (before.headers['set-cookie'] ?? [])
      .map((line) => line.slice(0, line.indexOf(';')))
      .find((pair) => pair.includes('latchkey_device='));
    expect(cookie).toBeDefined();
    const tries = Array.from({ length: 2 * PER_USER + 20 }, (_, n) =>
      logIn(n % 2 === 0 ? first : second, guess('carl', n), { address: `10.1.${n}.1` }),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    // Each process counts its own running attempts, so both together may allow twice the number.
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(2 * PER_USER);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    for (let n = 0; n < PER_USER; n += 1) {
      await logIn(first, guess('carl', n), { address: `10.2.${n}.1` });
    }
    for (const server of [first, second]) {
      const refused = await logIn(server, carl, { address: '10.3.0.1' });
      expect(refused.status).toBe(429);
      // The next attempt of an address is at most one and a half delays away.
      expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(1.5 * LONG_DELAY_SECONDS);
      const known = await logIn(server, carl, { address: '10.3.0.1', cookie: cookie ?? '' });
      expect(known.status).toBe(200);
    }
  });

  it('the login throttle lets a user sign in from a new address while attackers use every attempt for the same username', async () => {
    await killServers();
    await startServers(SHORT_DELAY);
    const dora = await aUser('dora');
    let [isFinished, checked] = [false, 0];
    const began = Date.now();
    const attack = Array.from({ length: 4 }, async (_, k) => {
      for (let n = 0; !isFinished; n += 1) {
        const address = `10.${20 + k}.${n % 250}.1`;
        const { status } = await logIn(n % 2 === 0 ? first : second, guess('dora', n), { address });
        if (status === 401) checked += 1;
        else await sleep(200);
      }
    });
    try {
      while (checked < PER_USER) await sleep(100);
      // The server delays the request until the next attempt is allowed, or sends `Retry-After`.
      for (let status = 429; status !== 200; ) {
        const response = await logIn(first, dora, { address: '203.0.113.50' });
        status = response.status;
        if (status === 429) await sleep(Number(response.headers['retry-after']) * 1000);
      }
      // The address is stored as a known one now. A server that read the list of addresses before
      // this moment still uses the older list.
      for (const server of [first, second]) {
        const isAccepted = async () =>
          (await logIn(server, dora, { address: '203.0.113.50' })).status === 200;
        await waitUntil('the known address', isAccepted);
        expect(await isAccepted()).toBe(true);
      }
    } finally {
      isFinished = true;
      await Promise.all(attack);
    }
    // The limit applies per process, because each process counts running attempts for itself.
    const highest = 2 * (PER_USER + 1 + (Date.now() - began) / (1000 * SHORT_DELAY_SECONDS));
    expect(checked).toBeLessThanOrEqual(highest);
  });

  // Only one kind of outage is tested. In the other one, a locked file, each write takes seconds
  // until it fails, and the result is the same.
  describe.each(store.refusals.slice(0, 1))(
    'the login throttle, while the store $when,',
    ({ refuse }) => {
      it('responds with a temporary error, and allows no guess that is not counted', async () => {
        const allowWrites = await refuse({ servers: [first, second], dataPath, settings });
        const address = '172.16.5.5';
        try {
          const responses = [];
          for (let n = 0; n <= PER_ADDRESS; n += 1) {
            responses.push(await me(first, guess('elastic', n), address));
          }
          for (const response of responses.slice(0, PER_ADDRESS)) {
            expect(response.status).toBe(503);
            expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
            expect(response.text).toContain('Try again');
          }
          expect(responses.at(-1)?.status).toBe(429);
          expect((await logIn(first, ADMIN, { address: '172.16.6.5' })).status).toBe(503);
        } finally {
          await allowWrites();
        }
      });
    },
  );
});
