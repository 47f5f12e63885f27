import type { Connection } from '@latchkey/actions-plugin/server';
import { aConnection, createActionsStartMock } from '@latchkey/actions-plugin/server/mocks';
import { anAuthenticatedUser, createLoggerMock } from '@latchkey/core/server/mocks';
import { createSecurityStartMock } from '@latchkey/security-plugin/server/mocks';
import { describe, expect, it, vi } from 'vitest';
import type { StoredRun } from '../store/run_store.ts';
import { aRun } from '../store/stored_runs.mock.ts';
import { AuthorizationWaits } from './authorization_waits.ts';
import { aRunFixture, workflowOf } from './run_fixture.mock.ts';

const SINCE = 60 * 60_000;
const MINUTE = 60_000;
const TEN_MINUTES = 10 * MINUTE;
const connectorId = 'connector-1';
const waits: StoredRun['waits'] = [
  { kind: 'authorization', stepKey: 'call', connectorId, since: SINCE },
];
/** The failed call of the wait. */
const call = { stepKey: 'call', since: SINCE, earlierWaits: 0 };
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

  it.each([
    [0, 10],
    [1, 20],
    [2, 40],
    [5, 320],
    [6, 360],
    [2_000, 360],
  ])(
    'tries again with an unchanged connection after a pause that doubles with each wait, at most six hours: after %i earlier waits %i minutes',
    async (earlierWaits, minutes) => {
      const again = { ...run, unauthorizedCalls: [{ ...call, earlierWaits, reason: 'no_token' }] };
      const connectedAt = new Date(SINCE - TEN_MINUTES);
      const takenAt = async (now: number) =>
        (await search([again], { connectedAt }, { now })).taken;
      expect(await takenAt(SINCE + minutes * MINUTE - 1)).toEqual([]);
      expect(await takenAt(SINCE + minutes * MINUTE)).toEqual(['run-1']);
    },
  );

  it.each([
    ['after a new authorization', { connectedAt: new Date(SINCE + 1) }, 1],
    ['after its connector was deleted', { connectorId: 'connector-2' }, 1],
    [
      'with the same authorization only after six hours',
      { connectedAt: new Date(SINCE - TEN_MINUTES) },
      360,
    ],
    [
      'after ten minutes when it was authorized shortly before the call, perhaps by a wrong clock',
      { connectedAt: new Date(SINCE - TEN_MINUTES + 1) },
      10,
    ],
  ])('continues after a call that lacked a scope: %s', async (_, connection, minutes) => {
    const lacking = { ...run, unauthorizedCalls: [{ ...call, reason: 'missing_scope' }] };
    const takenAt = async (now: number) => (await search([lacking], connection, { now })).taken;
    if (minutes > 1) expect(await takenAt(SINCE + minutes * MINUTE - 1)).toEqual([]);
    expect(await takenAt(SINCE + minutes * MINUTE)).toEqual(['run-1']);
  });

  it('G97: is not tried again immediately while the date of its connection is in the future', async () => {
    const connectedAt = new Date(SINCE + 5 * MINUTE);
    const takenAt = async (now: number) => (await search([run], { connectedAt }, { now })).taken;
    expect(await takenAt(SINCE + 1)).toEqual([]);
    expect(await takenAt(SINCE + 5 * MINUTE - 1)).toEqual([]);
    expect(await takenAt(SINCE + 5 * MINUTE)).toEqual(['run-1']);
    const isFarAhead = { connectedAt: new Date(SINCE + 60 * MINUTE) };
    const calls = [{ ...call, earlierWaits: 1 }];
    const again = [{ ...run, unauthorizedCalls: calls }];
    const farAt = async (now: number) => (await search(again, isFarAhead, { now })).taken;
    expect(await farAt(SINCE + 20 * MINUTE - 1)).toEqual([]);
    expect(await farAt(SINCE + 20 * MINUTE)).toEqual(['run-1']);
  });

  it('ignores the failed call of an earlier wait, which an older build left in the run', async () => {
    const old = { ...call, since: SINCE - 5, reason: 'missing_scope' };
    const ofOther = { ...call, stepKey: 'other', reason: 'missing_scope' };
    const stale = { ...run, unauthorizedCalls: [old, ofOther] };
    const now = SINCE + TEN_MINUTES;
    expect((await search([stale], { connectedAt: new Date(0) }, { now })).taken).toEqual(['run-1']);
  });

  it.each([
    ['missing_scope', 4],
    ['token_revoked', 9],
  ])(
    'whose call fails with reason %s sends it %i times within a day if the connection does not change',
    async (authorizationReason, expected) => {
      const fixture = await aRunFixture();
      let calls = 0;
      const process = fixture.process({
        execute: async ({ connectorId: id }) => {
          calls += 1;
          return { connectorId: id, status: 'error', message: 'refused', authorizationReason };
        },
      });
      const authorizations = new AuthorizationWaits({
        store: fixture.stored.store,
        worker: process.worker,
        security: createSecurityStartMock({
          activeUsers: [anAuthenticatedUser({ username: 'ana', profileUid: 'u_ana' })],
        }),
        actions: createActionsStartMock(
          {},
          { connections: [aConnection({ connectorId: 'c1', connectedAt: new Date(0) })] },
        ),
        clock: fixture.clock,
        logger: fixture.logger,
      });
      const { id } = await fixture.start(
        process,
        '  - { name: call, type: files.list, connector-id: c1 }',
      );
      const first = await fixture.until(id, 'waiting_for_authorization');
      // Ends ten minutes before `unauthorized-timeout`.
      for (let minutes = 10; minutes < 24 * 60; minutes += 10) {
        await fixture.clock.advance(TEN_MINUTES);
        await authorizations.search();
        await fixture.until(id, 'waiting_for_authorization');
      }
      expect(calls).toBe(expected);
      expect((await fixture.stored.store.read(id))?.waitingSince).toBe(first.waitingSince);
      await fixture.close();
    },
  );

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
