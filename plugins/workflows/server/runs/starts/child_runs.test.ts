import { createLoggerMock } from '@latchkey/core/server/mocks';
import type { WorkflowProgram } from '@latchkey/workflow-language';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StoredWorkflow, WorkflowError } from '../../workflows/index.ts';
import type { NewStoredRun, StoredRun } from '../store/run_store.ts';
import { aRun, aRunStore } from '../store/stored_runs.mock.ts';
import { ChildRuns } from './child_runs.ts';
import type { NewRun } from './new_run.ts';

const CHILD = { key: 'step', workflowId: 'other', inputs: { n: 1 }, isAwaited: true };
const CHAIN = { depth: 2, workflowIds: ['w1'] };
const OTHER = {
  id: 'other',
  name: 'Other',
  enabled: true,
  yaml: 'name: Other',
  runsAs: { username: 'ben', profileUid: 'u_ben', apiKeyId: null },
};

let stored: Awaited<ReturnType<typeof aRunStore>>;
let found: Partial<StoredWorkflow> | 'missing' | 'ambiguous';
let started: NewRun[];
let refusal: Error | undefined;
let taken: string[];
/**
 * Reason why the author of the other workflow may not act as another user. Undefined: the author
 * may.
 */
let authorRefusal: string | undefined;
let cancelled: string[];
let outputs: WorkflowProgram['outputs'];
let children: ChildRuns;
beforeEach(async () => {
  stored = await aRunStore();
  found = OTHER;
  started = [];
  refusal = undefined;
  taken = [];
  authorRefusal = undefined;
  cancelled = [];
  outputs = undefined;
  const { store } = stored;
  children = new ChildRuns({
    store,
    starter: {
      start: async (request) => {
        if (refusal !== undefined) throw refusal;
        started.push(request);
        return { ...aRun(), id: request.id ?? '', version: '1' };
      },
    },
    workflows: { findByIdOrName: async () => found as StoredWorkflow },
    stepTypes: { program: async () => ({ outputs }) as WorkflowProgram },
    authors: () => ({ rightsOf: async () => ({ canRead: false, refusal: authorRefusal }) }),
    take: async (run) => {
      taken.push(run.id);
      const changes = { status: 'running', waits: undefined } as const;
      return (await store.compareAndSet(run, changes)) !== undefined;
    },
    cancel: async (runId) => {
      cancelled.push(runId);
    },
    clock: { sleep: async () => undefined },
    logger: createLoggerMock(),
  });
  store.onEnd((run) => children.ended(run));
});
afterEach(() => stored.stop());

const aParent = (over: Partial<NewStoredRun> = {}) =>
  stored.store.create('parent', aRun({ workflowId: 'own', ...over }));
const aChild = (over: Partial<NewStoredRun> = {}) =>
  stored.store.create(
    'child',
    aRun({ parentRunId: 'parent', parent: { depth: 1, isAwaited: true }, ...over }),
  );
const park = (parent: StoredRun) =>
  stored.store.compareAndSet(parent, {
    status: 'waiting_for_child',
    waits: [{ kind: 'child', stepKey: 'step', runId: 'child' }],
    wakeKeys: ['child'],
  });
describe('a step that starts a workflow', () => {
  it('starts a run as the user of its own run, with an id that stays the same when the step is repeated', async () => {
    const parent = await aParent({ apiKeyId: 'k1' });
    const { start } = children.portsOf(parent);
    const [first, second] = [await start(CHILD), await start(CHILD)];
    expect(first).toEqual(second);
    expect((await start({ ...CHILD, key: 'step@1' })).runId).not.toBe(first.runId);
    expect(started[0]).toMatchObject({
      spaceId: 'default',
      user: { username: 'ana', profileUid: 'u_ana', apiKeyId: 'k1' },
      workflowId: 'other',
      inputs: { n: 1 },
      triggeredBy: 'workflow',
      parent: { runId: 'parent', stepKey: 'step', workflowId: 'own', depth: 1, isAwaited: true },
    });
  });

  it('F122: counts the child run against the same limit as the parent run', async () => {
    await children.portsOf(await aParent({ countedFor: 'handlers:u_eve' })).start(CHILD);
    expect(started[0]?.countedFor).toBe('handlers:u_eve');
  });

  it("may not use the user's accounts when another user saved the workflow and no user started the run", async () => {
    await children.portsOf(await aParent()).start(CHILD);
    expect(started[0]?.attendance).toEqual({});
    await stored.store.create('scheduled', aRun({ workflowId: 'own', isUnattended: true }));
    const scheduled = await stored.store.read('scheduled');
    await children.portsOf(scheduled as StoredRun).start(CHILD);
    expect(started[1]?.attendance).toEqual({
      isUnattended: true,
      refusesPersonalConnections: true,
    });
  });

  it('F150: fails when the author of the workflow may not call services and no user started the run', async () => {
    authorRefusal = 'User [ben] lacks actions:execute.';
    const parent = await aParent();
    await children.portsOf(parent).start(CHILD);
    const scheduled = { ...parent, id: 'scheduled', isUnattended: true };
    await expect(children.portsOf(scheduled).start(CHILD)).rejects.toMatchObject({
      error: { type: 'WorkflowRefused', message: authorRefusal },
    });
    expect(started).toHaveLength(1);
  });

  it('adds the workflow of its run to the event chain of the child', async () => {
    await children.portsOf(await aParent({ eventChain: CHAIN })).start(CHILD);
    expect(started[0]?.eventChain).toEqual({ depth: 2, workflowIds: ['w1', 'own'] });
  });

  it('continues with its child after a crash, although the workflow of the child was deleted since', async () => {
    const parent = await aParent();
    const { start } = children.portsOf(parent);
    const { runId } = await start(CHILD);
    await stored.store.create(runId, aRun({ workflowId: 'other' }));
    found = 'missing';
    expect(await start(CHILD)).toMatchObject({ runId, workflowId: 'other' });
    expect(started).toHaveLength(1);
  });

  it.each<[string, typeof found, string]>([
    ['an unknown workflow', 'missing', 'WorkflowNotFound'],
    ['a name that several workflows have', 'ambiguous', 'WorkflowAmbiguous'],
    ['its own workflow', { ...OTHER, id: 'own' }, 'WorkflowRecursion'],
    ['a disabled workflow', { ...OTHER, enabled: false }, 'WorkflowDisabled'],
  ])('fails when it names %s', async (_, workflow, type) => {
    found = workflow;
    const parent = await aParent();
    await expect(children.portsOf(parent).start(CHILD)).rejects.toMatchObject({ error: { type } });
    expect(started).toEqual([]);
  });

  it('fails when the inputs do not match the declared inputs', async () => {
    refusal = new WorkflowError('workflow_inputs_invalid', 'wrong');
    const parent = await aParent();
    await expect(children.portsOf(parent).start(CHILD)).rejects.toMatchObject({
      error: { type: 'InvalidInputs', message: 'Workflow [other] was not started. wrong' },
    });
  });

  it.each([
    [9, true],
    [10, false],
  ])(
    'may start another run when its own run has the depth %d (expected: %s)',
    async (depth, isAllowed) => {
      const parent = await aParent({ parentRunId: 'x', parent: { depth, isAwaited: true } });
      const start = children.portsOf(parent).start(CHILD);
      await (isAllowed
        ? expect(start).resolves.toBeDefined()
        : expect(start).rejects.toMatchObject({ error: { type: 'CompositionDepthExceeded' } }));
    },
  );
});

describe('the state of a child', () => {
  it.each([
    ['running', {}, { kind: 'running' }],
    ['completed', { output: { a: 1 } }, { kind: 'completed', output: { a: 1 } }],
    [
      'failed',
      { error: { type: 'X', message: 'broken' } },
      { kind: 'failed', error: { type: 'X', message: 'broken' } },
    ],
    ['cancelled', {}, { kind: 'failed', error: { type: 'WorkflowNotCompleted' } }],
  ] as const)('equals the status of its run (%s)', async (status, more, expected) => {
    await stored.store.compareAndSet(await aChild(), { status, ...more });
    expect(await children.portsOf(await aParent()).state('child')).toMatchObject(expected);
  });

  it('is failed when the output does not match the declared outputs', async () => {
    outputs = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
    const definitionId = await stored.store.storeDefinition('default', 'yaml');
    const child = await aChild({ definitionId });
    await stored.store.compareAndSet(child, { status: 'completed', output: { a: 1 } });
    expect(await children.portsOf(await aParent()).state('child')).toMatchObject({
      kind: 'failed',
      error: { type: 'InvalidWorkflowOutput' },
    });
  });

  it('is failed when the run was deleted', async () => {
    expect(await children.portsOf(await aParent()).state('child')).toMatchObject({
      kind: 'failed',
      error: { type: 'WorkflowNotFound' },
    });
  });
});

describe('the end of a child', () => {
  it('continues the parent that waits for it', async () => {
    await park(await aParent());
    const child = await aChild();
    await stored.store.compareAndSet(child, { status: 'completed' });
    await children.idle();
    expect(taken).toEqual(['parent']);
  });

  it('continues a parent that begins to wait only after the end', async () => {
    const parent = await aParent();
    await aChild({ status: 'completed' });
    await children.idle();
    expect(taken).toEqual([]);
    const waiting = await park(parent);
    if (waiting === undefined) throw new Error('The parent does not wait.');
    children.waitStored(waiting);
    await children.idle();
    expect(taken).toEqual(['parent']);
  });

  it('is found by a search when no process has continued the parent', async () => {
    await park(await aParent());
    const child = await aChild();
    await children.repair();
    expect(taken).toEqual([]);
    await stored.otherProcess.compareAndSet(child, { status: 'failed' });
    await children.repair();
    expect(taken).toEqual(['parent']);
  });

  it('does not continue the parent when the parent does not wait for the child', async () => {
    await park(await aParent());
    const child = await aChild({ parent: { depth: 1, isAwaited: false } });
    await stored.store.compareAndSet(child, { status: 'completed' });
    await children.idle();
    expect(taken).toEqual([]);
  });
});

describe('the end of a parent', () => {
  it.each([
    ['cancelled', true, true],
    ['failed', true, true],
    ['completed', true, false],
    ['cancelled', false, false],
  ] as const)(
    'with the status %s cancels a child run (awaited: %s): %s',
    async (status, isAwaited, expected) => {
      const parent = await aParent();
      await aChild({ parent: { depth: 1, isAwaited } });
      await stored.store.compareAndSet(parent, { status });
      await children.idle();
      expect(cancelled.includes('child')).toBe(expected);
    },
  );

  it('makes a child an orphan only if the parent waits for the child', async () => {
    const child = await aChild();
    expect(await children.isOrphan(child)).toBe(true);
    const parent = await aParent();
    expect(await children.isOrphan(child)).toBe(false);
    await stored.store.compareAndSet(parent, { status: 'timed_out' });
    expect(await children.isOrphan(child)).toBe(true);
    const notAwaited = { ...child, parent: { depth: 1, isAwaited: false } };
    expect(await children.isOrphan(notAwaited)).toBe(false);
  });
});
