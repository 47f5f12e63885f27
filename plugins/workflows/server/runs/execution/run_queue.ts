import { quotaOwner } from '../store/quota_owner.ts';
import type { StoredRun } from '../store/run_store.ts';
import { FairQueue } from './fair_queue.ts';
import type { Room, RunMemory } from './run_memory.ts';

/**
 * Number of runs of others that may begin before room in memory is reserved for a waiting owner.
 */
const MAX_OVERTAKES = 20;

/** Members of a run that decide when it can begin. */
export type QueuedRun = Pick<StoredRun, 'profileUid' | 'countedFor' | 'recordCharacters'>;

/** State of an owner whose first run has no room in memory because of runs of others. */
interface WaitForRoom {
  readonly owner: string;
  readonly run: QueuedRun;
  /** Number of runs of others that began meanwhile. */
  readonly overtakes: number;
}

/**
 * Runs of a process that wait until it can execute them. The queue decides which run begins next:
 * users in turn, and the runs of one user in their order. A run only begins if memory has room for
 * its records. A large run may be overtaken by a limited number of runs of others; then the room
 * that it needs is reserved.
 */
export class RunQueue {
  readonly #queued = new FairQueue<StoredRun>(quotaOwner);
  /** Number of runs that are being executed, by owner. */
  readonly #active = new Map<string, number>();
  readonly #memory: Pick<RunMemory, 'room'>;
  readonly #maxActive: number;
  #activeRuns = 0;
  #wait: WaitForRoom | undefined;

  /** @param maxActive maximum number of runs that are executed at the same time */
  constructor(memory: Pick<RunMemory, 'room'>, maxActive: number) {
    this.#memory = memory;
    this.#maxActive = maxActive;
  }

  /** Number of further runs that can be executed at the same time. */
  get free(): number {
    return this.#maxActive - this.#activeRuns;
  }

  /** Returns `true` if a run can begin now. `false`: the run has to wait. */
  hasRoomFor(run: QueuedRun): boolean {
    // Small runs must not overtake a large one of the same owner that waits for memory.
    return !this.#queued.hasUser(quotaOwner(run)) && this.free > 0 && this.#room(run) === 'enough';
  }

  /** Adds a run after the other runs of its owner. */
  push(run: StoredRun): void {
    this.#queued.push(run);
  }

  /** Adds a run before the other runs of its owner. */
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
   * Removes and counts the run that begins next. `undefined`: no run can begin. While others have
   * queued runs, one owner gets at most half of the places of the process.
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

  /** Counts a run that begins without a wait in the queue. */
  begin(run: QueuedRun): void {
    const owner = quotaOwner(run);
    this.#active.set(owner, (this.#active.get(owner) ?? 0) + 1);
    this.#activeRuns += 1;
    if (this.#wait?.owner === owner) this.#wait = undefined;
    else if (this.#wait !== undefined)
      this.#wait = { ...this.#wait, overtakes: this.#wait.overtakes + 1 };
  }

  /** Counts that the execution of a run has ended. */
  end(run: QueuedRun): void {
    const owner = quotaOwner(run);
    const left = (this.#active.get(owner) ?? 0) - 1;
    if (left > 0) this.#active.set(owner, left);
    else this.#active.delete(owner);
    this.#activeRuns -= 1;
  }

  /** @param run first queued run of its owner */
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
