import { join } from 'node:path';
import { systemRandomness } from '@latchkey/core/server';
import { createLoggerMock, ManualClock } from '@latchkey/core/server/mocks';
import {
  createSavedObjectsService,
  type SavedObjectsRepository,
  type SavedObjectsService,
} from '@latchkey/saved-objects';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newFolder, removeFolder } from '../security_plugin.mock.ts';
import { FailureStore } from './failure_store.ts';
import { countKey, documentOf, LOGIN_FAILURES_TYPE, loginFailuresType } from './failures_type.ts';
import { KNOWN_ADDRESSES_TYPE, KnownAddresses, knownAddressesType } from './known_addresses.ts';
import { LoginThrottle } from './login_throttle.ts';
import { THROTTLE_SECRET_TYPE, ThrottleSecret, throttleSecretType } from './throttle_secret.ts';

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

/** Creates a process on the same store, or on another one. */
async function aProcess(limits = LIMITS, maxHoldMs = 0, file = 'store.db') {
  const service = createSavedObjectsService({
    store: createSqliteStore({ path: join(folder, file) }),
    logger: createLoggerMock(),
    now: () => clock.now(),
    uuid: () => systemRandomness.uuid(),
  });
  const types = [loginFailuresType, knownAddressesType, throttleSecretType];
  for (const type of types) service.setup.registerType(type);
  services.push(service);
  const started = await service.start();
  const own = started.createRepository({
    includedHiddenTypes: [LOGIN_FAILURES_TYPE, KNOWN_ADDRESSES_TYPE, THROTTLE_SECRET_TYPE],
  });
  const context = { repository: () => own, randomness: systemRandomness, clock, cacheMs: 2000 };
  const secret = new ThrottleSecret(context);
  await secret.load();
  const store = new FailureStore(context);
  const known = new KnownAddresses({ ...context, secret });
  const deps = { store, known, secret, clock, limits, maxHoldMs };
  return { repository: own, store, known, secret, throttle: new LoginThrottle(deps), deps };
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
  passwordHash: `hash of ${username}`,
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
  it('is refused after too many failures, and learns how long to wait', async () => {
    await fail('ana', '192.0.2.1');
    await clock.advance(20_000);
    await expect(throttle.begin(from('ana', '192.0.2.1'))).rejects.toMatchObject({
      code: 'login_throttled',
      details: { retryAfterSeconds: 40 },
    });
    expect(await throttle.admits(from('ana', '192.0.2.1'))).toBe(false);
    await clock.advance(40_000);
    expect(await isAllowed('ana', '192.0.2.1')).toBe(true);
  });

  it('does not limit other users at this address, or this user at other addresses', async () => {
    await fail('ana', '192.0.2.1');
    expect(await isAllowed('ben', '192.0.2.1')).toBe(true);
    expect(await isAllowed('ana', '198.51.100.1')).toBe(true);
  });

  it('starts again from zero failures after a successful login', async () => {
    await fail('ana', '192.0.2.1', { times: 2 });
    await (await throttle.begin(from('ana', '192.0.2.1'))).succeeded();
    await fail('ana', '192.0.2.1', { times: 2 });
    expect(await isAllowed('ana', '192.0.2.1')).toBe(true);
  });

  it('counts attempts in progress as failures, and does not count an abandoned one', async () => {
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
  ])('shares its count between %s and %s (expected: %s)', async (first, second, isSame) => {
    await fail('ana', first);
    expect(await isAllowed('ana', second)).toBe(!isSame);
  });
});

describe('one user from all addresses', () => {
  const failEverywhere = (times: number) =>
    Promise.all(
      Array.from({ length: times }, (_, n) => fail('ana', `198.51.${n}.1`, { times: 1 })),
    );

  it('must wait after too many failures, but is not locked out', async () => {
    await failEverywhere(6);
    const refused = await throttle.begin(from('ana', '203.0.113.9')).catch((error) => error);
    expect(refused.details.retryAfterSeconds).toBeGreaterThan(4);
    expect(refused.details.retryAfterSeconds).toBeLessThanOrEqual(10);
    expect(await isAllowed('ben', '203.0.113.9')).toBe(true);
    await clock.advance(10_000);
    expect(await isAllowed('ana', '203.0.113.9')).toBe(true);
  });

  it('may sign in with a browser that the user has used before, until this browser fails too often', async () => {
    await failEverywhere(6);
    expect(await isAllowed('ana', '203.0.113.9', 'laptop')).toBe(true);
    await fail('ana', '203.0.113.9', { deviceId: 'laptop' });
    expect(await isAllowed('ana', '203.0.113.9', 'laptop')).toBe(false);
    expect(await isAllowed('ana', '203.0.113.9', 'phone')).toBe(true);
    await clock.advance(WINDOW);
    expect(await isAllowed('ana', '203.0.113.9', 'laptop')).toBe(true);
  });
});

describe('an address from which the user has signed in before', () => {
  const NEIGHBOUR = '203.0.113.8';
  const logIn = async (by = throttle) => (await by.begin(from('ana', '203.0.113.9'))).succeeded();
  const exhaustEverything = async () => {
    for (let n = 0; n < 6; n += 1) await fail('ana', `198.51.${n}.1`, { times: 1 });
    for (let n = 0; n < 20; n += 1) await fail(`user-${n}`, NEIGHBOUR, { times: 1 });
  };

  it('need not wait because of attackers at other addresses, in any process and after a restart', async () => {
    const other = (await aProcess()).throttle;
    await logIn();
    await exhaustEverything();
    const restarted = (await aProcess()).throttle;
    for (const by of [throttle, other, restarted]) {
      expect(await isAllowed('ana', '203.0.113.9', undefined, by)).toBe(true);
      expect(await by.admits(from('ana', '203.0.113.9'))).toBe(true);
      expect(await isAllowed('ana', NEIGHBOUR, undefined, by)).toBe(false);
      expect(await isAllowed('ben', '203.0.113.9', undefined, by)).toBe(false);
    }
  });

  it('is locked after its own failures, which also count for all other addresses', async () => {
    await logIn();
    await fail('ana', '203.0.113.9');
    expect(await isAllowed('ana', '203.0.113.9')).toBe(false);
    for (let n = 0; n < 3; n += 1) await fail('ana', `198.51.${n}.1`, { times: 1 });
    expect(await isAllowed('ana', '198.51.100.1')).toBe(false);
  });

  it('is forgotten after a new password was set, and after 30 days', async () => {
    await logIn();
    await exhaustEverything();
    const changed = { ...from('ana', '203.0.113.9'), passwordHash: 'another' };
    await expect(throttle.begin(changed)).rejects.toMatchObject({ code: 'login_throttled' });
    await clock.advance(30 * 24 * 3_600_000);
    await exhaustEverything();
    expect(await isAllowed('ana', '203.0.113.9')).toBe(false);
  });

  it('is one of at most 20 in the document of the user, which is removed when all have expired', async () => {
    const { known } = await aProcess();
    for (let n = 0; n < 25; n += 1) {
      await (await throttle.begin(from('ana', `198.51.${n}.1`))).succeeded();
      await clock.advance(1000);
    }
    const { total, savedObjects: found } = await repository.find({ type: KNOWN_ADDRESSES_TYPE });
    expect(total).toBe(1);
    expect(found[0]?.attributes).toMatchObject({ addresses: { length: 20 } });
    expect(JSON.stringify(found)).not.toContain('198.51');
    expect(await known.has(from('ana', '198.51.24.1'))).toBe(true);
    expect(await known.has(from('ana', '198.51.4.1'))).toBe(false);
    await clock.advance(30 * 24 * 3_600_000);
    expect(await known.deleteExpired()).toBe(1);
  });
});

describe('the keys of counts', () => {
  it('depend on a secret of the installation, which all processes share', async () => {
    const [one, other] = [(await aProcess()).secret, (await aProcess()).secret];
    const key = countKey(one, 'address', ['192.0.2.1', 'ana']);
    expect(countKey(other, 'address', ['192.0.2.1', 'ana'])).toBe(key);
    const { secret: elsewhere } = await aProcess(LIMITS, 0, 'other_installation.db');
    expect(countKey(elsewhere, 'address', ['192.0.2.1', 'ana'])).not.toBe(key);
  });

  it('are different for names whose counts are in the same document', async () => {
    const { store } = await aProcess();
    const rule = { type: 'lock', maxFailures: 3, windowMs: WINDOW } as const;
    const keys = ['a', 'b', 'c'].map((end) => `address.12345${end}`);
    expect(new Set(keys.map(documentOf)).size).toBe(1);
    for (let n = 0; n < 3; n += 1) await store.add(keys[0] ?? '', rule);
    await store.add(keys[1] ?? '', rule);
    const failures = (await store.read(keys)).map((count) => count?.failures);
    expect(failures).toEqual([3, 1, undefined]);
    await store.clear(keys[0] ?? '');
    expect((await store.read(keys)).map((count) => count?.failures)).toEqual([
      undefined,
      1,
      undefined,
    ]);
    await store.clear(keys[1] ?? '');
    expect(await documents()).toBe(0);
  });

  it('keep a full document bounded: the count that expires first is dropped', async () => {
    const { store } = await aProcess();
    const rule = { type: 'lock', maxFailures: 3, windowMs: WINDOW } as const;
    for (let n = 0; n < 12; n += 1) {
      await store.add(`address.12345-${n}`, rule);
      await clock.advance(10);
    }
    expect(await documents()).toBe(1);
    const found = await store.read(['address.12345-3', 'address.12345-4', 'address.12345-11']);
    expect(found.map((count) => count?.failures)).toEqual([undefined, 1, 1]);
  });

  it('do not read counts of an older server, whose document is removed when it has expired', async () => {
    const { store } = await aProcess();
    const at = new Date(clock.now()).toISOString();
    const v1 = { ...loginFailuresType, modelVersions: { 1: loginFailuresType.modelVersions[1] } };
    const older = createSavedObjectsService({
      store: createSqliteStore({ path: join(folder, 'store.db') }),
      logger: createLoggerMock(),
      now: () => clock.now(),
      uuid: () => systemRandomness.uuid(),
    });
    older.setup.registerType(v1 as typeof loginFailuresType);
    services.push(older);
    const started = await older.start();
    const repositoryOfOlder = started.createRepository({
      includedHiddenTypes: [LOGIN_FAILURES_TYPE],
    });
    await repositoryOfOlder.create(
      LOGIN_FAILURES_TYPE,
      { failures: 3, lastFailureAt: at, expiresAt: at },
      { id: 'address.12345' },
    );
    expect(await store.read(['address.12345a'])).toEqual([undefined]);
    await clock.advance(1);
    expect(await store.deleteExpired()).toBe(1);
  });
});

describe('all users from one network', () => {
  it('must wait together, without an effect on other networks', async () => {
    for (let n = 0; n < 20; n += 1) await fail(`user-${n}`, `192.0.2.${n}`, { times: 1 });
    expect(await isAllowed('dana', '192.0.2.200')).toBe(false);
    expect(await isAllowed('dana', '192.0.3.200')).toBe(true);
    expect(await isAllowed('dana', '192.0.2.200', 'laptop')).toBe(true);
    await clock.advance(1000);
    expect(await isAllowed('dana', '192.0.2.200')).toBe(true);
  });
});

describe('a user under attack', () => {
  const HOUR = 3_600_000;
  const LOGINS = 5;
  /** Lets attackers try five times a second, and the user after each `Retry-After`. */
  async function underAttack(
    processes: readonly LoginThrottle[],
    options: { readonly addressOf: (n: number) => string; readonly nameOf?: (n: number) => string },
  ) {
    const { addressOf, nameOf = () => 'ana' } = options;
    const got = { guesses: 0, loginsAfter: [] as number[] };
    const isFinished = () => got.loginsAfter.length === LOGINS;
    const logInAgainAndAgain = async () => {
      let asked = clock.now();
      for (let n = 0; ; n += 1) {
        try {
          const by = processes[n % processes.length] as LoginThrottle;
          (await by.begin(from('ana', '203.0.113.77'))).abandoned();
          got.loginsAfter.push(clock.now() - asked);
          if (isFinished()) return;
          await clock.sleep(LIMITS.user.delay);
          asked = clock.now();
        } catch (error) {
          const { details } = error as { details: { retryAfterSeconds: number } };
          await clock.sleep(details.retryAfterSeconds * 1000);
        }
      }
    };
    const guess = async (by: LoginThrottle, n: number) => {
      try {
        await (await by.begin(from(nameOf(n), addressOf(n)))).failed();
        got.guesses += 1;
      } catch {}
    };
    for (let n = 0; n < LIMITS.network.maxFailures; n += 1) {
      for (const by of processes) void guess(by, n);
    }
    await clock.advance(LIMITS.user.delay);
    const user = logInAgainAndAgain();
    const until = clock.now() + HOUR / 4;
    for (let n = 0; clock.now() < until && !isFinished(); n += 1) {
      for (const by of processes) void guess(by, n);
      await clock.advance(200);
    }
    expect(got.loginsAfter).toHaveLength(LOGINS);
    await user;
    return got;
  }

  it.each([
    ['one process', 1],
    ['two processes', 2],
  ])(
    'can sign in from a new address although a few addresses use up their attempts in %s',
    async (_, count) => {
      const processes: LoginThrottle[] = [];
      for (let n = 0; n < count; n += 1) processes.push((await aProcess(LIMITS, 3000)).throttle);
      const before = clock.now();
      const { guesses, loginsAfter } = await underAttack(processes, {
        addressOf: (n) => `127.1.${n % 40}.1`,
      });
      expect(Math.max(...loginsAfter)).toBeLessThan(30 * LIMITS.user.delay);
      const highest = LIMITS.user.maxFailures + 1 + (clock.now() - before) / LIMITS.user.delay;
      expect(guesses).toBeLessThanOrEqual(count * highest);
    },
  );

  it('can sign in from a new address although one other address uses up its attempts', async () => {
    const { loginsAfter } = await underAttack([(await aProcess(LIMITS, 3000)).throttle], {
      addressOf: () => '203.0.113.1',
      nameOf: (n) => `made-up-${n}`,
    });
    expect(Math.max(...loginsAfter)).toBeLessThan(60_000);
  });

  it('stays protected for an hour against guesses that come faster than the delay', async () => {
    let guesses = 0;
    const until = clock.now() + HOUR;
    for (let n = 0; clock.now() < until; n += 1) {
      for (const address of [`10.${n % 200}.1.1`, `172.16.${n % 256}.1`, `192.0.${n % 250}.9`]) {
        try {
          await (await throttle.begin(from('ana', address))).failed();
          guesses += 1;
        } catch {}
      }
      await clock.advance(2000);
    }
    const highest = LIMITS.user.maxFailures + 1 + HOUR / LIMITS.user.delay;
    expect(guesses).toBeLessThanOrEqual(highest);
    expect(guesses).toBeGreaterThan(highest / 2);
  });

  it('waits on the server when the turn is near, and is then signed in without another request', async () => {
    const { throttle: holding } = await aProcess(LIMITS, 15_000);
    for (let n = 0; n < 6; n += 1) await fail('ana', `198.51.${n}.1`, { times: 1, by: holding });
    const held = holding.begin(from('ana', '203.0.113.9'));
    let isDone = false;
    held.then(() => {
      isDone = true;
    });
    await clock.advance(4900);
    expect(isDone).toBe(false);
    await clock.advance(5200);
    expect(isDone).toBe(true);
    (await held).abandoned();
  });

  it('is refused without waiting when the address has too many waiting requests, or is locked', async () => {
    const { throttle: holding } = await aProcess(LIMITS, 15_000);
    for (let n = 0; n < 6; n += 1) await fail('ana', `198.51.${n}.1`, { times: 1, by: holding });
    const requests = Array.from({ length: 5 }, () => holding.begin(from('ana', '203.0.113.9')));
    const settled = Promise.allSettled(requests);
    const refused = await Promise.any(requests.map((one) => one.then(Promise.reject, (e) => e)));
    expect(refused).toMatchObject({ code: 'login_throttled' });
    await clock.advance(20_000);
    const outcomes = (await settled).map(({ status }) => status);
    expect(outcomes.filter((status) => status === 'fulfilled').length).toBeGreaterThan(0);
    await fail('ben', '192.0.2.1', { by: holding });
    await expect(holding.begin(from('ben', '192.0.2.1'))).rejects.toMatchObject({
      details: { retryAfterSeconds: 60 },
    });
  });
});

describe('the counts of failed logins', () => {
  it('are shared by all processes and survive a restart', async () => {
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

  it('are not lost through a flood of other names', async () => {
    const wide = { ...LIMITS, network: { maxFailures: 100_000, delay: 1 } };
    const { throttle: flooded, repository: stored } = await aProcess(wide);
    await fail('ana', '192.0.2.1', { by: flooded });
    // The flood costs the attacker no password hash, because password checks are overloaded.
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
    expect(await store.deleteExpired()).toBe(3);
    expect(await documents()).toBe(0);
  });

  it('are not written for a login without earlier failures', async () => {
    const before = await repository.find({ type: LOGIN_FAILURES_TYPE });
    for (const deviceId of [undefined, 'laptop']) {
      await (await throttle.begin(from('ana', '192.0.2.1', deviceId))).succeeded();
    }
    expect(await repository.find({ type: LOGIN_FAILURES_TYPE })).toEqual(before);
  });

  it('are kept in memory while the store refuses writes', async () => {
    const { store, deps } = await aProcess();
    const readOnly = new LoginThrottle({
      ...deps,
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
