import type { Connection } from '@latchkey/actions-plugin/server';
import { aConnection, createActionsStartMock } from '@latchkey/actions-plugin/server/mocks';
import { anAuthenticatedUser, createLoggerMock } from '@latchkey/core/server/mocks';
import { createSecurityStartMock } from '@latchkey/security-plugin/server/mocks';
import { describe, expect, it, vi } from 'vitest';
import type { StoredRun } from '../store/run_store.ts';
import { aRun } from '../store/stored_runs.mock.ts';
import { AuthorizationWaits } from './authorization_waits.ts';
import { aRunFixture, workflowOf } from './run_fixture.mock.ts';

const SINCE = 1_000;
const TEN_MINUTES = 10 * 60_000;
const connectorId = 'connector-1';
const waits: StoredRun['waits'] = [
  { kind: 'authorization', stepKey: 'call', connectorId, since: SINCE },
];
const run: StoredRun = { ...aRun(), id: 'run-1', version: '1', waits };

/** Searches for runs that can continue. Returns whether the run of the test was one of them. */
const check = async (connection: Partial<Connection>, activeUsers = [anAuthenticatedUser()]) =>
  (await search([run], connection, { activeUsers })).taken.length === 1;

const search = async (
  runs: readonly StoredRun[],
  connection: Partial<Connection>,
  { activeUsers = [anAuthenticatedUser()], now = SINCE + 10 } = {},
) => {
  const taken: string[] = [];
  const actions = createActionsStartMock({}, { connections: [aConnection(connection)] });
  const reads = vi.spyOn(actions.connections, 'of');
  await new AuthorizationWaits({
    store: { waitingForAuthorization: () => batchesOf(runs), waitingFor: () => batchesOf([]) },
    worker: {
      take: () => Promise.reject(new Error('Not expected')),
      takeAll: async (batches) => {
        for await (const batch of batches) taken.push(...batch.map(({ id }) => id));
        return { found: taken.length, taken: taken.length };
      },
    },
    security: createSecurityStartMock({ activeUsers }),
    actions,
    clock: { now: () => now },
    logger: createLoggerMock(),
  }).search();
  return { taken, reads: reads.mock.calls };
};

async function* batchesOf(runs: readonly StoredRun[]): AsyncGenerator<readonly StoredRun[]> {
  if (runs.length > 0) yield runs;
}

describe('a run that waits for an authorization', () => {
  it.each([
    ['later', SINCE + 1, true],
    ['before', SINCE - 1, false],
    ['at the same time', SINCE, false],
  ])(
    'continues only if the connection was authorized after the wait began: authorized %s',
    async (_, at, expected) => {
      expect(await check({ connectedAt: new Date(at) })).toBe(expected);
    },
  );

  it('continues when the connection became usable without a new authorization, such as by the choice of a site', async () => {
    const connectedAt = new Date(SINCE - 1);
    expect(await check({ connectedAt, statusSince: new Date(SINCE + 1) })).toBe(true);
    expect(await check({ connectedAt, statusSince: new Date(SINCE) })).toBe(false);
  });

  it('tries again after ten minutes if the connection is usable, although it has not changed', async () => {
    const takenAt = async (now: number, over: Partial<Connection> = {}) =>
      (await search([run], { connectedAt: new Date(0), ...over }, { now })).taken;
    expect(await takenAt(SINCE + TEN_MINUTES - 1)).toEqual([]);
    expect(await takenAt(SINCE + TEN_MINUTES)).toEqual(['run-1']);
    expect(await takenAt(SINCE + TEN_MINUTES, { status: 'needs_reauth' })).toEqual([]);
  });

  it('continues to wait when the new authorization lacks scopes or is unusable', async () => {
    const connectedAt = new Date(SINCE + 1);
    expect(await check({ connectedAt, missingScopes: ['drive'] })).toBe(false);
    expect(await check({ connectedAt, status: 'needs_reauth' })).toBe(false);
  });

  it('continues when its connector was deleted or needs no authorization any more', async () => {
    expect(await check({ connectorId: 'connector-2' })).toBe(true);
  });

  it('continues when its user was disabled, and then ends with the reason', async () => {
    expect(await check({}, [])).toBe(true);
  });

  it('J152: causes one request for all waiting runs of its user, and no audit event', async () => {
    const later = { ...run, id: 'run-2', waits: [{ ...waits[0], since: SINCE + 5 }] } as StoredRun;
    const { taken, reads } = await search([run, later], { connectedAt: new Date(SINCE + 1) });
    expect(taken).toEqual(['run-1']);
    expect(reads).toHaveLength(1);
    expect(reads[0]?.slice(1)).toEqual([[connectorId], { isRepeated: true }]);
  });

  it('continues although the authorization of another user cannot be read', async () => {
    const fixture = await aRunFixture();
    const { store } = fixture.stored;
    const definitionId = await store.storeDefinition(
      'default',
      workflowOf('  - { name: log, type: console, with: { message: done } }'),
    );
    for (const id of ['run-1', 'run-2'])
      await store.create(id, {
        ...aRun({ definitionId, owner: undefined, profileUid: id }),
        status: 'waiting_for_authorization',
        waits,
      });
    const security = createSecurityStartMock({ activeUsers: [] });
    const process = fixture.process({
      authorizationWaits: (worker) =>
        new AuthorizationWaits({
          store,
          worker,
          security: {
            ...security,
            getDeferredUser: async ({ profileUid }) => {
              if (profileUid === 'run-1') throw new Error('damaged');
              return undefined;
            },
          },
          actions: createActionsStartMock({}, {}),
          clock: fixture.clock,
          logger: fixture.logger,
        }),
    });
    await process.worker.start();
    await fixture.until('run-2', 'completed', 'failed');
    expect((await store.read('run-1'))?.status).toBe('waiting_for_authorization');
    await fixture.close();
  });
});
