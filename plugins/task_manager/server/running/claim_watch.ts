import type { Task } from '../tasks/index.ts';

interface Sighting {
  readonly version: string;
  /** Monotonic instant at which this version was first seen. */
  readonly since: number;
}

/**
 * Tells which claims are dead: those whose row this process saw unchanged for the whole length of the claim, by its own
 * monotonic clock. A live owner changes the row with every heartbeat. Wall clocks are not compared, so neither a jump
 * nor a difference between machines can end a live claim.
 */
export class ClaimWatch {
  #sightings = new Map<string, Sighting>();

  /** @param running all running tasks as read now; what is missing is forgotten */
  findDead(running: readonly Task[], monotonicNow: number): readonly Task[] {
    const next = new Map<string, Sighting>();
    const dead: Task[] = [];
    for (const task of running) {
      const before = this.#sightings.get(task.id);
      const sighting =
        before?.version === task.version ? before : { version: task.version, since: monotonicNow };
      next.set(task.id, sighting);
      if (monotonicNow - sighting.since >= (task.claim?.ms ?? 0)) dead.push(task);
    }
    this.#sightings = next;
    return dead;
  }
}
