import { createActionsStartMock } from '@latchkey/actions-plugin/server/mocks';
import { anAuthenticatedUser, ManualClock } from '@latchkey/core/server/mocks';
import { createSecurityStartMock } from '@latchkey/security-plugin/server/mocks';
import { WorkerPatternMatcher } from '@latchkey/workflow-engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cancelRun } from './execution/cancel_run.ts';
import { aRunFixture, type RunFixture, workflowOf } from './execution/run_fixture.mock.ts';
import { RunAccess } from './reading/run_access.ts';
import { RunService, type RunServiceDeps } from './run_service.ts';
import type { NewStoredRun } from './store/run_store.ts';
import { aRun } from './store/stored_runs.mock.ts';

const ana = anAuthenticatedUser({ username: 'ana', profileUid: 'u_ana' });
const FORM = {
  type: 'object',
  properties: { code: { type: 'string', pattern: '^\\p{Lu}+$' } },
} as const;

const firstPage = { page: 1, size: 10 };

let fixture: RunFixture;
let matcher: WorkerPatternMatcher;
let owners: string[];
beforeEach(async () => {
  fixture = await aRunFixture();
  // A busy machine may need longer than the usual limits.
  matcher = new WorkerPatternMatcher({ limitsMs: { match: 60_000, schema: 60_000 } });
  owners = [];
});
afterEach(async () => {
  await Promise.all([fixture.close(), matcher.close()]);
});

/** Creates a service with a run of ana that waits for a response. */
async function aService(over: Partial<NewStoredRun> = {}): Promise<RunService> {
  const { store } = fixture.stored;
  await store.create(
    'run-1',
    aRun({
      definitionId: await store.storeDefinition('default', ''),
      status: 'waiting_for_input',
      waits: [{ kind: 'input', stepKey: 'ask', schema: FORM }],
      ...over,
    }),
  );
  const { starter, executor, worker } = fixture.process();
  return new RunService({
    store,
    executor,
    worker,
    starter,
    workflows: { get: () => Promise.reject(new Error('needless')) },
    reader: {
      read: async (_, id) => {
        const run = await store.read(id);
        if (run === undefined) throw new Error('The run is missing.');
        return run;
      },
    },
    access: new RunAccess(createSecurityStartMock()),
    actions: createActionsStartMock(),
    patterns: {
      forUser: (owner) => {
        owners.push(owner);
        return matcher.forUser(owner);
      },
    },
    clock: new ManualClock(),
  });
}

/** Responds, as ana, to a step with a form. */
async function respond(input: unknown, over: Partial<NewStoredRun> = {}): Promise<void> {
  const service = await aService(over);
  await service.respond({ user: ana, spaceId: 'default' }, 'run-1', { input });
}

/** Creates the services of two processes that use the same store. */
function twoServices(get: RunServiceDeps['workflows']['get']): [RunService, RunService] {
  const { store } = fixture.stored;
  const service = () => {
    const process = fixture.process();
    return new RunService({
      ...process,
      store,
      workflows: { get },
      reader: { read: () => Promise.reject(new Error('needless')) },
      access: new RunAccess(createSecurityStartMock()),
      actions: createActionsStartMock(),
      patterns: matcher,
      clock: new ManualClock(),
    });
  };
  return [service(), service()];
}

describe('a start with an idempotency key', () => {
  const principal = { user: ana, spaceId: 'default' };
  const yaml = workflowOf('  - { name: say, type: console, with: { message: hi } }');
  const request = { inputs: {}, idempotencyKey: 'k1' };
  const stored = { yaml, enabled: true };

  it('starts one run when the request is repeated at another process at the same time', async () => {
    const [one, other] = twoServices(async () => stored as never);
    const ids = await Promise.all([
      one.run(principal, 'w', request),
      other.run(principal, 'w', request),
      one.run(principal, 'w', request),
    ]);
    expect(new Set(ids).size).toBe(1);
    const { total } = await fixture.stored.store.search({ spaceId: 'default' }, firstPage);
    expect(total).toBe(1);
  });

  it('returns the same run when the workflow was disabled before the repetition', async () => {
    let enabled = true;
    const [one] = twoServices(async () => ({ ...stored, enabled }) as never);
    const id = await one.run(principal, 'w', request);
    enabled = false;
    expect(await one.run(principal, 'w', request)).toBe(id);
    await expect(
      one.run(principal, 'w', { ...request, idempotencyKey: 'k2' }),
    ).rejects.toMatchObject({ code: 'workflow_disabled' });
  });

  it('starts another run for other inputs, for another user, and without a key', async () => {
    const [one] = twoServices(async () => stored as never);
    const ben = anAuthenticatedUser({ username: 'ben', profileUid: 'u_ben' });
    const ids = [
      await one.run(principal, 'w', request),
      await one.run(principal, 'w', { ...request, inputs: { event: { a: 1 } } }),
      await one.run({ ...principal, user: ben }, 'w', request),
      await one.run(principal, 'w', { inputs: {} }),
      await one.run(principal, 'w', { inputs: {} }),
    ];
    expect(new Set(ids).size).toBe(5);
  });

  it('starts one run of YAML that is not stored when the request is repeated', async () => {
    const [one, other] = twoServices(() => Promise.reject(new Error('needless')));
    const id = await one.test(principal, { yaml }, request);
    expect(await other.test(principal, { yaml }, request)).toBe(id);
    const changed = { yaml: `${yaml}# changed\n` };
    expect(await other.test(principal, changed, request)).not.toBe(id);
  });

  it('starts different runs for a test of the workflow and for the workflow itself', async () => {
    const [one, other] = twoServices(async () => stored as never);
    const id = await one.run(principal, 'w', request);
    const tested = await one.test(principal, { workflowId: 'w' }, request);
    expect(tested).not.toBe(id);
    expect(await other.test(principal, { workflowId: 'w' }, request)).toBe(tested);
  });
});

describe('a test of a stored workflow', () => {
  it('runs its YAML, even if it is disabled, but the run does not name the workflow', async () => {
    const yaml = workflowOf('  - { name: say, type: console, with: { message: hi } }');
    const [service] = twoServices(async () => ({ yaml, enabled: false }) as never);
    const principal = { user: ana, spaceId: 'default' };
    const id = await service.test(principal, { workflowId: 'w' }, { inputs: {} });
    const run = await fixture.stored.store.read(id);
    expect(run).toMatchObject({ isTestRun: true });
    expect(run).not.toHaveProperty('workflowId');
    expect(await fixture.stored.store.readDefinition(run?.definitionId ?? '')).toBe(yaml);
  });
});

describe('a test of one step', () => {
  const principal = { user: ana, spaceId: 'default' };
  const yaml = workflowOf(`  - { name: before, type: console, with: { message: hi } }
  - { name: say, type: console, with: { message: '{{ steps.before.output }} {{ inputs.who }}' } }
inputs:
  required: [other, nested]
  properties:
    who: { type: string }
    other: { type: string }
    nested: { type: object, required: [a, b], properties: { a: { type: string }, b: { type: string } } }`);
  const tested = { stepId: 'say', context: { steps: { before: { output: 'hello' } } } };

  it('stores the step and its variables with the run, and needs no inputs of other steps', async () => {
    const [service] = twoServices(() => Promise.reject(new Error('needless')));
    const inputs = { who: 'ana', nested: { a: 'x' } };
    const id = await service.test(principal, { yaml }, { inputs, tested });
    const { store } = fixture.stored;
    const run = await store.read(id);
    expect(run).toMatchObject({ isTestRun: true, stepId: 'say' });
    if (run === undefined) throw new Error('The run is missing.');
    const { context } = tested;
    expect(await store.readGiven(run)).toEqual({ inputs, context });
  });

  it('is refused when the workflow has no such step, and stores no run', async () => {
    const [service] = twoServices(() => Promise.reject(new Error('needless')));
    const request = { inputs: {}, tested: { ...tested, stepId: 'gone' } };
    const refused = service.test(principal, { yaml }, request);
    await expect(refused).rejects.toMatchObject({ code: 'step_not_found' });
    const { total } = await fixture.stored.store.search({ spaceId: 'default' }, firstPage);
    expect(total).toBe(0);
  });

  it('is a different run than the test of the whole workflow with the same idempotency key', async () => {
    const [one, other] = twoServices(() => Promise.reject(new Error('needless')));
    const inputs = { other: 'x', nested: { a: 'x', b: 'y' } };
    const request = { inputs, idempotencyKey: 'k1' };
    const id = await one.test(principal, { yaml }, { ...request, tested });
    expect(await other.test(principal, { yaml }, { ...request, tested })).toBe(id);
    expect(await other.test(principal, { yaml }, request)).not.toBe(id);
    const changed = { ...request, tested: { ...tested, context: {} } };
    expect(await other.test(principal, { yaml }, changed)).not.toBe(id);
    const ofEvent = { ...request, tested, event: { a: 1 } };
    expect(await other.test(principal, { yaml }, ofEvent)).not.toBe(id);
  });
});

describe('a cancelled run', () => {
  it('names the first user who has cancelled it', async () => {
    const service = await aService({ status: 'running', waits: undefined });
    const { store } = fixture.stored;
    await service.cancel({ user: ana, spaceId: 'default' }, 'run-1');
    expect(await store.read('run-1')).toMatchObject({ status: 'running', cancelledBy: 'ana' });
    const ben = anAuthenticatedUser({ username: 'ben', profileUid: 'u_ben' });
    await service.cancel({ user: ben, spaceId: 'default' }, 'run-1');
    expect(await store.read('run-1')).toMatchObject({ cancelledBy: 'ana' });
  });

  it('names no user when the server has cancelled it', async () => {
    await aService();
    const { store } = fixture.stored;
    const { executor } = fixture.process();
    await cancelRun({ store, executor, clock: fixture.clock }, 'run-1');
    const run = await store.read('run-1');
    expect(run?.status).toBe('cancelled');
    expect(run).not.toHaveProperty('cancelledBy');
  });
});

describe('a response to a step', () => {
  it('continues the run when its values match the patterns of the form', async () => {
    await respond({ code: 'ÄB' });
    expect((await fixture.stored.store.read('run-1'))?.status).not.toBe('waiting_for_input');
  });

  it.each([
    [{ code: 'ab' }, { path: 'code', message: 'The text does not match the pattern ^\\p{Lu}+$.' }],
    [{ code: 5 }, { path: 'code', message: expect.any(String) }],
  ])('is refused when it does not fit the form: %j', async (input, issue) => {
    await expect(respond(input)).rejects.toMatchObject({
      code: 'workflow_inputs_invalid',
      message: 'The response does not fit the form of the step.',
      issues: [issue],
    });
    expect((await fixture.stored.store.read('run-1'))?.status).toBe('waiting_for_input');
  });

  it('is checked in the queue of the owner that its run counts for', async () => {
    await respond({ code: 'AB' }, { countedFor: 'handlers:u_eve' });
    expect(owners).toEqual(['handlers:u_eve']);
  });
});
