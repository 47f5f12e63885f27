import { WorkerPatternMatcher } from '@latchkey/workflow-engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aRunFixture, type RunFixture } from '../execution/run_fixture.mock.ts';
import { aNewRun, aRunWithDefault, ENDLESS_TEMPLATE } from './new_run.mock.ts';

let fixture: RunFixture;
beforeEach(async () => {
  fixture = await aRunFixture();
});
afterEach(() => fixture.close());

describe('the start of a run whose templates and patterns need other processes', () => {
  it('J126: renders long templates of default inputs in a process that can be stopped', async () => {
    const { starter } = fixture.process();
    let isRunning = true;
    const started = starter.start(aRunWithDefault(ENDLESS_TEMPLATE)).finally(() => {
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
    const long = await starter.start(aRunWithDefault('{{ (1..60000) | sort | last }}'));
    expect(await fixture.stored.store.readGiven(long)).toMatchObject({ inputs: { word: '60000' } });
  });

  it('J126: starts a run although the template of its concurrency key takes too long', async () => {
    const { starter } = fixture.process();
    const { yaml } = aNewRun();
    const key = JSON.stringify(ENDLESS_TEMPLATE);
    const run = await starter.start(
      aNewRun({ yaml: `${yaml}settings: { concurrency: { key: ${key}, strategy: queue } }\n` }),
    );
    expect(run.concurrency).toBeDefined();
  });

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
    const long = JSON.stringify(ENDLESS_TEMPLATE);
    const yaml = `name: test
triggers: [{ type: manual }]
inputs: { properties: { word: { type: string, default: ${long}, pattern: "^x$" } } }
steps:
  - { name: log, type: console, with: { message: ${long} } }
  - { name: find, type: data.regexExtract, source: ax, with: { pattern: x, fields: { found: $0 } } }
`;
    const run = await starter.start(aNewRun({ yaml, countedFor: 'handlers:u_eve' }));
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
    await expect(starter.start(aNewRun({ yaml, inputs: { word } }))).rejects.toMatchObject({
      code: 'workflow_inputs_invalid',
      message: expect.stringContaining(message),
    });
    await starter.start(aNewRun({ yaml, inputs: {} }));
  });
});
