import type { Recorder } from './recorder.ts';

const LOOK_EVERY_MS = 50;
/** What it takes to read an answer or to write a beat. */
const TURNS = 8;
/** Shorter ones change nothing: the lease is looked at in hundreds of milliseconds. */
const SHORTEST_MS = 250;

/**
 * Records when this process did not get round although it wanted to: the machine was too busy, or its own work took too long. The checker must be able to tell
 * that from a broken promise. One look is a timer and several turns of the event loop after it, because that is what answers of sockets and beats of leases need, too. A process
 * that was stopped on purpose notices as well; the checker knows about that.
 * @returns ends it
 */
export function watchForStalls(recorder: Recorder, worker: string): () => void {
  let timer: NodeJS.Timeout | undefined;
  let hasEnded = false;
  const look = (): void => {
    const expectedAt = performance.now() + LOOK_EVERY_MS;
    const note = (): void => {
      const lateMs = performance.now() - expectedAt;
      if (lateMs >= SHORTEST_MS) recorder.record({ type: 'stalled', worker, forMs: lateMs });
      if (!hasEnded) look();
    };
    const turn = (left: number): void => {
      if (left === 0) note();
      else setImmediate(turn, left - 1);
    };
    timer = setTimeout(turn, LOOK_EVERY_MS, TURNS).unref();
  };
  look();
  return () => {
    hasEnded = true;
    clearTimeout(timer);
  };
}
