import { describe, expect, it } from 'vitest';
import { RunCancelled } from '../run/interruptions.ts';
import { TestRun, workflow } from '../run/run.mock.ts';

const CALL = `
- { name: call, type: files.create, connector-id: c1, on-failure: { retry: { max-attempts: 3 }, fallback: [{ name: fix, type: data.set, with: { x: 1 } }], continue: true } }
`;

/** Executes a run that is cancelled while a step calls a service. */
async function cancelledDuringCall(steps: string) {
  const cancel = new AbortController();
  const run = new TestRun(workflow(steps), {
    signal: cancel.signal,
    call: (_, signal) => {
      cancel.abort(new RunCancelled());
      throw signal.reason;
    },
  });
  return { run, outcome: await run.execute() };
}

describe('a cancelled run', () => {
  it('ends without retries, without fallbacks and without later steps', async () => {
    const { run, outcome } = await cancelledDuringCall(CALL);
    expect(outcome).toEqual({ kind: 'ended', status: 'cancelled' });
    expect(run.trace).toEqual([]);
  });

  it('ends in all branches', async () => {
    const { run, outcome } = await cancelledDuringCall(`
- name: all
  type: parallel
  mode: settled
  foreach: [1, 2]
  steps:
    - { name: pause, type: wait, if: "foreach.item : 1", with: { duration: 5s } }
    - { name: call, type: files.create, connector-id: c1 }
`);
    expect(outcome).toEqual({ kind: 'ended', status: 'cancelled' });
    expect(run.trace).toEqual(['all[1]/pause skipped']);
  });

  it.each([
    ['the end of a pause', '- { name: pause, type: wait, with: { duration: 1h } }'],
    ['a user', '- { name: ask, type: waitForInput }'],
    ['a child', '- { name: child, type: workflow.execute, with: { workflow-id: other } }'],
  ])('ends while it waits for %s', async (_, steps) => {
    const run = new TestRun(workflow(steps));
    expect(await run.execute()).toMatchObject({ kind: 'waiting' });
    run.crash();
    const outcome = await run.execute(AbortSignal.abort(new RunCancelled()));
    expect(outcome).toEqual({ kind: 'ended', status: 'cancelled' });
  });
});
