import type { HistoryEvent } from '../history/events.ts';
import { HistoryIndex, type Violation } from './history_index.ts';

/** Promises about who may see whose token hold on any machine. The others are about time, as well. */
const NEVER_EXCUSED: readonly number[] = [2, 3, 7];

/**
 * The longest time since the beginning of `round` for which a process wanted to run and did not, milliseconds. What the harness stopped on purpose is left out.
 * A process that stands still for half of a lease is, for all others, one that died: what follows says nothing about the promises.
 */
export function maxStallMs(events: readonly HistoryEvent[], round: number): number {
  const historyIndex = new HistoryIndex(events);
  const from = historyIndex.of('round').find((event) => event.round === round)?.at ?? 0;
  const stalls = historyIndex
    .of('stalled')
    .filter(({ at }) => at >= from)
    .map(({ worker, at, forMs }) => forMs - historyIndex.stoppedMs(worker, at - forMs, at));
  return Math.max(0, ...stalls);
}

/** Whether a machine that stood still may be the reason. */
export function isExcusable(violations: readonly Violation[]): boolean {
  return violations.every(({ invariant }) => !NEVER_EXCUSED.includes(invariant));
}
