import { type RunRecord, StepFailure, WorkerPatternMatcher } from '@latchkey/workflow-engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WorkflowError } from '../../workflows/index.ts';
import { aRunFixture, type RunFixture, workflowOf } from '../execution/run_fixture.mock.ts';
import { DEFINITION_TYPE } from '../store/run_types.ts';
import { overriding } from '../store/stored_runs.mock.ts';
import type { NewRun } from './new_run.ts';

let fixture: RunFixture;
beforeEach(async () => {
  fixture = await aRunFixture();
});
afterEach(() => fixture.close());

const requestOf = (value: string) => ({
  spaceId: 'default',
  user: { username: 'ana', profileUid: 'u_ana', apiKeyId: null },
  yaml: `name: test
triggers: [{ type: manual }]
inputs: [{ name: word, type: string, default: "${value}" }]
steps: [{ name: log, type: console, with: { message: done } }]
`,
  isTestRun: false,
  inputs: {},
  triggeredBy: 'manual',
});

const request = (over: Partial<NewRun> = {}): NewRun => ({
  id: 'run-1',
  spaceId: 'default',
  user: { username: 'ana', profileUid: 'u_ana', apiKeyId: null },
  yaml: workflowOf('  - { name: say, type: console, with: { message: hi } }'),
  workflowId: 'w',
  isTestRun: false,
  inputs: {},
  triggeredBy: 'manual',
  ...over,
});

describe('the start of a run', () => {
  it('counts for its user before templates of the workflow are rendered', async () => {
    const full = new WorkflowError('too_many_active_executions', 'Too many.');
    const { starter } = fixture.process({ quota: { add: () => Promise.reject(full) } });
    await expect(starter.start(requestOf('{{ 1 | divided_by: 0 }}'))).rejects.toBe(full);
  });

  /** A template that takes too long for the main thread and exceeds its limits. */
  const LOOP = `${'{% for a in (1..9999) %}'.repeat(2)}${'{% endfor %}'.repeat(2)}`;
  it('J126: renders long templates of default inputs in a process that can be stopped', async () => {
    const { starter } = fixture.process();
    let isRunning = true;
    const started = starter.start(requestOf(LOOP)).finally(() => {
      isRunning = false;
    });
    const expected = expect(started).rejects.toMatchObject({
      code: 'workflow_inputs_invalid',
      message: 'The default of an input cannot be computed: The template takes too long.',
    });
    let turns = 0;
    for (; isRunning; turns += 1) await new Promise(setImmediate);
    await expected;
    expect(turns).toBeGreaterThan(10);
    const long = await starter.start(requestOf('{{ (1..60000) | sort | last }}'));
    expect(await fixture.stored.store.readGiven(long)).toMatchObject({ inputs: { word: '60000' } });
  });

  it('J126: starts a run although the template of its concurrency key takes too long', async () => {
    const { starter } = fixture.process();
    const { yaml } = request();
    const key = JSON.stringify(LOOP);
    const run = await starter.start(
      request({ yaml: `${yaml}settings: { concurrency: { key: ${key}, strategy: queue } }\n` }),
    );
    expect(run.concurrency).toBeDefined();
  });

  it.each([
    ['customer {{ inputs.customer }} ', { customer: '7' }, 'customer 7'],
    ['{{ inputs.customer }}', { customer: 'x'.repeat(1_025) }, undefined],
    [undefined, { customer: '7' }, undefined],
  ])(
    'for the key %j and the inputs %j, stores the concurrency group %j',
    async (key, inputs, expected) => {
      const { starter } = fixture.process();
      const policy = JSON.stringify({ key, strategy: 'queue' });
      const declared = 'inputs: [{ name: customer, type: string }]\n';
      const yaml = `${request().yaml}${declared}settings: { concurrency: ${policy} }\n`;
      const run = await starter.start(request({ yaml, inputs }));
      expect(run.concurrency).toBeDefined();
      expect(run.concurrencyGroupKey).toBe(expected);
    },
  );

  it.each([
    ['{{ execution.executedBy }} {{ execution.triggeredBy }}', 'ana manual'],
    ['{{ execution.id }}', 'run-1'],
    ['{{ metadata.source }}', 'tool'],
    ['{{ now | date: "%z" }}', '+0900'],
  ])('renders the key %j of its concurrency group as %j', async (key, expected) => {
    const { starter } = fixture.process();
    const settings = JSON.stringify({
      timezone: 'Asia/Tokyo',
      concurrency: { key, strategy: 'queue' },
    });
    const yaml = `${request().yaml}settings: ${settings}\n`;
    const run = await starter.start(request({ yaml, metadata: { source: 'tool' } }));
    expect(run.concurrencyGroupKey).toBe(expected);
  });

  it('stores the start of a run that begins immediately, and none of a run in a queue', async () => {
    const { starter } = fixture.process();
    const begun = await starter.start(request());
    expect(begun).toMatchObject({ status: 'running', startedAt: begun.createdAt });
    const settings = 'settings: { concurrency: { strategy: queue } }\n';
    const queued = await starter.start(request({ id: 'r2', yaml: `${request().yaml}${settings}` }));
    expect(queued.status).toBe('queued');
    expect(queued).not.toHaveProperty('startedAt');
  });

  it('renders defaults of inputs with the workflow, the user and the metadata of the run', async () => {
    const { starter } = fixture.process();
    const { yaml } = requestOf(
      '{{ workflow.name }} {{ execution.executedBy }} {{ metadata.origin }}{{ steps.a }}',
    );
    const run = await starter.start(request({ yaml, metadata: { origin: 'test' } }));
    const given = await fixture.stored.store.readGiven(run);
    expect(given).toMatchObject({ inputs: { word: 'test ana test' } });
  });

  it('names each input that does not fit', async () => {
    const { starter } = fixture.process();
    const started = starter.start({ ...requestOf('x'), inputs: { word: 5 } });
    await expect(started).rejects.toMatchObject({
      code: 'workflow_inputs_invalid',
      message: 'The inputs do not fit the workflow: `word`: Expected a text.',
    });
  });

  it('renders defaults of inputs in the time zone of the workflow', async () => {
    const { starter } = fixture.process();
    const given = requestOf("{{ '2026-01-01T20:00:00Z' | date: '%Y-%m-%d %H' }}");
    const yaml = `${given.yaml}settings: { timezone: Asia/Tokyo }\n`;
    const run = await starter.start({ ...given, yaml });
    expect(await fixture.stored.store.readGiven(run)).toMatchObject({
      inputs: { word: '2026-01-02 05' },
    });
  });

  it('needs the inputs of the trigger that starts it, not those of other triggers', async () => {
    const { starter } = fixture.process();
    const { yaml } = request();
    const triggers = `triggers:
  - type: manual
    inputs: [{ name: word, type: string, required: true }, { name: size, type: number, default: 3 }]
  - { type: scheduled, with: { every: 5m } }
`;
    const both = `${triggers}${yaml.replace(/^triggers:.*\n/m, '')}`;
    const refused = starter.start(request({ yaml: both }));
    await expect(refused).rejects.toMatchObject({ code: 'workflow_inputs_invalid' });
    const run = await starter.start(request({ yaml: both, triggeredBy: 'scheduled' }));
    expect(await fixture.stored.store.readGiven(run)).toMatchObject({ inputs: { size: 3 } });
    // A retry is manual, and has the inputs of the run that it repeats.
    const inputs = { size: 3 };
    const again = await starter.start(request({ yaml: both, inputs, mayLackInputs: true }));
    expect(await fixture.stored.store.readGiven(again)).toMatchObject({ inputs });
  });

  it.each([
    ['a default', requestOf(LOOP)],
    [
      'the key of its concurrency group',
      request({
        yaml: `${request().yaml}settings: { concurrency: { key: "${LOOP}", strategy: queue } }\n`,
      }),
    ],
  ])(
    'fails without blaming the workflow when the process of a template ends: %s',
    async (_, given) => {
      const ended = new StepFailure('TemplateProcessFailed', 'The template failed.');
      const { starter } = fixture.process({
        templates: { forUser: () => ({ render: () => Promise.reject(ended) }) },
      });
      await expect(starter.start(given)).rejects.toBe(ended);
    },
  );

  it('waits in the queue of the handlers that it counts for, not in that of its user', async () => {
    const turns: string[] = [];
    const patterns = new WorkerPatternMatcher();
    const { starter } = fixture.process({
      patterns: {
        forUser: (owner) => ({
          ...patterns.forUser(owner),
          match: (compared) => {
            turns.push(`pattern of ${owner}`);
            return patterns.forUser(owner).match(compared);
          },
        }),
      },
      templates: {
        forUser: (owner) => ({
          render: async () => {
            turns.push(`template of ${owner}`);
            return { value: 'x', tookMs: 1 };
          },
        }),
      },
    });
    const long = JSON.stringify(LOOP);
    const yaml = `name: test
triggers: [{ type: manual }]
inputs: { properties: { word: { type: string, default: ${long}, pattern: "^x$" } } }
steps:
  - { name: log, type: console, with: { message: ${long} } }
  - { name: find, type: data.regexExtract, source: ax, with: { pattern: x, fields: { found: $0 } } }
`;
    const run = await starter.start(request({ yaml, countedFor: 'handlers:u_eve' }));
    await fixture.until(run.id, 'completed');
    await patterns.close();
    const [template, pattern] = ['template of handlers:u_eve', 'pattern of handlers:u_eve'];
    expect(turns).toEqual([template, pattern, template, pattern]);
  });

  it.each([
    ['pattern: "^[A-Z]+$"', 'ab', 'The text does not match the pattern ^[A-Z]+$.'],
    ['pattern: "^(a+)+$"', `${'a'.repeat(60)}!`, 'took longer than'],
  ])('is refused when a text does not match `%s`', async (keyword, word, message) => {
    const yaml = `name: test
triggers: [{ type: manual }]
inputs: { properties: { word: { type: string, ${keyword} } } }
steps: [{ name: log, type: console, with: { message: done } }]
`;
    const { starter } = fixture.process();
    await expect(starter.start(request({ yaml, inputs: { word } }))).rejects.toMatchObject({
      code: 'workflow_inputs_invalid',
      message: expect.stringContaining(message),
    });
    await starter.start(request({ yaml, inputs: {} }));
  });

  it('succeeds when the document of its concurrency group is written by others, because the run is stored', async () => {
    const { starter } = fixture.process({
      groups: {
        enter: async () => {
          throw new Error('contended');
        },
      },
    });
    const { yaml } = request();
    const limited = `${yaml}settings: { concurrency: { strategy: queue } }\n`;
    expect((await starter.start(request({ yaml: limited }))).id).toBe('run-1');
    expect(await fixture.stored.store.read('run-1')).toMatchObject({ status: 'queued' });
  });

  describe('of YAML that was started before', () => {
    const startedTwice = async () => {
      const { starter } = fixture.process();
      await starter.start(request({ id: 'earlier-1' }));
      return starter.start(request({ id: 'earlier-2' }));
    };

    it('does not wait until its definition was found', async () => {
      await startedTwice();
      const { store } = fixture.stored;
      const isCreated = Promise.withResolvers<void>();
      const slow = overriding(store, {
        storeDefinition: async (...args) => {
          await isCreated.promise;
          return store.storeDefinition(...args);
        },
        create: async (...args) => {
          const run = await store.create(...args);
          isCreated.resolve();
          return run;
        },
      });
      const { starter } = fixture.process({ store: slow });
      expect((await starter.start(request())).id).toBe('run-1');
    });

    it('stores its definition again when the definition was deleted', async () => {
      const { definitionId } = await startedTwice();
      const { repository } = fixture.stored;
      await repository.delete(DEFINITION_TYPE, definitionId);
      await fixture.process().starter.start(request());
      expect(await repository.getIfExists(DEFINITION_TYPE, definitionId)).toBeDefined();
    });
  });

  it.each([
    ['inputs: [{ name: word, type: string }]', { word: 'x' }, { alerts: [{ _id: 'a' }] }],
    ['', {}, { alerts: [{ _id: 'a' }] }],
    ['inputs: { properties: { event: { type: object } } }', { event: {} }, undefined],
  ])(
    'by hand uses the input `event` as its event, if the workflow does not declare this input: %s',
    async (top, inputs, event) => {
      const { starter } = fixture.process();
      const { yaml } = request();
      const given = event === undefined ? inputs : { ...inputs, event };
      const run = await starter.start(request({ yaml: `${yaml}${top}\n`, inputs: given }));
      const { store } = fixture.stored;
      expect(await store.readGiven(run)).toEqual({ inputs, ...(event && { event }) });
    },
  );

  it('as a child run does not use the input `event` as its event', async () => {
    const { starter } = fixture.process();
    const inputs = { event: { a: 1 } };
    const run = await starter.start(request({ inputs, triggeredBy: 'workflow' }));
    expect(await fixture.stored.store.readGiven(run)).toEqual({ inputs });
  });

  it('divides the records of a retry into entries of a size that the stores accept', async () => {
    const { starter, worker } = fixture.process();
    await worker.start();
    const records = Array.from(
      { length: 3 },
      (_, index): RunRecord => ({ kind: 'value', key: `v${index}`, value: 'x'.repeat(5_000_000) }),
    );
    const run = await starter.start(request({ records }));
    expect(run.seq).toBe(3);
  });
});
