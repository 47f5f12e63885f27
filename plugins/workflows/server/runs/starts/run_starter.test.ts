import { type RunRecord, StepFailure } from '@latchkey/workflow-engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WorkflowError } from '../../workflows/index.ts';
import { aRunFixture, type RunFixture } from '../execution/run_fixture.mock.ts';
import { DEFINITION_TYPE, JOURNAL_TYPE, RUN_TYPE, VALUE_TYPE } from '../store/run_types.ts';
import { overriding } from '../store/stored_runs.mock.ts';
import { aNewRun, aRunWithDefault, ENDLESS_TEMPLATE } from './new_run.mock.ts';

let fixture: RunFixture;
beforeEach(async () => {
  fixture = await aRunFixture();
});
afterEach(() => fixture.close());

describe('the start of a run', () => {
  it('counts for its user before templates of the workflow are rendered', async () => {
    const full = new WorkflowError('too_many_active_executions', 'Too many.');
    const { starter } = fixture.process({ quota: { add: () => Promise.reject(full) } });
    await expect(starter.start(aRunWithDefault('{{ 1 | divided_by: 0 }}'))).rejects.toBe(full);
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
      const yaml = `${aNewRun().yaml}${declared}settings: { concurrency: ${policy} }\n`;
      const run = await starter.start(aNewRun({ yaml, inputs }));
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
    const yaml = `${aNewRun().yaml}settings: ${settings}\n`;
    const run = await starter.start(aNewRun({ yaml, metadata: { source: 'tool' } }));
    expect(run.concurrencyGroupKey).toBe(expected);
  });

  it('stores the start of a run that begins immediately, and none of a run in a queue', async () => {
    const { starter } = fixture.process();
    const begun = await starter.start(aNewRun());
    expect(begun).toMatchObject({ status: 'running', startedAt: begun.createdAt });
    const settings = 'settings: { concurrency: { strategy: queue } }\n';
    const queued = await starter.start(aNewRun({ id: 'r2', yaml: `${aNewRun().yaml}${settings}` }));
    expect(queued.status).toBe('queued');
    expect(queued).not.toHaveProperty('startedAt');
  });

  it('renders defaults of inputs with the workflow, the user and the metadata of the run', async () => {
    const { starter } = fixture.process();
    const { yaml } = aRunWithDefault(
      '{{ workflow.name }} {{ execution.executedBy }} {{ metadata.origin }}{{ steps.a }}',
    );
    const run = await starter.start(aNewRun({ yaml, metadata: { origin: 'test' } }));
    const given = await fixture.stored.store.readGiven(run);
    expect(given).toMatchObject({ inputs: { word: 'test ana test' } });
  });

  it('names each input that does not fit', async () => {
    const { starter } = fixture.process();
    const started = starter.start({ ...aRunWithDefault('x'), inputs: { word: 5 } });
    await expect(started).rejects.toMatchObject({
      code: 'workflow_inputs_invalid',
      message: 'The inputs do not fit the workflow: `word`: Expected a text.',
    });
  });

  it('renders defaults of inputs in the time zone of the workflow', async () => {
    const { starter } = fixture.process();
    const given = aRunWithDefault("{{ '2026-01-01T20:00:00Z' | date: '%Y-%m-%d %H' }}");
    const yaml = `${given.yaml}settings: { timezone: Asia/Tokyo }\n`;
    const run = await starter.start({ ...given, yaml });
    expect(await fixture.stored.store.readGiven(run)).toMatchObject({
      inputs: { word: '2026-01-02 05' },
    });
  });

  it('needs the inputs of the trigger that starts it, not those of other triggers', async () => {
    const { starter } = fixture.process();
    const { yaml } = aNewRun();
    const triggers = `triggers:
  - type: manual
    inputs: [{ name: word, type: string, required: true }, { name: size, type: number, default: 3 }]
  - { type: scheduled, with: { every: 5m } }
`;
    const both = `${triggers}${yaml.replace(/^triggers:.*\n/m, '')}`;
    const refused = starter.start(aNewRun({ yaml: both }));
    await expect(refused).rejects.toMatchObject({ code: 'workflow_inputs_invalid' });
    const run = await starter.start(aNewRun({ yaml: both, triggeredBy: 'scheduled' }));
    expect(await fixture.stored.store.readGiven(run)).toMatchObject({ inputs: { size: 3 } });
    // A retry is manual, and has the inputs of the run that it repeats.
    const inputs = { size: 3 };
    const again = await starter.start(aNewRun({ yaml: both, inputs, mayLackInputs: true }));
    expect(await fixture.stored.store.readGiven(again)).toMatchObject({ inputs });
  });

  it.each([
    ['a default', aRunWithDefault(ENDLESS_TEMPLATE)],
    [
      'the key of its concurrency group',
      aNewRun({
        yaml: `${aNewRun().yaml}settings: { concurrency: { key: "${ENDLESS_TEMPLATE}", strategy: queue } }\n`,
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

  it('succeeds when the document of its concurrency group is written by others, because the run is stored', async () => {
    const { starter } = fixture.process({
      groups: {
        enter: async () => {
          throw new Error('contended');
        },
      },
    });
    const { yaml } = aNewRun();
    const limited = `${yaml}settings: { concurrency: { strategy: queue } }\n`;
    expect((await starter.start(aNewRun({ yaml: limited }))).id).toBe('run-1');
    expect(await fixture.stored.store.read('run-1')).toMatchObject({ status: 'queued' });
  });

  describe('in a space that is closed while the run is stored', () => {
    const large = { kind: 'value', key: 'v', value: 'x'.repeat(100_000) } as const;
    const request = aNewRun({ metadata: { text: 'x'.repeat(100_000) }, records: [large] });
    const remaining = async () => {
      const { repository } = fixture.stored;
      const found = [RUN_TYPE, JOURNAL_TYPE, VALUE_TYPE].map((type) => repository.find({ type }));
      return (await Promise.all(found)).map(({ total }) => total);
    };
    const closing = () => {
      let isOpen = true;
      const { store } = fixture.stored;
      return fixture.process({
        spaces: { isOpen: async () => isOpen },
        store: overriding(store, {
          create: async (...args) => {
            const run = await store.create(...args);
            isOpen = false;
            return run;
          },
        }),
      }).starter;
    };

    it('is refused, and leaves no documents to a later space', async () => {
      await fixture.process().starter.start(aNewRun({ id: 'run-10' }));
      await fixture.until('run-10', 'completed');
      await expect(closing().start(request)).rejects.toMatchObject({ statusCode: 404 });
      expect(await remaining()).toEqual([1, 0, 0]);
    });

    it('stores no failed run', async () => {
      const failure = { workflowName: 'test', error: { type: 'X', message: 'refused' } };
      const stored = closing().startFailed(request, failure);
      await expect(stored).rejects.toMatchObject({ statusCode: 404 });
      expect(await remaining()).toEqual([0, 0, 0]);
    });
  });

  describe('of YAML that was started before', () => {
    const startedTwice = async () => {
      const { starter } = fixture.process();
      await starter.start(aNewRun({ id: 'earlier-1' }));
      return starter.start(aNewRun({ id: 'earlier-2' }));
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
      expect((await starter.start(aNewRun())).id).toBe('run-1');
    });

    it('stores its definition again when the definition was deleted', async () => {
      const { definitionId } = await startedTwice();
      const { repository } = fixture.stored;
      await repository.delete(DEFINITION_TYPE, definitionId);
      await fixture.process().starter.start(aNewRun());
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
      const { yaml } = aNewRun();
      const given = event === undefined ? inputs : { ...inputs, event };
      const run = await starter.start(aNewRun({ yaml: `${yaml}${top}\n`, inputs: given }));
      const { store } = fixture.stored;
      expect(await store.readGiven(run)).toEqual({ inputs, ...(event && { event }) });
    },
  );

  it('as a child run does not use the input `event` as its event', async () => {
    const { starter } = fixture.process();
    const inputs = { event: { a: 1 } };
    const run = await starter.start(aNewRun({ inputs, triggeredBy: 'workflow' }));
    expect(await fixture.stored.store.readGiven(run)).toEqual({ inputs });
  });

  it('divides the records of a retry into entries of a size that the stores accept', async () => {
    const { starter, worker } = fixture.process();
    await worker.start();
    const records = Array.from(
      { length: 3 },
      (_, index): RunRecord => ({ kind: 'value', key: `v${index}`, value: 'x'.repeat(5_000_000) }),
    );
    const run = await starter.start(aNewRun({ records }));
    expect(run.seq).toBe(3);
  });
});
