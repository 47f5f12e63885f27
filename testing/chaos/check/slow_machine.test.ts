import { describe, expect, it } from 'vitest';
import type { HistoryEvent } from '../history/events.ts';
import { isExcusable, maxStallMs } from './slow_machine.ts';

const round = (at: number, number: number): HistoryEvent => ({
  at,
  type: 'round',
  round: number,
  script: undefined,
});
const stalled = (at: number, forMs: number): HistoryEvent => ({
  at,
  type: 'stalled',
  worker: 'w1.1',
  forMs,
});

describe('the tolerances for a slow machine', () => {
  it('depend on the longest stall of the round, not on earlier ones', () => {
    const events = [round(0, 1), stalled(900, 800), round(1_000, 2), stalled(2_000, 300)];
    expect(maxStallMs(events, 2)).toBe(300);
    expect(maxStallMs(events, 1)).toBe(800);
  });

  it('do not count the time in which the harness stopped a process', () => {
    const events: HistoryEvent[] = [
      round(0, 1),
      { at: 100, type: 'stopped', worker: 'w1.1' },
      { at: 1_100, type: 'continued', worker: 'w1.1' },
      stalled(1_150, 1_060),
    ];
    expect(maxStallMs(events, 1)).toBe(60);
  });

  it('never excuse violations about token owners, ended grants and leaks', () => {
    const violation = (invariant: 1 | 2 | 3 | 4 | 5 | 6 | 7) => ({
      invariant,
      sentence: '',
      about: [],
    });
    expect(isExcusable([violation(1), violation(4)])).toBe(true);
    for (const invariant of [2, 3, 7] as const)
      expect(isExcusable([violation(1), violation(invariant)])).toBe(false);
  });
});
