import { anAuthenticatedUser } from '@latchkey/core/server/mocks';
import { waitUntil } from '@latchkey/core/server/wait_until';
import { createSecurityStartMock } from '@latchkey/security-plugin/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aWorkflowService } from '../../workflows/workflow_service.mock.ts';
import type { NewStoredRun, RunStore } from '../store/run_store.ts';
import { aRun, aRunStore, overriding } from '../store/stored_runs.mock.ts';
import { RunAccess } from './run_access.ts';
import { toAttention } from './run_bodies.ts';
import { type ListQuery, RunReader } from './run_reader.ts';

const YAML = 'name: w\ntriggers: [{ type: manual }]\nsteps: [{ name: ask, type: waitForInput }]\n';
const principalOf = (username: string) => ({
  user: anAuthenticatedUser({ username, profileUid: `u_${username}` }),
  spaceId: 'default',
});

let stored: Awaited<ReturnType<typeof aRunStore>>;
let service: Awaited<ReturnType<typeof aWorkflowService>>;
let reader: RunReader;
/** Creates a reader of the runs of a store. */
let readerOf: (store: RunStore) => RunReader;
/** Privileges that the readers lack. */
let missing: readonly string[];
beforeEach(async () => {
  [stored, service] = await Promise.all([aRunStore(), aWorkflowService()]);
  const activeUsers = ['ana', 'ben'].map((username) => principalOf(username).user);
  missing = [];
  const security = createSecurityStartMock({
    activeUsers,
    missing: (_, privilege) => missing.includes(privilege),
  });
  const { workflows } = service;
  readerOf = (store) =>
    new RunReader({ store, access: new RunAccess(security), workflows, security });
  reader = readerOf(stored.store);
});
afterEach(() => Promise.all([stored.stop(), service.stop()]));

/**
 * Returns the name of the user who saved the workflow of a run that waits for ana, as ana sees it.
 */
const savedByOf = async (over: Partial<NewStoredRun>): Promise<string | undefined> => {
  const run = aRun({ status: 'waiting_for_input', ...over });
  await stored.store.create('waiting', run);
  const { waiting } = await reader.attention(principalOf('ana'));
  return waiting.map(toAttention)[0]?.savedBy;
};

describe('a run that waits for its user', () => {
  it('F156: names the user who saved its workflow, if it is another user', async () => {
    await service.workflows.create(principalOf('ben'), { yaml: YAML, id: 'w' });
    expect(await savedByOf({ workflowId: 'w' })).toBe('ben');
  });

  it('F156: names the user who saved its workflow only to its own user, in its details as well', async () => {
    await service.workflows.create(principalOf('ben'), { yaml: YAML, id: 'w' });
    await stored.store.create('waiting', aRun({ status: 'waiting_for_input', workflowId: 'w' }));
    const read = { input: false, output: false, hasDefinition: false };
    const of = async (user: 'ana' | 'ben') =>
      (await reader.get(principalOf(user), 'waiting', read)).savedBy;
    expect([await of('ana'), await of('ben')]).toEqual(['ben', undefined]);
  });

  it('names no user when its user saved the workflow', async () => {
    await service.workflows.create(principalOf('ana'), { yaml: YAML, id: 'w' });
    expect(await savedByOf({ workflowId: 'w' })).toBeUndefined();
  });

  it('F156: names the author of a handler that was deleted after the start of the run', async () => {
    expect(await savedByOf({ workflowId: 'w', countedFor: 'handlers:u_ben' })).toBe('ben');
  });

  it.each([
    ['tests a stored workflow', { testedWorkflowId: 'w' }],
    ['was started by a step of a test', { workflowId: 'w' }],
  ])('F156: names the user who saved its workflow if it %s', async (_, run) => {
    await service.workflows.create(principalOf('ben'), { yaml: YAML, id: 'w' });
    expect(await savedByOf({ ...run, isTestRun: true })).toBe('ben');
  });

  it('names no user when its user entered the YAML', async () => {
    expect(await savedByOf({ isTestRun: true })).toBeUndefined();
  });
});

describe('a list of runs', () => {
  const instant = (seconds: number) => new Date(seconds * 1_000).toISOString();
  const idsOf = async (query: Partial<ListQuery>, username = 'ana') => {
    const page = { page: 1, size: 10 };
    const { runs } = await reader.list(principalOf(username), { ...page, ...query });
    return runs.map(({ id }) => id);
  };
  beforeEach(async () => {
    const group = { concurrencyGroupKey: 'customer 7' };
    const createdAt = instant(1);
    await stored.store.create('first', aRun({ createdAt, startedAt: instant(30), ...group }));
    await stored.store.create('second', aRun({ createdAt: instant(2), startedAt: instant(20) }));
    await stored.store.create('queued', aRun({ createdAt: instant(3), status: 'queued' }));
  });

  it('is sorted by the start, with runs that have not started last', async () => {
    expect(await idsOf({})).toEqual(['queued', 'second', 'first']);
    const sorted = (order: 'asc' | 'desc') => idsOf({ order: { field: 'startedAt', order } });
    expect(await sorted('asc')).toEqual(['second', 'first', 'queued']);
    expect(await sorted('desc')).toEqual(['first', 'second', 'queued']);
  });

  it('has only runs that started between two instants, both included', async () => {
    const [startedFrom, startedTo] = [new Date(20_000), new Date(30_000)];
    expect(await idsOf({ startedFrom, startedTo })).toEqual(['second', 'first']);
    expect(await idsOf({ startedFrom: new Date(20_001) })).toEqual(['first']);
    expect(await idsOf({ startedTo: new Date(29_999) })).toEqual(['second']);
  });

  it('finds runs by the key of their group only if the reader may read their inputs', async () => {
    const concurrencyGroupKey = 'customer 7';
    missing = ['workflows:read_outputs'];
    expect(await idsOf({ concurrencyGroupKey })).toEqual(['first']);
    expect(await idsOf({ concurrencyGroupKey }, 'ben')).toEqual([]);
    expect(await idsOf({ concurrencyGroupKey: 'customer 8' })).toEqual([]);
  });
});

describe('lists of runs that are read at the same time', () => {
  const PAGE = { page: 1, size: 10 };
  /** Ends the searches that have begun, in their order. */
  let ends: (() => void)[];
  let held: RunReader;
  beforeEach(async () => {
    await service.workflows.create(principalOf('ana'), { yaml: YAML, id: 'w' });
    await stored.store.create('parent', aRun({ workflowId: 'w' }));
    ends = [];
    const { store } = stored;
    held = readerOf(
      overriding(store, {
        search: async (...search) => {
          await new Promise<void>((resolve) => ends.push(resolve));
          return store.search(...search);
        },
      }),
    );
  });
  /** Waits until this number of searches has begun, and for others that do not wait their turn. */
  const settle = async (begun: number) => {
    await waitUntil('the searches', () => ends.length >= begun);
    await new Promise((resolve) => setTimeout(resolve, 50));
  };

  it('J132: begin one after the other for one user, on every route that searches runs', async () => {
    const ana = principalOf('ana');
    const steps = { ...PAGE, stepId: undefined, values: { input: false, output: false } };
    const lists = [
      held.list(ana, PAGE),
      held.listOf(ana, 'w', PAGE),
      held.children(ana, 'parent', PAGE),
      held.stepsOfWorkflow(ana, 'w', steps),
      held.latestOf(ana, ['w']),
    ];
    for (let begun = 1; begun <= lists.length; begun += 1) {
      await settle(begun);
      expect(ends).toHaveLength(begun);
      ends[begun - 1]?.();
    }
    await Promise.all(lists);
  });

  it('J132: delay neither a list of another user nor the number of waiting runs', async () => {
    for (let each = 0; each < 20; each += 1) void held.list(principalOf('ana'), PAGE);
    void held.list(principalOf('ben'), PAGE);
    void held.attention(principalOf('ana'));
    await settle(3);
    expect(ends).toHaveLength(3);
  });

  it('J132: are refused when too many lists of the same user wait', async () => {
    for (let each = 0; each < 21; each += 1) void held.list(principalOf('ana'), PAGE);
    await expect(held.list(principalOf('ana'), PAGE)).rejects.toMatchObject({
      code: 'too_many_searches',
    });
  });
});
