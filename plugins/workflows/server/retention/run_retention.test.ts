import { createLoggerMock, ManualClock } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aRun, aRunStore, overriding } from '../runs/store/stored_runs.mock.ts';
import { RunRetention } from './run_retention.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LARGE = 'x'.repeat(20_000);
const { signal } = new AbortController();

let clock: ManualClock;
let stored: Awaited<ReturnType<typeof aRunStore>>;
beforeEach(async () => {
  clock = new ManualClock();
  stored = await aRunStore(() => clock.now());
});
afterEach(() => stored.stop());

const ago = (ms: number) => new Date(clock.now() - ms).toISOString();
const value = (key: string, text: unknown) => ({ kind: 'value', key, value: text }) as const;

/** Creates an ended run with a small and a large journal entry, large inputs and a large output. */
const ended = async (
  id: string,
  ageMs: number,
  { yaml = 'name: a', ...over }: Parameters<typeof aRun>[0] & { readonly yaml?: string } = {},
) => {
  const { store } = stored;
  const definitionId = await store.storeDefinition('default', yaml);
  const run = await store.create(id, aRun({ definitionId, inputs: { LARGE }, ...over }));
  await store.journal.addEntry(run, { seq: 1, epoch: 0, records: [value('a', 1)], steps: 0 });
  await store.journal.addEntry(run, { seq: 2, epoch: 0, records: [value('b', LARGE)], steps: 0 });
  const finishedAt = ago(ageMs);
  await store.compareAndSet(run, { status: 'completed', finishedAt, output: { LARGE } });
};

const retention = (
  limits: { maxAge?: number; maxCountPerWorkflow?: number; maxCount?: number } = {},
) =>
  new RunRetention({
    repository: stored.repository,
    limits: { maxAge: 30 * DAY_MS, maxCountPerWorkflow: 1_000, maxCount: 1_000, ...limits },
    clock,
    logger: createLoggerMock(),
  });

const left = async (type: string) =>
  (await stored.repository.find({ type, perPage: 100 })).savedObjects.map(({ id }) => id).sort();

describe('retention of runs', () => {
  it('deletes runs that ended before the maximum age with all their documents, and keeps younger runs', async () => {
    await ended('old', 31 * DAY_MS);
    await ended('young', 29 * DAY_MS);
    expect(await retention().run(signal)).toMatchObject({ runs: 1, hasMore: false });
    expect(await left('workflow_run')).toEqual(['young']);
    expect(await left('workflow_journal')).toEqual(['young:1', 'young:2']);
    const values = await left('workflow_value');
    expect(values).toHaveLength(3);
    expect(values.every((id) => id.startsWith('young:'))).toBe(true);
  });

  it('keeps runs that wait or are being executed, however old they are', async () => {
    const createdAt = ago(400 * DAY_MS);
    const waits = [{ kind: 'input', stepKey: 'ask' }] as const;
    const waiting = await stored.store.create('waiting', aRun({ createdAt }));
    await stored.store.compareAndSet(waiting, { status: 'waiting_for_input', waits: [...waits] });
    await stored.store.create('running', aRun({ createdAt }));
    expect(await retention({ maxAge: 0, maxCount: 1 }).run(signal)).toMatchObject({ runs: 0 });
    expect(await left('workflow_run')).toEqual(['running', 'waiting']);
  });

  it('deletes the oldest ended runs above the maximum number', async () => {
    for (let days = 1; days <= 5; days += 1) await ended(`run-${days}`, days * DAY_MS);
    expect(await retention({ maxCount: 2 }).run(signal)).toMatchObject({ runs: 3 });
    expect(await left('workflow_run')).toEqual(['run-1', 'run-2']);
  });

  it('deletes the oldest ended runs of a workflow that has too many, and no runs of other workflows', async () => {
    const of = (workflowId: string, spaceId = 'default') => ({ workflowId, spaceId });
    for (let days = 1; days <= 4; days += 1) {
      await ended(`busy-${days}`, days * DAY_MS, of('busy'));
      await ended(`test-${days}`, days * DAY_MS);
    }
    await ended('rare', 20 * DAY_MS, of('rare'));
    await ended('other-space', 20 * DAY_MS, of('busy', 'other'));
    expect(await retention({ maxCountPerWorkflow: 2 }).run(signal)).toMatchObject({ runs: 4 });
    expect(await left('workflow_run')).toEqual([
      'busy-1',
      'busy-2',
      'other-space',
      'rare',
      'test-1',
      'test-2',
    ]);
  });

  it('counts a deleted run only once although searches still find it', async () => {
    for (let days = 1; days <= 4; days += 1)
      await ended(`busy-${days}`, days * DAY_MS, { workflowId: 'busy' });
    await ended('rare', 20 * DAY_MS, { workflowId: 'rare' });
    const { repository } = stored;
    let stale = 0;
    const delayed = overriding(repository, {
      find: async <A extends object>(options: Parameters<typeof repository.find>[0]) => {
        const found = await repository.find<A>(options);
        return { ...found, total: found.total + stale };
      },
      iterate: <A extends object>(options: Parameters<typeof repository.iterate>[0]) => {
        stale = 0;
        return repository.iterate<A>(options);
      },
      delete: async (type, ...rest) => {
        await repository.delete(type, ...rest);
        if (type === 'workflow_run') stale += 1;
      },
    });
    const limits = { maxAge: 30 * DAY_MS, maxCountPerWorkflow: 2, maxCount: 3 };
    const pass = new RunRetention({
      repository: delayed,
      limits,
      clock,
      logger: createLoggerMock(),
    });
    expect(await pass.run(signal)).toMatchObject({ runs: 2 });
    expect(await left('workflow_run')).toEqual(['busy-1', 'busy-2', 'rare']);
  });

  it('keeps runs that have just ended, because searches may not find all their documents yet', async () => {
    await ended('now', 60_000);
    expect(await retention({ maxAge: 0, maxCount: 0 }).run(signal)).toMatchObject({ runs: 0 });
  });

  it('deletes the remaining documents of a run after a crash in the middle of its deletion', async () => {
    await ended('half', 31 * DAY_MS);
    await stored.repository.delete('workflow_journal', 'half:1');
    await retention().run(signal);
    expect(await left('workflow_run')).toEqual([]);
    expect(await left('workflow_journal')).toEqual([]);
  });

  it('deletes each run once when two processes execute the task at the same time', async () => {
    for (let run = 0; run < 20; run += 1) await ended(`run-${run}`, 31 * DAY_MS);
    const results = await Promise.all([retention().run(signal), retention().run(signal)]);
    expect(results.reduce((sum, { runs }) => sum + runs, 0)).toBe(20);
    expect(await left('workflow_journal')).toEqual([]);
  });

  it('stops between two slices when the task is aborted', async () => {
    for (let run = 0; run < 101; run += 1) await ended(`run-${run}`, 31 * DAY_MS);
    const controller = new AbortController();
    const { repository } = stored;
    const aborting = overriding(repository, {
      delete: (...args) => {
        controller.abort();
        return repository.delete(...args);
      },
    });
    const logger = createLoggerMock();
    const limits = { maxAge: 30 * DAY_MS, maxCountPerWorkflow: 1_000, maxCount: 1_000 };
    const pass = new RunRetention({ repository: aborting, limits, clock, logger });
    expect(await pass.run(controller.signal)).toMatchObject({ runs: 100 });
    expect(await left('workflow_run')).toHaveLength(1);
  });
});

describe('retention of definitions', () => {
  it('deletes a definition when no run has referred to it for two days', async () => {
    await ended('one', 0, { yaml: 'name: a' });
    await ended('two', 0, { yaml: 'name: b' });
    await clock.advance(40 * DAY_MS);
    await ended('three', 0, { yaml: 'name: b' });
    expect(await retention().run(signal)).toMatchObject({ runs: 2, definitions: 0 });
    expect(await retention().run(signal)).toMatchObject({ runs: 0, definitions: 1 });
    expect(await left('workflow_definition')).toHaveLength(1);
    expect(await stored.store.readDefinition((await left('workflow_definition'))[0] ?? '')).toBe(
      'name: b',
    );
  });

  it('keeps an unused definition that a new run stores again', async () => {
    await stored.store.storeDefinition('default', 'name: a');
    await clock.advance(3 * DAY_MS);
    await stored.store.storeDefinition('default', 'name: a');
    expect(await retention().run(signal)).toMatchObject({ definitions: 0 });
  });
});
