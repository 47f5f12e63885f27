import type { Clock } from '@latchkey/core/server';
import type { DocumentStore } from '@latchkey/saved-objects';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aConnector } from '../rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from '../tokens.mock.ts';

const HOUR_MS = 3_600_000;
/** Sleeps of at least this length are deadlines, which no race reaches. */
const DEADLINE_MS = 10_000;

/** Number of random orders that are tried for each race. */
const RUNS = 60;
/** Timeout of a test in milliseconds. Long, because a busy machine needs minutes for the races. */
const TIMEOUT_MS = 300_000;

let fixture: TokenFixture;
let scheduler: fc.Scheduler | undefined;
let races = 0;

/**
 * Lets the scheduler execute another task first. Waits for a turn of the event loop, so that tasks
 * which poll do not prevent the store from working.
 */
async function anyOrder(label: string): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await scheduler?.schedule(Promise.resolve(), label);
}

/**
 * Wraps the real store, so that the scheduler may execute other tasks before and after each
 * operation.
 */
function interleaved(inner: DocumentStore): DocumentStore {
  const around = async <T>(label: string, work: () => Promise<T>): Promise<T> => {
    await anyOrder(label);
    try {
      return await work();
    } finally {
      await anyOrder(`response to ${label}`);
    }
  };
  return {
    ...inner,
    getMany: (keys, type) => around('read', () => inner.getMany(keys, type)),
    put: (document, options) => around('write', () => inner.put(document, options)),
    delete: (key, type, options) => around('delete', () => inner.delete(key, type, options)),
  };
}

/**
 * A clock whose time does not advance, so that no lease expires and no deadline passes. Sleeping
 * tasks continue in any order.
 */
const clock: Clock = {
  now: () => fixture.clock.now(),
  monotonic: () => 0,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      if (signal?.aborted) reject(signal.reason);
      else if (ms < DEADLINE_MS) anyOrder('sleep').then(resolve, reject);
    }),
};

beforeAll(async () => {
  fixture = await createTokenFixture({ wrapStore: interleaved });
});
afterAll(() => fixture.close());

interface Race {
  readonly processes: readonly [TokenProcess, TokenProcess];
  readonly connector: ReturnType<typeof aConnector>;
  /** Fingerprint of the token that all callers have before the race. */
  readonly old: string;
}

/** Creates two processes and a connected user. After this, all steps happen in any order. */
async function aRace(): Promise<Race> {
  scheduler = undefined;
  fixture.provider.before = async () => undefined;
  fixture.provider.after = async () => undefined;
  fixture.provider.revokeAll();
  races += 1;
  const connector = aConnector({ id: `connector-${races}` });
  const aProcess = (): TokenProcess => fixture.process({ clock, connector });
  const processes = [aProcess(), aProcess()] as const;
  await authorize({ processes, connector, old: '' });
  const { fingerprint } = await processes[0].tokens.getToken({ connector, profileUid: 'u_ana' });
  fixture.provider.seen.length = 0;
  fixture.provider.reuseDetected = 0;
  fixture.provider.before = () => anyOrder('request to the provider');
  fixture.provider.after = () => anyOrder('response of the provider');
  return { processes, connector, old: fingerprint };
}

async function authorize({ processes, connector }: Race): Promise<void> {
  const client = fixture.provider.client();
  const grant = fixture.provider.authorize();
  await processes[1].grants.saveGrant({ connector, client, profileUid: 'u_ana', grant });
}

const anyCallers = fc.array(fc.constantFrom(0 as const, 1 as const), {
  minLength: 2,
  maxLength: 4,
});
const anyReason = fc.constantFrom('expired', 'rejected');

/** Lets all callers request a token at the same time. Resolves to the result of each caller. */
function askAll(race: Race, callers: readonly (0 | 1)[], reason: string) {
  const { connector, old, processes } = race;
  const request = { connector, profileUid: 'u_ana' };
  return Promise.allSettled(
    callers.map((index) => {
      const { tokens } = processes[index];
      return reason === 'expired'
        ? tokens.getToken(request)
        : tokens.replaceRejectedToken({ ...request, rejectedFingerprint: old });
    }),
  );
}

async function statusOf({ processes, connector }: Race): Promise<string | undefined> {
  const views = await processes[0].connections.ofUser('u_ana', [connector]);
  return views.get(connector.id)?.status;
}

it(
  'G83: two processes send one refresh and return one token, in every order of their steps',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), anyCallers, anyReason, async (order, callers, reason) => {
        const race = await aRace();
        if (reason === 'expired') await fixture.clock.advance(HOUR_MS);
        scheduler = order;
        const responses = await order.waitFor(askAll(race, callers, reason));
        scheduler = undefined;
        const results = responses.map((response) =>
          response.status === 'fulfilled' ? response.value?.fingerprint : String(response.reason),
        );
        expect(new Set(results).size).toBe(1);
        expect(results).not.toContain(race.old);
        expect(fixture.provider.refreshes).toBe(1);
        expect(await statusOf(race)).toBe('connected');
      }),
      { numRuns: RUNS },
    );
  },
  TIMEOUT_MS,
);

it(
  'G103: a disconnect during a refresh leaves no valid token, in every order of their steps',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), anyCallers, async (order, callers) => {
        const race = await aRace();
        scheduler = order;
        const disconnect = race.processes[1].grantRevoker.revokeNow({
          connectorId: race.connector.id,
          profileUid: 'u_ana',
          reason: 'disconnect',
          actor: undefined,
        });
        const everything = Promise.all([disconnect, askAll(race, callers, 'rejected')]);
        await order.waitFor(everything);
        await order.waitFor(Promise.all(race.processes.map(({ stop }) => stop(60_000))));
        scheduler = undefined;
        // If both processes tried to revoke the same tokens at the same time, the recurring task
        // revokes them.
        for (let turn = 0; turn < 2; turn += 1) {
          await fixture.clock.advance(HOUR_MS);
          await race.processes[0].outbox.processDue(new AbortController().signal);
        }
        expect(fixture.provider.reuseDetected).toBe(0);
        expect(fixture.provider.alive).toBe(0);
        expect(await statusOf(race)).toBe('not_connected');
      }),
      { numRuns: RUNS },
    );
  },
  TIMEOUT_MS,
);

it(
  'G104: a new authorization during a refresh stays intact, in every order of their steps',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), anyCallers, async (order, callers) => {
        const race = await aRace();
        scheduler = order;
        await order.waitFor(Promise.all([authorize(race), askAll(race, callers, 'rejected')]));
        scheduler = undefined;
        expect(fixture.provider.reuseDetected).toBe(0);
        const { connector } = race;
        const token = await race.processes[0].tokens.getToken({ connector, profileUid: 'u_ana' });
        const next = await race.processes[1].tokens.replaceRejectedToken({
          connector,
          profileUid: 'u_ana',
          rejectedFingerprint: token.fingerprint,
        });
        expect(next?.fingerprint).not.toBe(token.fingerprint);
        expect(await statusOf(race)).toBe('connected');
      }),
      { numRuns: RUNS },
    );
  },
  TIMEOUT_MS,
);
