import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemRandomness } from '@latchkey/core/server';
import { createLoggerMock, ManualClock } from '@latchkey/core/server/mocks';
import {
  createSavedObjectsService,
  type SavedObjectsRepository,
  type SavedObjectsService,
} from '@latchkey/saved-objects';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import { newFolder, removeFolder } from '../security_plugin.mock.ts';
import { FailureStore, LOGIN_FAILURES_TYPE, loginFailuresType } from './failure_store.ts';
import { LoginThrottle } from './login_throttle.ts';

const WINDOW = 60_000;
const LIMITS = {
  maxFailures: 3,
  window: WINDOW,
  user: { maxFailures: 6, delay: 10_000 },
  network: { maxFailures: 20, delay: 1000 },
};

let folder: string;
let clock: ManualClock;
let services: SavedObjectsService[];
let repository: SavedObjectsRepository;
let throttle: LoginThrottle;

/** Another process on the same store. */
async function aProcess(limits = LIMITS) {
  const service = createSavedObjectsService({
    store: createSqliteStore({ path: join(folder, 'store.db') }),
    logger: createLoggerMock(),
    now: () => clock.now(),
    uuid: () => systemRandomness.uuid(),
  });
  service.setup.registerType(loginFailuresType);
  services.push(service);
  const started = await service.start();
  const own = started.createRepository({ includedHiddenTypes: [LOGIN_FAILURES_TYPE] });
  const store = new FailureStore({ repository: () => own, clock, cacheMs: 2000 });
  return { repository: own, store, throttle: new LoginThrottle({ store, clock, limits }) };
}

beforeEach(async () => {
  folder = await newFolder();
  clock = new ManualClock();
  services = [];
  ({ repository, throttle } = await aProcess());
});
afterEach(async () => {
  for (const service of services) await service.stop();
  await removeFolder(folder);
});

const from = (username: string, address: string, deviceId?: string) => ({
  username,
  address,
  deviceId,
});
const fail = async (
  username: string,
  address: string,
  options: { times?: number; deviceId?: string; by?: LoginThrottle } = {},
) => {
  const { times = LIMITS.maxFailures, deviceId, by = throttle } = options;
  for (let n = 0; n < times; n += 1) {
    await (await by.begin(from(username, address, deviceId))).failed();
  }
};
const isAllowed = async (username: string, address: string, deviceId?: string, by = throttle) => {
  try {
    (await by.begin(from(username, address, deviceId))).abandoned();
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'login_throttled' });
    return false;
  }
};
const documents = async () => (await repository.find({ type: LOGIN_FAILURES_TYPE })).total;

describe('one user from one address', () => {
  it('is refused after too many failures, with the time to wait', async () => {
    await fail('ana', '192.0.2.1');
    await clock.advance(20_000);
    await expect(throttle.begin(from('ana', '192.0.2.1'))).rejects.toMatchObject({
      code: 'login_throttled',
      details: { retryAfterSeconds: 40 },
    });
    await expect(throttle.check(from('ana', '192.0.2.1'))).rejects.toMatchObject({
      code: 'login_throttled',
    });
    await clock.advance(40_000);
    expect(await isAllowed('ana', '192.0.2.1')).toBe(true);
  });

  it('limits neither another user there nor the user elsewhere', async () => {
    await fail('ana', '192.0.2.1');
    expect(await isAllowed('ben', '192.0.2.1')).toBe(true);
    expect(await isAllowed('ana', '198.51.100.1')).toBe(true);
  });

  it('counts from zero after a success', async () => {
    await fail('ana', '192.0.2.1', { times: 2 });
    await (await throttle.begin(from('ana', '192.0.2.1'))).succeeded();
    await fail('ana', '192.0.2.1', { times: 2 });
    expect(await isAllowed('ana', '192.0.2.1')).toBe(true);
  });

  it('counts attempts under way, and one that is abandoned leaves nothing', async () => {
    const begin = () => throttle.begin(from('ana', '192.0.2.1'));
    const underWay = await Promise.allSettled(Array.from({ length: 8 }, begin));
    const begun = underWay.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(begun).toHaveLength(LIMITS.maxFailures);
    for (const attempt of begun) attempt.abandoned();
    expect(await documents()).toBe(0);
    expect(await isAllowed('ana', '192.0.2.1')).toBe(true);
  });

  it.each([
    ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2', true],
    ['2001:db8::1', '2001:db8:0:0:1::2', true],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
    ['fe80::1%eth0', 'fe80::2%eth0', true],
  ])('sees %s and %s as one address: %s', async (first, second, isSame) => {
    await fail('ana', first);
    expect(await isAllowed('ana', second)).toBe(!isSame);
  });
});

describe('one user from all addresses', () => {
  const failEverywhere = (times: number) =>
    Promise.all(
      Array.from({ length: times }, (_, n) => fail('ana', `198.51.${n}.1`, { times: 1 })),
    );

  it('is delayed after too many failures, and not locked out', async () => {
    await failEverywhere(6);
    await expect(throttle.begin(from('ana', '203.0.113.9'))).rejects.toMatchObject({
      details: { retryAfterSeconds: 10 },
    });
    expect(await isAllowed('ben', '203.0.113.9')).toBe(true);
    await clock.advance(10_000);
    expect(await isAllowed('ana', '203.0.113.9')).toBe(true);
  });

  it('allows a browser that the user signed in with before, until that browser fails too often', async () => {
    await failEverywhere(6);
    expect(await isAllowed('ana', '203.0.113.9', 'laptop')).toBe(true);
    await fail('ana', '203.0.113.9', { deviceId: 'laptop' });
    expect(await isAllowed('ana', '203.0.113.9', 'laptop')).toBe(false);
    expect(await isAllowed('ana', '203.0.113.9', 'phone')).toBe(true);
    await clock.advance(WINDOW);
    expect(await isAllowed('ana', '203.0.113.9', 'laptop')).toBe(true);
  });

  it('does not delay an address from which the user signed in lately', async () => {
    await (await throttle.begin(from('ana', '203.0.113.9'))).succeeded();
    await failEverywhere(6);
    expect(await isAllowed('ana', '203.0.113.9')).toBe(true);
    await expect(throttle.check(from('ana', '203.0.113.9'))).resolves.toBeUndefined();
    expect(await isAllowed('ana', '203.0.113.8')).toBe(false);
  });
});

describe('all users from one network', () => {
  it('are delayed together, and no other network is', async () => {
    for (let n = 0; n < 20; n += 1) await fail(`user-${n}`, `192.0.2.${n}`, { times: 1 });
    expect(await isAllowed('somebody', '192.0.2.200')).toBe(false);
    expect(await isAllowed('somebody', '192.0.3.200')).toBe(true);
    expect(await isAllowed('somebody', '192.0.2.200', 'laptop')).toBe(true);
    await clock.advance(1000);
    expect(await isAllowed('somebody', '192.0.2.200')).toBe(true);
  });
});

describe('the counts', () => {
  it('are shared by all processes, and survive a restart', async () => {
    const other = (await aProcess()).throttle;
    await fail('ana', '192.0.2.1', { times: 2 });
    await fail('ana', '192.0.2.1', { times: 1, by: other });
    const restarted = (await aProcess()).throttle;
    for (const by of [throttle, other, restarted]) {
      expect(await isAllowed('ana', '192.0.2.1', undefined, by)).toBe(false);
    }
  });

  it('are exact when processes fail at the same moment', async () => {
    const wide = { ...LIMITS, maxFailures: 100, user: { maxFailures: 40, delay: 10_000 } };
    const processes = [(await aProcess(wide)).throttle, (await aProcess(wide)).throttle];
    const attempts = await Promise.all(
      Array.from({ length: 39 }, (_, n) =>
        (processes[n % 2] as LoginThrottle).begin(from('ana', `198.51.${n}.1`)),
      ),
    );
    await Promise.all(attempts.map((attempt) => attempt.failed()));
    await fail('ana', '203.0.113.1', { times: 1, by: processes[0] as LoginThrottle });
    expect(await isAllowed('ana', '203.0.113.2', undefined, processes[1])).toBe(false);
  });

  it('cannot be pushed out by a flood of other names', async () => {
    const wide = { ...LIMITS, network: { maxFailures: 100_000, delay: 1 } };
    const { throttle: flooded, repository: stored } = await aProcess(wide);
    await fail('ana', '192.0.2.1', { by: flooded });
    // As when password checks are overloaded: the flood costs the attacker no hash.
    for (let n = 0; n < 10_200; n += 1) {
      (await flooded.begin(from(`made-up-${n}`, '192.0.2.1'))).abandoned();
    }
    for (let n = 0; n < 150; n += 1) {
      await (await flooded.begin(from(`wrong-${n}`, '192.0.2.1'))).failed();
    }
    expect(await isAllowed('ana', '192.0.2.1', undefined, flooded)).toBe(false);
    const { total } = await stored.find({ type: LOGIN_FAILURES_TYPE });
    expect(total).toBeLessThanOrEqual(3 + 2 * 150);
  });

  it('are removed when they have no effect any more', async () => {
    const { store } = await aProcess();
    await fail('ana', '192.0.2.1');
    expect(await documents()).toBe(3);
    await clock.advance(WINDOW + 1);
    expect(await store.removeExpired()).toBe(3);
    expect(await documents()).toBe(0);
  });

  it('are not written by a login without failures before it', async () => {
    const before = await repository.find({ type: LOGIN_FAILURES_TYPE });
    for (const deviceId of [undefined, 'laptop']) {
      await (await throttle.begin(from('ana', '192.0.2.1', deviceId))).succeeded();
    }
    expect(await repository.find({ type: LOGIN_FAILURES_TYPE })).toEqual(before);
  });

  it('stay in the process while the store refuses writes', async () => {
    const { store } = await aProcess();
    const readOnly = new LoginThrottle({
      clock,
      limits: LIMITS,
      store: {
        read: (ids) => store.read(ids),
        readRecent: (ids) => store.readRecent(ids),
        clear: (id) => store.clear(id),
        add: async () => {
          throw new Error('read-only');
        },
      },
    });
    for (let n = 0; n < LIMITS.maxFailures; n += 1) {
      const attempt = await readOnly.begin(from('ana', '192.0.2.1'));
      await expect(attempt.failed()).rejects.toThrow('read-only');
    }
    expect(await isAllowed('ana', '192.0.2.1', undefined, readOnly)).toBe(false);
  });
});
