import type { HistoryEvent } from '../history/events.ts';
import { HistoryIndex, type Violation } from './history_index.ts';

/**
 * Invariants about token owners, ended grants and leaks. They hold on any machine; the others also
 * depend on time.
 */
const NEVER_EXCUSED: readonly number[] = [2, 3, 7];

/**
 * Returns the longest time in milliseconds since the beginning of `round` for which a process could
 * not run, without stops by the harness. A process that is blocked for half of a lease looks dead
 * to all others, so violations after such a stall prove nothing.
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

/** Returns `true` if a stalled machine may be the reason for the violations. */
export function isExcusable(violations: readonly Violation[]): boolean {
  return violations.every(({ invariant }) => !NEVER_EXCUSED.includes(invariant));
}
