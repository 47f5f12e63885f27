import { createLoggerMock, ManualClock, seededRandomness } from '@latchkey/core/server/mocks';
import { createSavedObjectsService, type SavedObjectsService } from '@latchkey/saved-objects';
import type { ProcessLivenessProbe } from '@latchkey/saved-objects/coordination';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import { afterEach, expect, it } from 'vitest';
import { RotationLedger } from './rotation_ledger.ts';
import { ROTATION_TYPE, rotationType } from './rotation_type.ts';

const HOUR_MS = 3_600_000;
const START = { primaryKeyId: 'key-1', onlyType: undefined, objects: 10 };
const { signal } = new AbortController();

let service: SavedObjectsService | undefined;
afterEach(() => service?.stop());

/** Creates servers on one store, each with its own clock. */
async function servers() {
  service = createSavedObjectsService({
    store: createSqliteStore({ path: ':memory:' }),
    logger: createLoggerMock(),
    now: () => Date.now(),
    uuid: () => seededRandomness('ids').uuid(),
  });
  service.setup.registerType(rotationType);
  const started = await service.start();
  const repository = started.createRepository({ includedHiddenTypes: [ROTATION_TYPE] });
  return (clock: ManualClock, name: string, probe?: ProcessLivenessProbe) =>
    new RotationLedger({
      repository,
      clock,
      randomness: seededRandomness(name),
      ...(probe === undefined ? {} : { probe }),
    });
}

it('G97: a server does not take over a running rotation of a server whose clock is hours behind', async () => {
  const aServer = await servers();
  const [clock, ahead] = [new ManualClock(), new ManualClock()];
  ahead.jumpWall(2 * HOUR_MS);
  const claim = await aServer(clock, 'one').begin(START, signal);
  const second = aServer(ahead, 'two').begin(START, signal);
  second.catch(() => undefined);
  await ahead.advance(2_000);
  expect(await claim.renew(() => ({ lookedAt: 5 }))).toBe(true);
  await ahead.advance(2_000);
  await expect(second).rejects.toMatchObject({ code: 'rotation_in_progress' });
  expect(await claim.release(() => ({ state: 'completed' }))).toBe(true);
});

it('D59: a server immediately takes over the rotation of a killed server of the same machine', async () => {
  const aServer = await servers();
  const clock = new ManualClock();
  const killed = { processIdentity: 'host.1.1', stateOf: () => 'unknown' as const };
  const probe: ProcessLivenessProbe = {
    processIdentity: 'host.2.1',
    stateOf: (identity) => (identity === killed.processIdentity ? 'ended' : 'running'),
  };
  const claim = await aServer(clock, 'one', killed).begin(START, signal);
  await aServer(clock, 'two', probe).begin(START, signal);
  expect(await claim.renew(() => ({ lookedAt: 5 }))).toBe(false);
});

it('D59: a server takes over a rotation after six seconds without a change of its row', async () => {
  const aServer = await servers();
  const clock = new ManualClock();
  const claim = await aServer(clock, 'one').begin(START, signal);
  const second = aServer(clock, 'two').begin(START, signal);
  await clock.advance(6_000);
  await second;
  expect(await claim.renew(() => ({ lookedAt: 5 }))).toBe(false);
});
