import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLoggerMock, ManualClock } from '@latchkey/core/server/mocks';
import { createSavedObjectsService, type SavedObjectsService } from '@latchkey/saved-objects';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FlowError } from './flow_error.ts';
import {
  aFlowSpec,
  anAppConnector,
  aTestUser,
  ben,
  createFlowFixture,
  OWN_CLICK,
  withLateReads,
} from './flow_fixture.mock.ts';
import { OAUTH_RATE_LIMIT_TYPE, oauthRateLimitType, RateLimiter } from './rate_limiter.ts';

const HOUR_MS = 60 * 60_000;
const LIMITS = {
  authorize: { limit: 10, lookbackWindowMs: HOUR_MS },
  callback: { limit: 80, lookbackWindowMs: HOUR_MS },
};
const { signal } = new AbortController();

let folder: string;
let clock: ManualClock;
let services: SavedObjectsService[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-limits-'));
  clock = new ManualClock();
  services = [];
});
afterEach(async () => {
  await Promise.all(services.map((service) => service.stop()));
  await rm(folder, { recursive: true, force: true });
});

/** Creates the rate limiter of one process, with its own connection to the shared database. */
const aProcess = async (now = () => clock.now()) => {
  const service = createSavedObjectsService({
    store: withLateReads(createSqliteStore({ path: join(folder, 'store.sqlite') })),
    logger: createLoggerMock(),
    now,
    uuid: () => crypto.randomUUID(),
  });
  services.push(service);
  service.setup.registerType(oauthRateLimitType);
  const started = await service.start();
  const repository = started.createRepository({ includedHiddenTypes: [OAUTH_RATE_LIMIT_TYPE] });
  return { limiter: new RateLimiter(repository, LIMITS, now), repository };
};
const outcomes = async (hits: readonly Promise<void>[]) => {
  const settled = await Promise.allSettled(hits);
  const refused = settled.flatMap((hit) => (hit.status === 'rejected' ? [hit.reason] : []));
  for (const reason of refused) {
    expect(reason).toBeInstanceOf(FlowError);
    expect(reason).toMatchObject({ code: 'rate_limited' });
  }
  return { passed: settled.length - refused.length, refused };
};
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

describe('the rate limit per user', () => {
  it('A31: allows attempts up to the limit, and refuses the next one with the time to wait', async () => {
    const { limiter } = await aProcess();
    for (let hit = 0; hit < 10; hit += 1) {
      await limiter.hit('authorize', 'u_ana');
      await clock.advance(1000);
    }
    await expect(limiter.hit('authorize', 'u_ana')).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterMs: HOUR_MS - 10_000,
    });
    await limiter.hit('authorize', 'u_ben');
  });

  it('A31: allows the next attempt as soon as the oldest one has left the window', async () => {
    const { limiter } = await aProcess();
    await limiter.hit('authorize', 'u_ana');
    await clock.advance(1000);
    for (let hit = 1; hit < 10; hit += 1) await limiter.hit('authorize', 'u_ana');
    await clock.advance(HOUR_MS - 1001);
    await expect(limiter.hit('authorize', 'u_ana')).rejects.toMatchObject({ code: 'rate_limited' });
    await clock.advance(1);
    await limiter.hit('authorize', 'u_ana');
    await expect(limiter.hit('authorize', 'u_ana')).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('A31: counts exactly when 100 attempts arrive at the same time and the store is slow', async () => {
    const { limiter } = await aProcess();
    const { passed } = await outcomes(times(100, () => limiter.hit('callback', 'u_ana')));
    expect(passed).toBe(80);
  });

  it('A31: counts the attempts of all processes together', async () => {
    const [one, other] = [await aProcess(), await aProcess()];
    const hits = times(60, (index) =>
      (index % 2 === 0 ? one : other).limiter.hit('authorize', 'u_ana'),
    );
    expect((await outcomes(hits)).passed).toBe(10);
  });

  it('A31: counts attempts of a process whose clock is slightly ahead', async () => {
    const ahead = await aProcess(() => clock.now() + 60_000);
    const behind = await aProcess();
    for (let hit = 0; hit < 5; hit += 1) await ahead.limiter.hit('authorize', 'u_ana');
    const { passed } = await outcomes(times(10, () => behind.limiter.hit('authorize', 'u_ana')));
    expect(passed).toBe(5);
  });

  it('does not block a user for a long time when the clock is set back', async () => {
    const { limiter } = await aProcess();
    for (let hit = 0; hit < 10; hit += 1) await limiter.hit('authorize', 'u_ana');
    clock.jumpWall(-24 * HOUR_MS);
    await limiter.hit('authorize', 'u_ana');
  });

  it('A31: removes its document after a window without attempts', async () => {
    const { limiter, repository } = await aProcess();
    await Promise.all(times(250, (index) => limiter.hit('authorize', `u_${index}`)));
    await clock.advance(HOUR_MS + 1);
    await limiter.hit('authorize', 'u_ana');
    expect(await limiter.deleteExpired(signal)).toBe(250);
    const left = await repository.find({ type: OAUTH_RATE_LIMIT_TYPE });
    expect(left.total).toBe(1);
  });

  it('throws for an endpoint without a configured limit', async () => {
    const { limiter } = await aProcess();
    await expect(limiter.hit('elsewhere', 'u_ana')).rejects.toThrow('[elsewhere]');
  });
});

describe('the rate limits of the routes', () => {
  const NOWHERE = {
    authorizationEndpoint: 'http://127.0.0.1:9/authorize',
    tokenEndpoint: 'http://127.0.0.1:9/token',
  };
  const app = { clientId: 'development-client', clientSecret: 'development-secret' };
  const limit = { limit: 3, lookbackWindow: '1h' };
  const open = async () => {
    const settings = {
      auth: { oauth_authorization_code: { rate_limits: { authorize: limit, callback: limit } } },
    };
    const fixture = await createFlowFixture({ settings, specs: [aFlowSpec('.strict')] });
    await fixture.create('files', anAppConnector('.strict', NOWHERE, app));
    return fixture;
  };

  it('A31: refuse the fourth start of a user with 429 and Retry-After, but not the start of another user', async () => {
    const fixture = await open();
    const testUser = aTestUser();
    for (let round = 0; round < 3; round += 1)
      expect((await fixture.start(testUser, 'files')).status).toBe(200);
    const refused = await fixture.start(testUser, 'files');
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('3600');
    expect(refused.body).toMatchObject({ attributes: { code: 'rate_limited' } });
    const click = await fixture.openLink(testUser, 'files', { headers: OWN_CLICK });
    expect(click).toMatchObject({ status: 429, headers: { 'retry-after': '3600' } });
    expect(click.text).toContain('Too many authorization attempts');
    // Opening the confirmation page does not count as an attempt, pressing its button does.
    const page = await fixture.openLink(testUser, 'files');
    expect(page.status).toBe(200);
    expect((await fixture.press(testUser, page)).status).toBe(429);
    expect((await fixture.start(aTestUser(ben), 'files')).status).toBe(200);
    await fixture.close();
  });

  const callback = (state: string) => `/api/actions/connector/_oauth_callback?state=${state}`;

  it('A31: refuse the fourth callback of a user with a page, 429 and Retry-After', async () => {
    const fixture = await open();
    const [testUser, other] = [aTestUser(), aTestUser(ben)];
    const { state } = (await fixture.start(testUser, 'files')).body;
    for (let round = 0; round < 3; round += 1)
      expect((await fixture.arrive(testUser, callback(state))).status).toBe(400);
    const refused = await fixture.arrive(testUser, callback(state));
    expect(refused.status).toBe(429);
    // The code is lost, so the page that opened the window ends the attempt.
    expect(refused.text).toContain('data-unknown-state="rate_limited"');
    expect(refused.headers['retry-after']).toBe('3600');
    expect(refused.text).toContain('Too many authorization attempts');
    const { state: theirs } = (await fixture.start(other, 'files')).body;
    expect((await fixture.arrive(other, callback(theirs))).status).toBe(400);
    await fixture.close();
  });

  it('A31: count states that were not issued to the user against the IP address, not the user', async () => {
    const fixture = await open();
    const [testUser, attacker] = [aTestUser(), aTestUser(ben)];
    const { state: attackers } = (await fixture.start(attacker, 'files')).body;
    const led = [];
    for (const state of ['made-up', '', attackers, 'made-up', 'made-up'])
      led.push((await fixture.arrive(testUser, callback(state))).status);
    expect(led).toEqual([400, 400, 403, 429, 429]);
    expect(JSON.stringify(await fixture.dump()).match(/"type":"oauth_rate_limit"/g)).toHaveLength(
      1,
    );
    const { state } = (await fixture.start(testUser, 'files')).body;
    const own = await fixture.arrive(testUser, callback(state));
    expect(own.status).toBe(400);
    // The state is known. The callback is refused because its path lacks the provider key.
    expect(own.text).toContain('did not come from the provider');
    await fixture.close();
  });

  it('A31: refuse anonymous callers with 429 by their real IP address, but not signed-in users', async () => {
    const fixture = await open();
    const url = '/api/actions/connector/_oauth_callback?state=forged&code=forged';
    const attempt = (n: number) =>
      fixture.inject<string>({
        method: 'GET',
        url,
        user: null,
        headers: { 'x-forwarded-for': `203.0.113.${n}`, 'x-real-ip': `203.0.113.${n}` },
      });
    const before = await fixture.dump();
    const statuses = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await attempt(n)).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    const refused = await attempt(5);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.text).toContain('Too many authorization attempts');
    // Anonymous callers caused no write to the store.
    expect(await fixture.dump()).toHaveLength(before.length);
    const testUser = aTestUser();
    const { state } = (await fixture.start(testUser, 'files')).body;
    expect((await fixture.arrive(testUser, callback(state))).status).toBe(400);
    await fixture.close();
  });
});
