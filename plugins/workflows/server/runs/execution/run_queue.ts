import { quotaOwner } from '../store/quota_owner.ts';
import type { StoredRun } from '../store/run_store.ts';
import { FairQueue } from './fair_queue.ts';
import type { Room, RunMemory } from './run_memory.ts';

/** Runs of others that begin before room in memory is kept free for an owner. */
const MAX_OVERTAKES = 20;

/** Members of a run that decide when it can begin. */
export type QueuedRun = Pick<StoredRun, 'profileUid' | 'countedFor' | 'recordCharacters'>;

/** The first run of an owner has no room in memory because of the runs of others. */
interface WaitForRoom {
  readonly owner: string;
  readonly run: QueuedRun;
  /** Runs of others that began meanwhile. */
  readonly overtakes: number;
}

/**
 * Runs of a process that wait until it can execute them. Decides which one begins next: users in
 * turn, the runs of one user in their order, and none for whose records the process has no room.
 * A large run is overtaken by some runs of others; then the room that it needs is kept free.
 */
export class RunQueue {
  readonly #queued = new FairQueue<StoredRun>(quotaOwner);
  /** Runs in execution of each owner. */
  readonly #active = new Map<string, number>();
  readonly #memory: Pick<RunMemory, 'room'>;
  readonly #maxActive: number;
  #activeRuns = 0;
  #wait: WaitForRoom | undefined;

  /** @param maxActive runs that are executed at the same time */
  constructor(memory: Pick<RunMemory, 'room'>, maxActive: number) {
    this.#memory = memory;
    this.#maxActive = maxActive;
  }

  /** Runs that can be executed at the same time in addition to those that are. */
  get free(): number {
    return this.#maxActive - this.#activeRuns;
  }

  /** Tells if a run can begin now. `false`: the run has to wait. */
  hasRoomFor(run: QueuedRun): boolean {
    // Small runs must not overtake a large one of the same owner that waits for memory.
    return !this.#queued.hasUser(quotaOwner(run)) && this.free > 0 && this.#room(run) === 'enough';
  }

  /** Adds a run after those of its owner. */
  push(run: StoredRun): void {
    this.#queued.push(run);
  }

  /** Adds a run before those of its owner. */
  pushFirst(run: StoredRun): void {
    this.#queued.pushFirst(run);
  }

  has(runId: string): boolean {
    return this.#queued.has(runId);
  }

  remove(runId: string): void {
    this.#queued.remove(runId);
    this.#endWait();
  }

  clear(): void {
    this.#queued.clear();
    this.#wait = undefined;
  }

  /**
   * Removes the run that begins next, and counts it. Undefined: none can begin. One owner has at
   * most half of the runs of the process while others have runs in the queue.
   */
  take(): StoredRun | undefined {
    if (this.free <= 0) return undefined;
    const share = Math.max(1, Math.floor(this.#maxActive / 2));
    const next = this.#queued.take(
      (owner) => (this.#active.get(owner) ?? 0) < share,
      (run) => this.#canBegin(run),
    );
    if (next !== undefined) this.begin(next);
    return next;
  }

  /** Counts a run that begins without waiting. */
  begin(run: QueuedRun): void {
    const owner = quotaOwner(run);
    this.#active.set(owner, (this.#active.get(owner) ?? 0) + 1);
    this.#activeRuns += 1;
    if (this.#wait?.owner === owner) this.#wait = undefined;
    else if (this.#wait !== undefined)
      this.#wait = { ...this.#wait, overtakes: this.#wait.overtakes + 1 };
  }

  /** Counts the end of an execution. */
  end(run: QueuedRun): void {
    const owner = quotaOwner(run);
    const left = (this.#active.get(owner) ?? 0) - 1;
    if (left > 0) this.#active.set(owner, left);
    else this.#active.delete(owner);
    this.#activeRuns -= 1;
  }

  /** @param run the first of its owner */
  #canBegin(run: StoredRun): boolean {
    const owner = quotaOwner(run);
    const room = this.#room(run);
    const isWaiting = this.#wait?.owner === owner;
    if (room === 'used_by_others') {
      if (isWaiting || this.#wait === undefined)
        this.#wait = { owner, run, overtakes: this.#wait?.overtakes ?? 0 };
    } else if (isWaiting) this.#wait = undefined;
    return room === 'enough';
  }

  #room(run: QueuedRun): Room {
    const owner = quotaOwner(run);
    const wait = this.#wait;
    const isKept = wait !== undefined && wait.owner !== owner && wait.overtakes >= MAX_OVERTAKES;
    const kept = isKept ? (wait.run.recordCharacters ?? 0) : undefined;
    return this.#memory.room(owner, run.recordCharacters, kept);
  }

  #endWait(): void {
    if (this.#wait !== undefined && !this.#queued.hasUser(this.#wait.owner)) this.#wait = undefined;
  }
}
