import { describe, expect, it } from '@jest/globals';
import type { Task } from '../tasks/index.ts';
import { ClaimWatch } from './claim_watch.ts';

const CLAIM_MS = 30_000;

const aRunningTask = (version: string): Task => ({
  id: 'one',
  version,
  taskType: 'test:task',
  params: {},
  state: {},
  status: 'running',
  runAt: new Date('2030-01-01T00:00:00Z'),
  attempts: 1,
  intervalMs: undefined,
  claim: { id: 'claim', ownerId: 'another process', ms: CLAIM_MS },
});

/** Polls from one instant to another; returns the result of the last poll. */
function look(watch: ClaimWatch, versionAt: (ms: number) => string, span: [number, number]) {
  let dead: readonly Task[] = [];
  for (let at = span[0]; at <= span[1]; at += 3_000)
    dead = watch.findDead([aRunningTask(versionAt(at))], at);
  return dead.length;
}

describe('watching the claims of other processes', () => {
  it('treats a claim as dead when its row did not change for the length of the claim', () => {
    const watch = new ClaimWatch();
    expect(look(watch, () => 'v1', [0, 27_000])).toBe(0);
    expect(look(watch, () => 'v1', [30_000, 30_000])).toBe(1);
  });

  it('G97: gives an owner time for a heartbeat after the machine of both was paused', () => {
    const watch = new ClaimWatch();
    const HOUR_MS = 3_600_000;
    // Paused right before the next heartbeat.
    expect(look(watch, () => 'v1', [0, 9_000])).toBe(0);
    expect(look(watch, () => 'v1', [HOUR_MS, HOUR_MS])).toBe(0);
    expect(look(watch, () => 'v2', [HOUR_MS + 3_000, HOUR_MS + 27_000])).toBe(0);
  });

  it('detects a dead claim when this process polls more rarely than the length of a claim', () => {
    const watch = new ClaimWatch();
    const found = [0, 60_000, 120_000].map((at) => watch.findDead([aRunningTask('v1')], at).length);
    expect(found).toEqual([0, 0, 1]);
  });
});
