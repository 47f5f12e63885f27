import { describe, expect, it } from 'vitest';
import { WORKFLOW_TIMINGS } from './workflow_protocol.ts';
import { type WorkflowScriptRequest, writeWorkflowScript } from './workflow_script.ts';

const request = (over: Partial<WorkflowScriptRequest>): WorkflowScriptRequest => ({
  seed: 7,
  round: 1,
  processes: 2,
  runs: 10,
  kills: 0,
  timings: WORKFLOW_TIMINGS,
  ...over,
});

describe('the script of a round', () => {
  it('depends only on its arguments', () => {
    const kills = request({ kills: 25 });
    expect(writeWorkflowScript(kills)).toEqual(writeWorkflowScript(kills));
    expect(writeWorkflowScript(kills)).not.toEqual(writeWorkflowScript({ ...kills, seed: 8 }));
  });

  it('contains all kills of a series, some at random moments and some at points', () => {
    const { injections } = writeWorkflowScript(request({ kills: 40 }));
    const kills = injections.flatMap((each) => (each.type === 'kills' ? each.kills : []));
    expect(kills).toHaveLength(40);
    expect(new Set(kills.map(({ point }) => point === undefined)).size).toBe(2);
    expect(new Set(kills.map(({ worker }) => worker))).toEqual(new Set([0, 1]));
  });

  it('contains one of the three long faults in each round, in turn', () => {
    const faults = [1, 2, 3, 4].map((round) => {
      const { injections } = writeWorkflowScript(request({ round, hasLongFaults: true }));
      return injections.filter(({ type }) => type !== 'slow_service');
    });
    expect(faults).toEqual([
      [expect.objectContaining({ type: 'stop', forMs: 60_000 })],
      [expect.objectContaining({ type: 'outage', mode: 'all', forMs: 30_000 })],
      [expect.objectContaining({ type: 'clock' })],
      [expect.objectContaining({ type: 'stop', forMs: 60_000 })],
    ]);
    const offsets = faults.flat().flatMap((each) => (each.type === 'clock' ? each.offsetMs : []));
    expect(offsets.map(Math.abs)).toEqual([600_000]);
  });
});
