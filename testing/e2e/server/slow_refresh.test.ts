import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@latchkey/core/server/wait_until';
import type { DocumentStore } from '@latchkey/saved-objects';
import type { Execution } from '@latchkey/test-environment';
import {
  filesOwner,
  type Installation,
  listStrictFiles,
  type ServerProcess,
  stopEverything,
  strictOwner,
  twoUsers,
} from '@latchkey/test-environment';
import type { Separation } from '@latchkey/test-environment/stores';
import { onEachStore, type Store } from '@latchkey/test-environment/stores';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { listFilesAtOnce } from '../support/executions.ts';
import { connectWithExpiredToken, letTokenExpire } from '../support/expired_token.ts';
import { withRefreshTimings } from '../support/refresh_timings.ts';
import { documentsIn, withBareStore } from '../support/stored_documents.ts';

/** Lifetime of a lease that is longer than the delay of a process on a busy machine. */
const LEASE_MS = 20_000;
/** Delay of a token response that is longer than this lease lasts without a heartbeat. */
const SLOWER_THAN_A_LEASE_MS = 24_000;
const CALLERS = 20;
const HUNG_CALL_TIMEOUT_MS = 240_000;
const GRANT_TYPE = 'user_connector_token';
/**
 * Time for which the test observes the lease after the first process has noticed that its call
 * failed. On a busy machine it observes the lease less often, but not for longer.
 */
const OBSERVE_FOR_MS = 2_500;
const OBSERVE_EVERY_MS = 200;

/** Two processes with connectors to the strict server. */
interface Fixture {
  readonly environment: Installation;
  readonly first: ServerProcess;
  readonly second: ServerProcess;
}

/** Settings and builds of the processes of a fixture. Default: those of the product. */
interface Processes {
  readonly settingsOfFirst?: Separation['settings'];
  readonly buildOfFirst?: URL;
  readonly buildOfSecond?: URL;
}

async function aFixture(
  store: Store,
  { settingsOfFirst = {}, buildOfFirst, buildOfSecond }: Processes = {},
): Promise<Fixture> {
  const environment = await twoUsers({ store, build: buildOfSecond });
  const { first: second } = environment;
  const first = await environment.addServer(settingsOfFirst, buildOfFirst);
  return { environment, first, second };
}

const refreshes = ({ environment }: Fixture) =>
  environment.strict
    .tokenRequests({ grantType: 'refresh_token' })
    .map(({ error, state }) => ({ error, state }));

/**
 * Returns the stored owner of the lease on the only grant of a connector. `undefined`: nobody holds
 * it.
 */
async function leaseOwner(store: DocumentStore, connector: string): Promise<unknown> {
  const grants = await documentsIn(store, GRANT_TYPE);
  const grant = grants.find(({ attributes }) => attributes['connectorId'] === connector);
  return z.object({ owner: z.string() }).optional().parse(grant?.attributes['refresh'])?.owner;
}

/**
 * Observations of one scenario. All scenarios start before the first test, because they consist
 * mostly of waiting.
 */
interface Observed<T> {
  readonly fixture: Fixture;
  readonly observed: T;
}

onEachStore((store) => {
  /** G86: the token call takes longer than a lease lasts without a heartbeat. */
  let slow: Observed<{ readonly responses: readonly Execution[] }>;
  /**
   * G88: the process that holds the lease is stopped, and continues when the callers in the other
   * process have given up.
   */
  let stopped: Observed<{ readonly refused: Execution; readonly held: Execution }>;
  /**
   * G87: the process that holds the lease loses its connection to the store, and notices the
   * failure of its call when another process already has the lease.
   */
  let stale: Observed<{
    readonly taken: Execution;
    readonly staleResult: Execution;
    /**
     * Owners of the lease as stored, from the second process's call until some seconds after the
     * failure in the first process.
     */
    readonly owners: readonly unknown[];
  }>;

  beforeAll(async () => {
    [slow, stopped, stale] = await Promise.all([slowCall(), stoppedHolder(), staleHolder()]);
  });
  afterAll(stopEverything);

  async function slowCall(): Promise<typeof slow> {
    const build = withRefreshTimings({
      leaseTtlMs: LEASE_MS,
      callTimeoutMs: HUNG_CALL_TIMEOUT_MS,
      waitMs: HUNG_CALL_TIMEOUT_MS,
    });
    const fixture = await aFixture(store, { buildOfFirst: build, buildOfSecond: build });
    const { environment, first, second } = fixture;
    const connector = await connectWithExpiredToken(fixture.environment);
    environment.strict.failNext({
      endpoint: 'token',
      fault: { kind: 'delay', delayMs: SLOWER_THAN_A_LEASE_MS, when: 'before_acting' },
    });
    const all = { connector, count: CALLERS };
    const responses = await listFilesAtOnce(environment.ana, [first, second], all);
    return { fixture, observed: { responses } };
  }

  async function stoppedHolder(): Promise<typeof stopped> {
    const fixture = await aFixture(store);
    const { environment, first, second } = fixture;
    const connector = await connectWithExpiredToken(fixture.environment);
    const response = environment.strict.holdNext({
      endpoint: 'token',
      when: 'after_acting',
    });
    const holding = environment.ana.execute(first, connector, listStrictFiles);
    await waitUntil('the token call', () => response.isHolding);
    process.kill(first.pid, 'SIGSTOP');
    response.release();
    const refused = await environment.ana.execute(second, connector, listStrictFiles);
    process.kill(first.pid, 'SIGCONT');
    return { fixture, observed: { refused, held: await holding } };
  }

  async function staleHolder(): Promise<typeof stale> {
    const separation = await store.separation();
    // On a busy machine the test may need minutes until it releases the second call. Until then,
    // the second process does not end this call, and the caller of the first process waits.
    const waitMs = HUNG_CALL_TIMEOUT_MS;
    const fixture = await aFixture(store, {
      settingsOfFirst: separation.settings,
      buildOfFirst: withRefreshTimings({ waitMs }),
      buildOfSecond: withRefreshTimings({ callTimeoutMs: waitMs, waitMs }),
    });
    const { environment, first, second } = fixture;
    const connector = await connectWithExpiredToken(fixture.environment);
    const { strict } = environment;
    strict.failNext({ endpoint: 'token', fault: { kind: 'hang' } });
    const call = strict.holdNext({ endpoint: 'token', maxMs: waitMs });
    const holding = environment.ana.execute(first, connector, listStrictFiles);
    await waitUntil('the hung token call', () => refreshes(fixture).length === 1);
    await separation.cut(first);
    // The first process cannot renew its lease any more, so the second process takes it over.
    const taking = environment.ana.execute(second, connector, listStrictFiles);
    taking.catch(() => undefined);
    await waitUntil('the call of the second process', () => call.isHolding, {
      timeoutMs: HUNG_CALL_TIMEOUT_MS,
    });
    await separation.restore(first);
    const owners = await withBareStore(environment, GRANT_TYPE, async (bare) => {
      const seen = [await leaseOwner(bare, connector)];
      await first.waitForOutput(
        `Refresh for connector [${connector}] failed`,
        HUNG_CALL_TIMEOUT_MS,
      );
      const until = performance.now() + OBSERVE_FOR_MS;
      while (performance.now() < until) {
        await sleep(OBSERVE_EVERY_MS);
        seen.push(await leaseOwner(bare, connector));
      }
      return seen;
    });
    expect(refreshes(fixture)[1]?.state).toBe('pending');
    call.release();
    const taken = await taking;
    return { fixture, observed: { taken, staleResult: await holding, owners } };
  }

  describe('a refresh', () => {
    it('G86: is not sent a second time while the first takes longer than a lease', async () => {
      const { fixture, observed } = slow;
      expect(new Set(observed.responses.map(strictOwner))).toEqual(new Set(['ana@example.com']));
      expect(refreshes(fixture)).toEqual([{ error: undefined, state: 'responded' }]);
      expect(fixture.environment.strict.isGrantAlive('ana')).toBe(true);
    });

    it('G88: is never sent without the lease: callers are asked to retry, and the process with the lease continues', async () => {
      const { fixture, observed } = stopped;
      expect(observed.refused).toMatchObject({
        status: 'error',
        errorSource: 'framework',
        service_message: expect.stringMatching(/still refreshing/i),
      });
      expect(observed.refused.retry).not.toBe(false);
      expect(observed.refused.authorization_reason).toBeUndefined();
      expect(strictOwner(observed.held)).toBe('ana@example.com');
      expect(refreshes(fixture)).toEqual([{ error: undefined, state: 'responded' }]);
      expect(fixture.environment.strict.isGrantAlive('ana')).toBe(true);
    });

    it('G87: changes nothing, not even the lease, when it fails after another process took over', async () => {
      const { fixture, observed } = stale;
      const { first, second } = fixture;
      const { ana, strict } = fixture.environment;
      const { connector_id: connector } = observed.taken;
      expect(strictOwner(observed.taken)).toBe('ana@example.com');
      const [owner] = observed.owners;
      expect(owner).toEqual(expect.any(String));
      expect(observed.owners).toEqual(observed.owners.map(() => owner));
      // The provider never acted on the first call, so the second one did not reuse the refresh
      // token.
      expect(refreshes(fixture).map(({ error }) => error)).toEqual([undefined, undefined]);
      expect(strictOwner(observed.staleResult)).toBe('ana@example.com');
      for (const server of [first, second]) {
        expect(await ana.connectionStatus(server, connector)).toBe('connected');
      }
      // The lease of the second process ended with its refresh, so the next lease can be taken.
      await letTokenExpire(strict, ana, { server: second, connector });
      expect(await filesOwner(ana, first, connector)).toBe('ana@example.com');
    });
  });
});
