import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { StepRegistry } from '@latchkey/workflow-language';
import { DocumentReader } from '@latchkey/workflows-plugin/server/testing';
import { count, table } from '../report/table.ts';

const OWNER = { profileUid: 'u_bench' };
/** Number of times that each text is checked. The first one warms up the process. */
const ROUNDS = 5;
const SETTLE_MS = 10;
/** Nanoseconds per millisecond. */
const NS = 1_000_000;

const HEAD = 'name: bench\ntriggers: [{ type: manual }]\ninputs: [{ name: x, type: string }]\n';

/** Returns a workflow whose steps have five keys each, and `lines` lines of Liquid in each step. */
function workflowOf(steps: number, lines: number): string {
  const liquid = '        {% if inputs.x %}{{ inputs.x }} has a value{% endif %} and more text\n';
  const step = (index: number): string =>
    `  - name: s${index}\n    type: data.set\n    with:\n      a: "{{ inputs.x }}"\n      text: |\n${liquid.repeat(lines)}`;
  return `${HEAD}steps:\n${Array.from({ length: steps }, (_, index) => step(index)).join('')}`;
}

const TEXTS = {
  'typical, 15 steps': workflowOf(15, 3),
  'large, 99 steps': workflowOf(99, 25),
  '1,000 steps': workflowOf(1_000, 11),
  'hostile, 500,000 values': `${HEAD}steps: [${'1,'.repeat(500_000)}1]`,
};

/**
 * Checks YAML as the routes do. Meanwhile it measures how long other requests would have to wait.
 * @returns a Markdown table
 */
export async function documentTable(): Promise<string> {
  const registry = new StepRegistry();
  const reader = new DocumentReader({ actions: () => [], registry: () => registry });
  const rows: string[][] = [];
  try {
    for (const [name, yaml] of Object.entries(TEXTS)) {
      const took: number[] = [];
      const delay = monitorEventLoopDelay({ resolution: 1 });
      let result = 'checked';
      for (let round = 0; round < ROUNDS; round += 1) {
        if (round === 1) delay.enable();
        const startedAt = performance.now();
        await reader.analyze(yaml, {}, OWNER).catch((error: unknown) => {
          result = error instanceof Error ? 'refused' : String(error);
        });
        if (round > 0) took.push(performance.now() - startedAt);
      }
      // The delay is measured by a timer, so this waits until it has fired.
      await setTimeout(SETTLE_MS);
      delay.disable();
      rows.push([
        name,
        count(yaml.length),
        result,
        count(Math.max(...took)),
        (delay.max / NS).toFixed(1),
      ]);
    }
  } finally {
    await reader.close();
  }
  const head = ['YAML', 'characters', 'result', 'slowest ms', 'longest delay of the event loop ms'];
  return table(head, rows);
}
