import type { Recorder } from './recorder.ts';

const OBSERVE_EVERY_MS = 50;
/** Number of turns of the event loop that reading a response or writing a heartbeat takes. */
const TURNS = 8;
/**
 * Shortest stall to record, in milliseconds. A shorter one has no effect, because leases are
 * checked at intervals of hundreds of milliseconds.
 */
const SHORTEST_MS = 250;

/**
 * Records when this process could not run, because the machine was too busy or its own work took
 * too long. The checker must distinguish this from a violation. One observation is a timer and
 * several turns of the event loop after it, because socket responses and heartbeats need those
 * turns too. A process that the harness stopped is recorded as well; the checker takes that into
 * account.
 * @returns function that ends the observation
 */
export function watchForStalls(recorder: Recorder, worker: string): () => void {
  let timer: NodeJS.Timeout | undefined;
  let hasEnded = false;
  const observe = (): void => {
    const expectedAt = performance.now() + OBSERVE_EVERY_MS;
    const recordStall = (): void => {
      const lateMs = performance.now() - expectedAt;
      if (lateMs >= SHORTEST_MS) recorder.record({ type: 'stalled', worker, forMs: lateMs });
      if (!hasEnded) observe();
    };
    const turn = (left: number): void => {
      if (left === 0) recordStall();
      else setImmediate(turn, left - 1);
    };
    timer = setTimeout(turn, OBSERVE_EVERY_MS, TURNS).unref();
  };
  observe();
  return () => {
    hasEnded = true;
    clearTimeout(timer);
  };
}
