import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { OAuthError } from '@latchkey/oauth-client';
import { LeaseMonitor } from '@latchkey/saved-objects/coordination';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aConnector } from './rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from './tokens.mock.ts';

const KEYS = 20_000;
const CONCURRENCY = 500;
const HOUR_MS = 3_600_000;
const TTL_MS = 10_000;
/**
 * Interval between reads of a lease that another process holds. Long, because every read costs
 * time.
 */
const POLL_MS = 1_000;
/**
 * Maximum growth of the heap. The store keeps its documents outside the heap. An entry per key with
 * a promise, a record or a timer would need more than twice as much.
 */
const MAX_GROWTH_MB = 8;
const connector = aConnector();

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapMb(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

/** Captures the lease monitor of a process when the process first uses it. */
function captureMonitor(): { monitor: LeaseMonitor | undefined; release: () => void } {
  const isHeld = LeaseMonitor.prototype.isHeld;
  const captured: ReturnType<typeof captureMonitor> = {
    monitor: undefined,
    release: () => {
      LeaseMonitor.prototype.isHeld = isHeld;
    },
  };
  LeaseMonitor.prototype.isHeld = function (...args) {
    captured.monitor = this;
    return isHeld.apply(this, args);
  };
  return captured;
}

let fixture: TokenFixture;
let captured: ReturnType<typeof captureMonitor>;
beforeEach(async () => {
  fixture = await createTokenFixture();
  captured = captureMonitor();
});
afterEach(async () => {
  captured.release();
  await fixture.close();
});

const nameOf = (user: number) => `u_user_with_a_long_name_${user}`;

/**
 * Result for one grant. Of ten grants, one meets a failing provider, one is rejected, one has the
 * lease of a crashed process, and seven are served.
 */
type RevocationState = 'served' | 'failing' | 'rejected' | 'leased';
const resultOf = (user: number): RevocationState =>
  (['failing', 'rejected', 'leased'] as const)[user % 10] ?? 'served';

/**
 * Saves grants whose access token has already expired.
 * @returns the expected result by refresh token
 */
async function save(
  process: TokenProcess,
  users: readonly number[],
): Promise<Map<string, RevocationState>> {
  const client = fixture.provider.client();
  const failing = new Map<string, RevocationState>();
  await Promise.all(
    users.map(async (user) => {
      const grant = fixture.provider.authorize({
        requestedAt: new Date(fixture.clock.now() - HOUR_MS),
      });
      const profileUid = nameOf(user);
      await process.grants.saveGrant({ connector, client, profileUid, grant });
      failing.set(grant.refreshToken ?? '', resultOf(user));
    }),
  );
  return failing;
}

/** Writes a lease as it is left by a process that is killed during its token request. */
async function leaveLease({ store }: TokenProcess, user: number): Promise<void> {
  const key = {
    scope: 'per-user',
    connectorId: connector.id,
    profileUid: nameOf(user),
  } as const;
  const record = await store.read(key);
  if (record === undefined) throw new Error('the document was not found');
  const owner = `crashed:elsewhere.1.1:${user}`;
  const until = new Date(fixture.clock.now() + TTL_MS);
  const refresh = { owner, until, renewals: 0, spent: 'hash' };
  expect(await store.compareAndSet(record, { refresh })).toBeDefined();
}

/**
 * Requests the tokens of all users at the same time.
 * @returns the result of each request, and the maximum number of leases that were observed at the
 * same time
 */
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
    watched = Math.max(watched, captured.monitor?.watched ?? 0);
  }
  return { outcomes: await Promise.all(calls), watched };
}

it(`G107: ${KEYS} grants leave no entries in memory after they were refreshed, failed, or waited for an exited holder`, async () => {
  const process = fixture.process({ timings: { pollMs: POLL_MS } });
  let running = 0;
  let results = new Map<string, RevocationState>();
  fixture.provider.before = async (token) => {
    running = Math.max(running, process.refresher.running);
    const result = results.get(token);
    const details = { status: 503 };
    if (result === 'failing')
      throw new OAuthError('provider_unavailable', 'transient', 'Later.', details);
    if (result === 'rejected')
      throw new OAuthError('invalid_grant', 'reauthorize', 'Rejected.', { status: 400 });
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
      failing: count('TokenUnavailableError'),
      rejected: count('ConnectorAuthorizationError'),
    }).toEqual({
      token: 0.8 * CONCURRENCY,
      failing: 0.1 * CONCURRENCY,
      rejected: 0.1 * CONCURRENCY,
    });
    // Proves that both maps had entries during the load, so that empty maps later mean a cleanup.
    expect(running).toBeGreaterThan(CONCURRENCY / 2);
    expect(watched).toBe(0.1 * CONCURRENCY);
    running = 0;
    expect(process.refresher.running).toBe(0);
    expect(captured.monitor?.watched).toBe(0);
    // Removes the records of the fakes, which would distort the measurement.
    process.events.length = 0;
    process.logger.lines.length = 0;
    fixture.provider.clear();
    if (from === 9 * CONCURRENCY) before = heapMb();
  }
  expect(heapMb() - before).toBeLessThan(MAX_GROWTH_MB);
}, 300_000);
