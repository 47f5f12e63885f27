import { describe, expect, it } from 'vitest';
import { TestRun, workflow } from './run.mock.ts';

const later = () => new Promise((resolve) => setImmediate(resolve));

describe('a run with branches that ends at a limit', () => {
  const yaml = workflow(`
- name: all
  type: parallel
  foreach: "{{ inputs.list }}"
  concurrency: 3
  mode: settled
  steps:
    - { name: call, type: files.list, connector-id: c1, with: { n: "\${{ foreach.item }}" } }
`);

  it('waits for calls in progress before it ends, whichever step reaches the limit', async () => {
    const statuses = new Set<string>();
    for (let limit = 1; limit < 4_000; limit += 13) {
      let open = 0;
      const run = new TestRun(yaml, {
        inputs: { list: [1, 2, 3, 4, 5] },
        maxRecordCharacters: limit,
        call: async ({ input }) => {
          open += 1;
          for (let turn = 0; turn < Number(input['n']) * 2; turn += 1) await later();
          open -= 1;
          return input['n'] === 1
            ? { kind: 'failed', error: { type: 'A', message: 'failed' } }
            : { kind: 'completed', output: 1 };
        },
      });
      const outcome = await run.execute();
      const calls = run.calls.length;
      expect({ limit, open }).toEqual({ limit, open: 0 });
      await later();
      expect(run.calls).toHaveLength(calls);
      statuses.add(outcome.kind === 'ended' ? outcome.status : outcome.kind);
    }
    expect([...statuses]).toEqual(['failed', 'completed']);
  });
});

it('a run that is interrupted keeps the results of all calls that it has begun', async () => {
  const interruption = new Error('no room');
  let isLeaving = false;
  const yaml = workflow(`
- name: all
  type: parallel
  branches:
    - { name: a, steps: [{ name: one, type: files.create, connector-id: c1, with: { n: 1 } }, { name: two, type: files.create, connector-id: c1, with: { n: 2 } }] }
    - { name: b, steps: [{ name: three, type: files.create, connector-id: c1, with: { n: 3 } }, { name: four, type: files.create, connector-id: c1, with: { n: 4 } }] }
`);
  const run = new TestRun(yaml, {
    call: async ({ name, input }) => {
      if (name === 'three') {
        isLeaving = true;
        for (let turn = 0; turn < 5; turn += 1) await later();
      }
      return { kind: 'completed', output: input };
    },
    beginTurn: () => {
      if (isLeaving) throw interruption;
    },
  });
  await expect(run.execute()).rejects.toBe(interruption);
  await run.commit();
  run.crash();
  isLeaving = false;
  expect(run.calls.map(({ name }) => name)).toEqual(['one', 'three']);
  expect(await run.execute()).toMatchObject({ kind: 'ended', status: 'completed' });
  expect(run.calls.slice(2).map(({ name }) => name)).toEqual(['two', 'four']);
});
