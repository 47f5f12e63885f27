import type { Task } from '../tasks/index.ts';

interface Sighting {
  readonly version: string;
  /** How long this version was watched, in milliseconds. */
  readonly watchedMs: number;
}

/**
 * Finds dead claims: their row did not change for the whole length of a claim, measured by this
 * process with its monotonic clock. A live owner changes the row with every heartbeat. Wall clocks
 * are not compared, so neither a jump nor a difference between machines can end a live claim.
 * | The time between two polls counts for at most half a claim. If it is longer, this process was
 * paused (a paused machine), and so may have been the owner.
 */
export class ClaimWatch {
  #sightings = new Map<string, Sighting>();
  #lookedAt: number | undefined;

  /** @param running all running tasks as read now; what is missing is forgotten */
  findDead(running: readonly Task[], monotonicNow: number): readonly Task[] {
    const sinceLookMs = monotonicNow - (this.#lookedAt ?? monotonicNow);
    this.#lookedAt = monotonicNow;
    const next = new Map<string, Sighting>();
    const dead: Task[] = [];
    for (const task of running) {
      const claimMs = task.claim?.ms ?? 0;
      const before = this.#sightings.get(task.id);
      const watchedMs =
        before?.version === task.version
          ? before.watchedMs + Math.min(sinceLookMs, claimMs / 2)
          : 0;
      next.set(task.id, { version: task.version, watchedMs });
      if (watchedMs >= claimMs) dead.push(task);
    }
    this.#sightings = next;
    return dead;
  }
}
