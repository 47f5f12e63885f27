import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { OAuthError } from '@latchkey/oauth-client';
import { LeaseMonitor, newIntent } from './refresh/refresh_lease.ts';
import { aConnector } from './rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from './tokens.mock.ts';

const KEYS = 20_000;
const CONCURRENCY = 500;
const HOUR_MS = 3_600_000;
const TTL_MS = 10_000;
/** Rare looks, as every one of them is a read of the store. */
const POLL_MS = 1_000;
/** The store keeps its documents outside the heap. An entry per key with a promise, a record or a timer in it would take more than twice as much. */
const MAX_GROWTH_MB = 8;
const connector = aConnector();

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapMb(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

/** The one that a process judges leases with, caught when it is first asked. */
function catchJudge(): { judge: LeaseMonitor | undefined; release: () => void } {
  const isHeld = LeaseMonitor.prototype.isHeld;
  const caught: ReturnType<typeof catchJudge> = {
    judge: undefined,
    release: () => {
      LeaseMonitor.prototype.isHeld = isHeld;
    },
  };
  LeaseMonitor.prototype.isHeld = function (...args) {
    caught.judge = this;
    return isHeld.apply(this, args);
  };
  return caught;
}

let fixture: TokenFixture;
let caught: ReturnType<typeof catchJudge>;
beforeEach(async () => {
  fixture = await createTokenFixture();
  caught = catchJudge();
});
afterEach(async () => {
  caught.release();
  await fixture.close();
});

const nameOf = (user: number) => `u_somebody_with_a_name_${user}`;

/** Every tenth meets a provider in trouble, every tenth a grant that is dead, and every tenth the lease of a process that died. */
type RevocationState = 'served' | 'in_trouble' | 'dead' | 'leased';
const resultOf = (user: number): RevocationState =>
  (['in_trouble', 'dead', 'leased'] as const)[user % 10] ?? 'served';

/** Grants that are over when they are saved, as those of people who were away. @returns the refresh tokens of those who are to fail */
async function save(
  process: TokenProcess,
  users: readonly number[],
): Promise<Map<string, RevocationState>> {
  const client = fixture.provider.client();
  const failing = new Map<string, RevocationState>();
  await Promise.all(
    users.map(async (user) => {
      const grant = fixture.provider.authorize({
        receivedAt: new Date(fixture.clock.now() - HOUR_MS),
      });
      const profileUid = nameOf(user);
      await process.grants.saveGrant({ connector, client, profileUid, grant });
      failing.set(grant.refreshToken ?? '', resultOf(user));
    }),
  );
  return failing;
}

/** As a process leaves it that is killed in its token call. */
async function leaveLease({ store }: TokenProcess, user: number): Promise<void> {
  const key = {
    scope: 'per-user',
    connectorId: connector.id,
    profileUid: nameOf(user),
  } as const;
  const record = await store.read(key);
  if (record === undefined) throw new Error('nothing saved');
  const owner = `dead:elsewhere.1.1:${user}`;
  const refresh = newIntent({ owner, nowMs: fixture.clock.now(), ttlMs: TTL_MS, spent: 'hash' });
  expect(await store.compareAndSet(record, { refresh })).toBeDefined();
}

/** Callers of all of them at once. @returns how each of them ended, and how many leases were watched at once */
async function call(process: TokenProcess, users: readonly number[]) {
  let open = users.length;
  const calls = users.map((user) =>
    process.tokens
      .getToken({ connector, profileUid: nameOf(user) })
      .then(
        () => 'token',
        (error: unknown) => (error instanceof Error ? error.name : 'unknown'),
      )
      .finally(() => {
        open -= 1;
      }),
  );
  let watched = 0;
  for (let step = 0; step < 60 && open > 0; step += 1) {
    await fixture.clock.advance(1_000);
    watched = Math.max(watched, caught.judge?.watched ?? 0);
  }
  return { outcomes: await Promise.all(calls), watched };
}

it(`G107: ${KEYS} grants that are refreshed, fail, or wait for a dead holder leave nothing in the tables of the token services`, async () => {
  const process = fixture.process({ timings: { pollMs: POLL_MS } });
  let running = 0;
  let results = new Map<string, RevocationState>();
  fixture.provider.before = async (token) => {
    running = Math.max(running, process.refresher.running);
    const result = results.get(token);
    const trouble = { status: 503 };
    if (result === 'in_trouble')
      throw new OAuthError('provider_unavailable', 'transient', 'Later.', trouble);
    if (result === 'dead')
      throw new OAuthError('invalid_grant', 'reauthorize', 'Dead.', { status: 400 });
  };
  let before = 0;
  for (let from = 0; from < KEYS; from += CONCURRENCY) {
    const users = Array.from({ length: CONCURRENCY }, (_, index) => from + index);
    results = await save(process, users);
    await Promise.all(
      users.filter((user) => resultOf(user) === 'leased').map((p) => leaveLease(process, p)),
    );
    const { outcomes, watched } = await call(process, users);
    const count = (name: string) => outcomes.filter((outcome) => outcome === name).length;
    expect({
      token: count('token'),
      in_trouble: count('TokenUnavailableError'),
      dead: count('ConnectorAuthorizationError'),
    }).toEqual({
      token: 0.8 * CONCURRENCY,
      in_trouble: 0.1 * CONCURRENCY,
      dead: 0.1 * CONCURRENCY,
    });
    // The tables were in use.
    expect(running).toBeGreaterThan(CONCURRENCY / 2);
    expect(watched).toBe(0.1 * CONCURRENCY);
    running = 0;
    expect(process.refresher.running).toBe(0);
    expect(caught.judge?.watched).toBe(0);
    // What the neighbours of this test remember is not theirs.
    process.events.length = 0;
    process.logger.lines.length = 0;
    fixture.provider.seen.length = 0;
    if (from === 9 * CONCURRENCY) before = heapMb();
  }
  expect(heapMb() - before).toBeLessThan(MAX_GROWTH_MB);
}, 300_000);
