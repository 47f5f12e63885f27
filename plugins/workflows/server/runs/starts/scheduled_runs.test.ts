import { createLoggerMock } from '@latchkey/core/server/mocks';
import type { ScheduledTask } from '@latchkey/task-manager-plugin/server';
import type { WorkflowProgram } from '@latchkey/workflow-language';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StoredWorkflow, WorkflowError } from '../../workflows/index.ts';
import { aRun, aRunStore } from '../store/stored_runs.mock.ts';
import type { NewRun } from './new_run.ts';
import { ScheduledRuns } from './scheduled_runs.ts';

const KEY = { spaceId: 'default', workflowId: 'w1' };
const WORKFLOW: StoredWorkflow = {
  id: 'w1',
  spaceId: 'default',
  name: 'nightly',
  enabled: true,
  valid: true,
  tags: [],
  yaml: 'name: nightly',
  sortName: 'nightly',
  searchText: 'nightly',
  triggerTypes: ['scheduled'],
  connectors: [],
  scheduleKeys: ['t1'],
  runsAs: { username: 'ana', profileUid: 'u_ana', apiKeyId: 'k1' },
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: 'ana',
  lastUpdatedAt: '2026-01-01T00:00:00.000Z',
  lastUpdatedBy: 'ana',
  revision: { version: 'v1', yamlLength: 13, updatedAt: '2026-01-01T00:00:00.000Z' },
};
const at = (time: string) => new Date(`2026-01-05T${time}Z`);

let stored: Awaited<ReturnType<typeof aRunStore>>;
let workflow: StoredWorkflow | undefined;
let started: NewRun[];
let failed: unknown[];
let refusal: Error | undefined;
let program: WorkflowProgram | undefined;
/** State of the task after its last execution. */
let state: Record<string, unknown>;
beforeEach(async () => {
  stored = await aRunStore();
  workflow = WORKFLOW;
  started = [];
  failed = [];
  refusal = undefined;
  program = undefined;
  state = {};
});
afterEach(() => stored.stop());

const create = (request: NewRun, status: 'running' | 'failed' = 'running') =>
  stored.store.create(request.id ?? '', aRun({ status }));

const fire = async (occurrence: Date) => {
  const scheduledRuns = new ScheduledRuns({
    store: stored.store,
    starter: {
      start: async (request) => {
        if (refusal !== undefined) throw refusal;
        started.push(request);
        return create(request);
      },
      startFailed: async (request, { error }) => {
        failed.push(error);
        return create(request, 'failed');
      },
    },
    schedules: {
      tasksOf: async (workflows) =>
        new Map(workflows.map((each) => [each, [{ state } as unknown as ScheduledTask]])),
    },
    spaces: { isOpen: async () => true },
    stepTypes: { program: async () => program },
    readWorkflow: async () => workflow,
  });
  const params = { ...KEY, trigger: 't1' };
  const result = await scheduledRuns.fire({ params, occurrence, logger: createLoggerMock() });
  if (result !== undefined && 'state' in result && result.state) state = result.state;
  return result;
};

describe('an occurrence of a schedule', () => {
  it('starts a run as the user who saved the workflow last', async () => {
    await fire(at('09:00'));
    expect(started).toMatchObject([
      {
        ...KEY,
        user: WORKFLOW.runsAs,
        triggeredBy: 'scheduled',
        event: { type: 'scheduled', timestamp: at('09:00').toISOString(), source: 'task-manager' },
      },
    ]);
  });

  it('starts one run when another process repeats it before the state of the task was stored', async () => {
    await fire(at('09:00'));
    const [first] = started;
    state = {};
    await fire(at('09:00'));
    expect(started).toEqual([first]);
    expect(state).toEqual({ executionId: first?.id });
  });

  it('starts no run while the run of an earlier occurrence is active, and starts a run afterwards', async () => {
    await fire(at('09:00'));
    await fire(at('09:05'));
    expect(started).toHaveLength(1);
    const active = await stored.store.read(started[0]?.id ?? '');
    if (active === undefined) throw new Error('no run');
    await stored.store.compareAndSet(active, { status: 'completed' });
    await fire(at('09:10'));
    expect(started).toHaveLength(2);
  });

  it('starts a run beside active runs when the workflow has concurrency settings', async () => {
    program = { settings: { concurrency: { strategy: 'queue' } } } as WorkflowProgram;
    await fire(at('09:00'));
    await fire(at('09:05'));
    expect(started).toHaveLength(2);
  });

  it.each<[string, Partial<StoredWorkflow>]>([
    ['is disabled', { enabled: false }],
    ['has errors', { valid: false }],
    ['has another schedule now', { scheduleKeys: ['t2'] }],
  ])('starts nothing when the workflow %s', async (_, change) => {
    workflow = { ...WORKFLOW, ...change };
    expect(await fire(at('09:00'))).toBeUndefined();
    expect(started).toEqual([]);
  });

  it('removes its task when the workflow no longer exists', async () => {
    workflow = undefined;
    expect(await fire(at('09:00'))).toEqual({ remove: true });
  });

  it('stores a failed run with the reason when the workflow cannot be started', async () => {
    refusal = new WorkflowError('workflow_inputs_invalid', 'An input is missing.');
    await fire(at('09:00'));
    expect(failed).toEqual([{ type: 'InvalidInputs', message: 'An input is missing.' }]);
    expect(state).toHaveProperty('executionId');
  });
});
