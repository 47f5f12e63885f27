import { anAuthenticatedUser, createLoggerMock } from '@latchkey/core/server/mocks';
import { createSecurityStartMock } from '@latchkey/security-plugin/server/mocks';
import { workflowDocument } from '@latchkey/workflow-language';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { READ_OUTPUTS_PRIVILEGE } from '../../../common/index.ts';
import { type StoredWorkflow, versionOf } from '../../workflows/index.ts';
import { RunAccess } from '../reading/run_access.ts';
import type { NewStoredRun } from '../store/run_store.ts';
import { aRun, aRunStore } from '../store/stored_runs.mock.ts';
import { FailureEvents } from './failure_events.ts';
import type { NewRun } from './new_run.ts';
import { WorkflowAuthors } from './workflow_authors.ts';

const yamlOf = (on: string) =>
  `name: Handler\ntriggers: [{ type: workflows.failed${on} }]\nsteps: []\n`;
const YAML = yamlOf('');
const handlerOf = (on = ''): StoredWorkflow =>
  ({
    id: 'handler',
    spaceId: 'default',
    name: 'Handler',
    triggerTypes: ['workflows.failed'],
    enabled: true,
    valid: true,
    lastUpdatedAt: '1970-01-01T00:00:01.000Z',
    lastUpdatedBy: 'ben',
    runsAs: { username: 'ben', profileUid: 'u_ben', apiKeyId: null },
    yaml: yamlOf(on),
  }) as unknown as StoredWorkflow;

let stored: Awaited<ReturnType<typeof aRunStore>>;
let handlers: readonly StoredWorkflow[];
let started: NewRun[];
let refused: (NewRun & { readonly error: { readonly type: string; readonly message: string } })[];
/** Privileges that ben, the author of the handler, lacks. */
let missing: string[];
/** Users who exist. */
let usernames: string[];
let read: string[];
/** Users as whom the YAML of handlers was read. */
let readers: string[];
/** Texts (YAML) that the server cannot read at the moment. */
let unreadable: Set<string>;
/** Ids of handlers whose YAML was loaded. */
let textsRead: string[];
/** Number of searches for handlers. */
let searches: number;
let now: number;
/** Hook that is called after handlers were listed, to change them meanwhile. */
let changeMeanwhile: () => void;
let events: FailureEvents;
let logger: ReturnType<typeof createLoggerMock>;
beforeEach(async () => {
  stored = await aRunStore();
  handlers = [handlerOf()];
  started = [];
  refused = [];
  missing = [];
  usernames = ['ana', 'ben'];
  read = [];
  readers = [];
  unreadable = new Set();
  textsRead = [];
  searches = 0;
  now = 0;
  changeMeanwhile = () => undefined;
  logger = createLoggerMock();
  events = aProcess();
  stored.store.onEnd((run) => events.ended(run));
});
afterEach(() => stored.stop());

/** Creates the service for failures of one process. */
const aProcess = (): FailureEvents => {
  const { store } = stored;
  const activeUsers = usernames.map((username) =>
    anAuthenticatedUser({ username, profileUid: `u_${username}` }),
  );
  const security = createSecurityStartMock({
    activeUsers,
    missing: ({ user }, privilege) => user?.username === 'ana' || missing.includes(privilege),
  });
  return new FailureEvents({
    store,
    starter: {
      start: async (request) => {
        started.push(request);
        return store.create(request.id ?? '', aRun({ triggeredBy: request.triggeredBy }));
      },
      startFailed: async (request, { error }) => {
        refused.push({ ...request, error });
        return store.create(request.id ?? '', aRun({ triggeredBy: request.triggeredBy }));
      },
    },
    findByTrigger: async function* () {
      searches += 1;
      const listed = handlers;
      changeMeanwhile();
      yield listed.map(({ yaml, ...handler }) => {
        const version = versionOf({ ...handler, yaml });
        return { ...handler, revision: { version, yamlLength: yaml.length, updatedAt: '' } };
      });
    },
    authors: () => new WorkflowAuthors({ security, access: new RunAccess(security) }),
    readWorkflow: async ({ workflowId }) => {
      const stored = handlers.find(({ id }) => id === workflowId);
      if (stored === undefined) return undefined;
      textsRead.push(workflowId);
      const version = versionOf(stored);
      return { ...stored, revision: { version, yamlLength: 0, updatedAt: '' } };
    },
    readDocument: async (yaml, profileUid) => {
      readers.push(profileUid);
      read.push(yaml);
      if (unreadable.has(yaml)) throw new Error('No process can start.');
      return workflowDocument(yaml);
    },
    clock: { now: () => now },
    logger,
  });
};

const AT = '1970-01-01T00:00:05.000Z';
/** Creates a run and lets it end, with the status failed by default. */
const end = async (
  over: Partial<NewStoredRun> = {},
  { status = 'failed', store = stored.store, id = 'run' } = {} as {
    readonly id?: string;
    readonly status?: 'failed' | 'completed' | 'cancelled' | 'timed_out';
    readonly store?: typeof stored.store;
  },
) => {
  const run = await stored.store.create(id, aRun({ workflowId: 'w1', ...over }));
  await store.journal.addEntry(run, {
    seq: 1,
    epoch: 0,
    steps: 1,
    records: [
      {
        kind: 'step',
        key: 'loop[1]/get',
        name: 'get',
        type: 'http',
        scopes: [],
        status: 'failed',
        startedAt: AT,
        finishedAt: AT,
      },
    ],
  });
  const error = { type: 'X', message: 'it is broken' };
  await store.compareAndSet(run, { status, finishedAt: AT, error, failedStep: 'get', seq: 1 });
  await events.idle();
};

/** Creates handlers of one author. */
const handlersOf = (username: string, length: number): StoredWorkflow[] =>
  Array.from({ length }, (_, index) => ({
    ...handlerOf(),
    id: `${username}-${index}`,
    runsAs: { username, profileUid: `u_${username}`, apiKeyId: null },
  }));
const AUTHORS = ['cid', 'dan', 'eve', 'fay', 'gus', 'hal'];

describe('a failed run', () => {
  it('starts its handler as the same user, with the failure as the event', async () => {
    await end({ apiKeyId: 'k1' });
    expect(readers).toEqual(['u_ben']);
    expect(started).toMatchObject([
      {
        spaceId: 'default',
        user: { username: 'ana', profileUid: 'u_ana', apiKeyId: 'k1' },
        workflowId: 'handler',
        triggeredBy: 'workflows.failed',
        attendance: { isUnattended: true, refusesPersonalConnections: true },
        eventChain: { depth: 1, workflowIds: ['w1'] },
        event: {
          spaceId: 'default',
          timestamp: AT,
          workflow: { id: 'w1', name: 'test', spaceId: 'default', isErrorHandler: false },
          execution: { id: 'run', startedAt: '1970-01-01T00:00:00.000Z', failedAt: AT },
          error: {
            message: 'it is broken',
            stepId: 'get',
            stepName: 'get',
            stepExecutionId: 'loop[1]/get',
          },
        },
      },
    ]);
  });

  it('starts its handler only once, even when another process checks the failure again', async () => {
    await end();
    await aProcess().repair();
    expect(started).toHaveLength(1);
  });

  it('reads the YAML of its handler again only after the handler was changed', async () => {
    await end();
    await end({}, { id: 'run-2' });
    expect([started.length, read.length]).toEqual([2, 1]);
    handlers = [{ ...handlerOf(), lastUpdatedAt: '1970-01-01T00:00:02.000Z' }];
    await end({}, { id: 'run-3' });
    expect([started.length, read.length]).toEqual([3, 2]);
  });

  it('starts its handler later when its process ended before the start', async () => {
    await end({}, { store: stored.otherProcess });
    expect(started).toEqual([]);
    await events.repair();
    expect(started).toHaveLength(1);
  });

  it('does not start a handler that was saved later', async () => {
    await end({}, { store: stored.otherProcess });
    handlers = [{ ...handlerOf(), lastUpdatedAt: '1970-01-01T00:00:06.000Z' }];
    await events.repair();
    expect(started).toEqual([]);
  });

  it.each([
    ['event.error.message: "it is broken"', 1],
    ['event.error.message: *broken*', 1],
    ['event.workflow.name: other', 0],
    ['event.error.message: (', 0],
    ['{{ true }}', 0],
    ['{% if event %}true{% endif %}', 0],
  ])("with the handler's condition %s starts handlers: %d", async (condition, count) => {
    handlers = [handlerOf(`, on: { condition: '${condition}' }`)];
    await end();
    expect(started).toHaveLength(count);
  });

  it('logs invalid conditions of a handler only once', async () => {
    const trigger = "{ type: workflows.failed, on: { condition: 'a: (' } }";
    handlers = [{ ...handlerOf(), yaml: `triggers: [${trigger}, ${trigger}]` }];
    await end();
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('starts its other handlers when the server cannot read one handler, and starts this handler later', async () => {
    handlers = ['damaged', 'other'].map((id) => ({ ...handlerOf(), id, yaml: `${YAML}# ${id}` }));
    unreadable.add(handlers[0]?.yaml ?? '');
    await end();
    expect(started).toMatchObject([{ workflowId: 'other' }]);
    unreadable.clear();
    await events.repair();
    expect(started).toMatchObject([{ workflowId: 'other' }, { workflowId: 'damaged' }]);
  });

  it('starts at most 100 handlers of a space', async () => {
    usernames = [...usernames, ...AUTHORS];
    events = aProcess();
    handlers = AUTHORS.flatMap((name) => handlersOf(name, 20));
    await end();
    expect(started).toHaveLength(100);
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it.each<[string, Partial<NewStoredRun>]>([
    ['of a handler', { triggeredBy: 'workflows.failed' }],
    ['of a test', { isTestRun: true }],
    ['of a dry run', { isDryRun: true }],
    ['at the end of a long chain', { eventChain: { depth: 10, workflowIds: [] } }],
  ])('starts no handler when it is a run %s', async (_, over) => {
    await end(over);
    expect(started).toEqual([]);
  });

  it('starts its handler when it has reached its time limit', async () => {
    await end({}, { status: 'timed_out' });
    expect(started).toHaveLength(1);
  });

  it.each(['completed', 'cancelled'] as const)(
    'starts no handler when its status is %s',
    async (status) => {
      await end({}, { status });
      expect(started).toEqual([]);
    },
  );
});

describe('the handler of another author', () => {
  const message = () => started.map(({ event }) => (event as { error?: unknown })?.error);
  const step = { stepId: 'get', stepName: 'get', stepExecutionId: 'loop[1]/get' };

  it('F120: does not receive the error of a run whose outputs its author may not read', async () => {
    missing = [READ_OUTPUTS_PRIVILEGE];
    await end();
    const hidden = 'The workflow failed. Its user can read the error.';
    expect(message()).toEqual([{ message: hidden, ...step }]);
  });

  it('F120: cannot learn the error from the condition of its trigger', async () => {
    missing = [READ_OUTPUTS_PRIVILEGE];
    handlers = [handlerOf(`, on: { condition: 'event.error.message: *broken*' }`)];
    await end();
    expect([started, refused]).toEqual([[], []]);
  });

  it("F120: receives the error of its author's own run without the privilege to read outputs", async () => {
    missing = [READ_OUTPUTS_PRIVILEGE];
    await end({ username: 'ben', profileUid: 'u_ben' });
    expect(message()).toEqual([{ message: 'it is broken', ...step }]);
  });

  it.each([
    ['lacks a privilege', 'actions:execute', 'lacks actions:execute in this space'],
    ['was deleted', undefined, 'was disabled or deleted'],
  ])(
    'F121: is refused when its author %s, and the author can read why',
    async (...[, privilege, why]) => {
      if (privilege === undefined) usernames = ['ana'];
      else missing = [privilege];
      events = aProcess();
      await end();
      expect(started).toEqual([]);
      expect(refused).toMatchObject([
        {
          user: { profileUid: 'u_ben' },
          workflowId: 'handler',
          error: { type: 'HandlerRefused', message: expect.stringContaining(why) },
        },
      ]);
    },
  );

  it('F121: is refused when an API key without the privilege saved it and no API key started the run', async () => {
    usernames = ['ana'];
    const runsAs = { username: 'ana', profileUid: 'u_ana', apiKeyId: 'k1' };
    handlers = [{ ...handlerOf(), runsAs }];
    events = aProcess();
    await end();
    expect([started, refused.length]).toEqual([[], 1]);
    await end({ apiKeyId: 'k1' }, { id: 'run-2' });
    expect(started).toHaveLength(1);
  });

  it("F122: counts against the limits of its author's handlers, not against those of the user", async () => {
    await end();
    handlers = [
      { ...handlerOf(), id: 'own', runsAs: { ...handlerOf().runsAs, profileUid: 'u_ana' } },
    ];
    await end({}, { id: 'run-2' });
    await end({ countedFor: 'handlers:u_eve' }, { id: 'run-3' });
    expect(started.map(({ countedFor }) => countedFor)).toEqual([
      'handlers:u_ben',
      undefined,
      'handlers:u_eve',
    ]);
  });
});

describe('a chain of events', () => {
  const CHAIN = { depth: 1, workflowIds: ['handler'] };
  it.each([
    ['does not start the same workflow again', '', { eventChain: CHAIN }, 0],
    ['does not start the workflow that has failed', '', { workflowId: 'handler' }, 0],
    ['may start the same workflow again with `allow-all`', 'allow-all', { eventChain: CHAIN }, 1],
    ['starts no handler with `ignore`', 'ignore', { eventChain: { depth: 1, workflowIds: [] } }, 0],
    ['continues with another workflow', '', { eventChain: { depth: 9, workflowIds: [] } }, 1],
  ])('%s', async (...[, chains, over, count]) => {
    handlers = [handlerOf(chains === '' ? '' : `, on: { workflowEvents: ${chains} }`)];
    await end(over);
    expect(started).toHaveLength(count);
  });
});

describe('many handlers and failures', () => {
  it('J153: failures at the same time need few searches for handlers, and load each YAML once', async () => {
    handlers = handlersOf('ben', 3);
    const failed = await Promise.all(
      Array.from({ length: 45 }, (_, index) =>
        stored.otherProcess.create(`run-${index}`, aRun({ status: 'failed', finishedAt: AT })),
      ),
    );
    for (const run of failed) events.ended(run);
    await events.idle();
    expect(started).toHaveLength(135);
    // The first failure causes one search. Afterwards, up to 20 failures share one search.
    expect(searches).toBe(4);
    expect(textsRead).toHaveLength(12);
  });

  it('J153: load the YAML of handlers whose conditions do not match only once', async () => {
    handlers = [handlerOf(`, on: { condition: 'event.workflow.name: other' }`)];
    await end();
    await end({}, { id: 'run-2' });
    expect([textsRead, started]).toEqual([['handler'], []]);
  });

  it('J153: leave failures beyond 500 to the periodic search', async () => {
    const failed = await Promise.all(
      Array.from({ length: 501 }, (_, index) =>
        stored.otherProcess.create(`run-${index}`, aRun({ status: 'failed', finishedAt: AT })),
      ),
    );
    for (const run of failed) events.ended(run);
    await events.idle();
    expect(started).toHaveLength(500);
    await events.repair();
    expect(started).toHaveLength(501);
  });

  it('J153: stop with the process, which leaves waiting failures to the periodic search', async () => {
    for (const id of ['run-1', 'run-2'])
      events.ended(
        await stored.otherProcess.create(id, aRun({ status: 'failed', finishedAt: AT })),
      );
    await events.stop();
    expect(started).toHaveLength(1);
    await aProcess().repair();
    expect(started).toHaveLength(2);
  });

  it('a handler that is changed before its start is started later with its new text', async () => {
    const before = handlerOf();
    const at = { lastUpdatedAt: '1970-01-01T00:00:02.000Z', yaml: `${YAML}# new` };
    changeMeanwhile = () => {
      handlers = [{ ...before, ...at }];
    };
    await end();
    expect(started).toEqual([]);
    await events.repair();
    expect(started).toMatchObject([{ yaml: at.yaml }]);
  });

  it('J154: handlers of one author do not displace handlers of other authors', async () => {
    handlers = [...handlersOf('ben', 100), ...handlersOf('cid', 1)];
    usernames = ['ana', 'ben', 'cid'];
    events = aProcess();
    await end();
    expect(started).toHaveLength(21);
    expect(started.map(({ workflowId }) => workflowId)).toContain('cid-0');
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('J154: refused handlers do not take the places of other handlers', async () => {
    missing = ['actions:execute'];
    handlers = [...AUTHORS.flatMap((name) => handlersOf(name, 20)), ...handlersOf('ana', 20)];
    usernames = ['ana', ...AUTHORS];
    events = aProcess();
    await end();
    expect(started).toHaveLength(20);
  });

  it('J154: one refused run per handler and hour is stored, in all processes together', async () => {
    missing = ['actions:execute'];
    handlers = handlersOf('ben', 2);
    for (const id of ['run-1', 'run-2', 'run-3']) await end({}, { id });
    await aProcess().repair();
    expect(refused).toHaveLength(2);
    now = 3_600_000;
    await end({}, { id: 'run-4' });
    expect(refused).toHaveLength(4);
  });
});
