import { RunLimitReached } from '@latchkey/workflow-engine';

/** Fraction of an owner's share of the memory that must be free before a run begins. */
const ROOM_TO_BEGIN = 1 / 10;

/**
 * Room in memory for a run. If there is not enough, the runs of its owner or of others use too
 * much.
 */
export type Room = 'enough' | 'used_by_owner' | 'used_by_others';

/**
 * Thrown when a run must leave memory. The run continues when there is room. All its results are
 * kept.
 */
export class NoRoomForRun extends Error {
  constructor() {
    super('The process has no room for the records of the run.');
  }
}

/**
 * Counts the characters of the records that the runs of a process keep in memory. One owner of
 * limits (see `quota_owner.ts`) gets at most half of the total, so that large runs of one user do
 * not delay those of others.
 *
 * Records are counted after they exist, so the runs in memory can exceed the limit. Then runs leave
 * memory before their next step. The first run of the owner or of the process stays, so that at
 * least one run always completes.
 */
export class RunMemory {
  readonly #max: number;
  /** Runs in memory that may stay there, in the order in which they were admitted. */
  readonly #staying = new Set<HeldRecords>();
  readonly #byOwner = new Map<string, number>();
  #total = 0;

  /** @param max maximum characters of all runs; at least twice the maximum of one run */
  constructor(max: number) {
    this.#max = max;
  }

  /** Maximum characters of the runs of one owner. */
  get #share(): number {
    return Math.floor(this.#max / 2);
  }

  /**
   * Tells if a run has room to start.
   * @param characters characters of the records of the run so far; `undefined`: unknown
   * @param waiting characters of a waiting run that must still have room afterwards; absent: there
   *   is no such run
   */
  room(owner: string, characters = 0, waiting?: number): Room {
    const needed = this.#needed(characters);
    if ((this.#byOwner.get(owner) ?? 0) + needed > this.#share) return 'used_by_owner';
    const kept = waiting === undefined ? 0 : this.#needed(waiting);
    return this.#total + needed + kept <= this.#max ? 'enough' : 'used_by_others';
  }

  /**
   * Begins to count a run.
   * @param characters characters of its records so far. `undefined`: unknown. Some room is reserved
   *   until they are counted, so that only few such runs are read at the same time.
   * @param onRoom called when the run needs less room than was reserved for it
   */
  hold(owner: string, characters: number | undefined, onRoom = () => {}): HeldRecords {
    const reserved = this.#limited(characters ?? Math.floor(this.#share * ROOM_TO_BEGIN));
    const held: HeldRecords = new HeldRecords({
      owner,
      reserved,
      max: this.#share,
      resize: (by) => this.#add(owner, by),
      mustLeave: () => this.#mustLeave(held),
      stay: () => this.#staying.add(held),
      leave: () => this.#staying.delete(held),
      onRoom,
    });
    this.#add(owner, reserved);
    held.restart();
    return held;
  }

  /**
   * Room that a run needs to begin. It includes room for some new records, because a run without it
   * would leave memory immediately.
   */
  #needed(characters: number): number {
    return Math.max(this.#limited(characters), this.#share * ROOM_TO_BEGIN);
  }

  /**
   * Limits a reservation to the share of one owner. A run with more records could never fit; it
   * ends at its own limit.
   */
  #limited(characters: number): number {
    return Math.min(characters, this.#share);
  }

  #mustLeave(held: HeldRecords): boolean {
    const isOver = (this.#byOwner.get(held.owner) ?? 0) > this.#share;
    if (!isOver && this.#total <= this.#max) return false;
    // Runs that are leaving are not counted, because their memory becomes free soon.
    const staying = [...this.#staying];
    const ofOwner = staying.filter(({ owner }) => owner === held.owner);
    return (
      (ofOwner[0] !== held && charactersOf(ofOwner) > this.#share) ||
      (staying[0] !== held && charactersOf(staying) > this.#max)
    );
  }

  #add(owner: string, characters: number): void {
    this.#total += characters;
    const ofOwner = (this.#byOwner.get(owner) ?? 0) + characters;
    if (ofOwner === 0) this.#byOwner.delete(owner);
    else this.#byOwner.set(owner, ofOwner);
  }
}

function charactersOf(runs: readonly HeldRecords[]): number {
  return runs.reduce((sum, { reserved }) => sum + reserved, 0);
}

/** The parts of {@link RunMemory} that the counter of one run uses. */
interface MemoryOfRun {
  readonly owner: string;
  readonly reserved: number;
  /** Maximum characters of one run. */
  readonly max: number;
  readonly resize: (by: number) => void;
  readonly mustLeave: () => boolean;
  readonly stay: () => void;
  readonly leave: () => void;
  readonly onRoom: () => void;
}

/** Counts the characters of the records of one run in memory. */
export class HeldRecords {
  readonly owner: string;
  readonly #memory: MemoryOfRun;
  #reserved: number;
  #used = 0;
  #state: 'reading' | 'staying' | 'leaving' | 'released' = 'reading';

  constructor(memory: MemoryOfRun) {
    this.#memory = memory;
    this.owner = memory.owner;
    this.#reserved = memory.reserved;
  }

  /** Characters that are reserved in the memory of the process. */
  get reserved(): number {
    return this.#reserved;
  }

  /** Characters that the current execution has counted so far. */
  get used(): number {
    return this.#used;
  }

  /** Called when a new execution of the run begins. It counts all records again. */
  restart(): void {
    this.#used = 0;
    this.#state = 'reading';
    this.#memory.stay();
  }

  /**
   * Counts a record.
   * @throws RunLimitReached if the run alone has too many characters
   */
  add(characters: number): void {
    // A call may respond after the run has ended.
    if (this.#state === 'released') return;
    this.#used += characters;
    if (this.#used > this.#reserved) this.#resize(this.#used);
    const { max } = this.#memory;
    if (this.#used > max)
      throw new RunLimitReached(
        'MemoryLimitReached',
        `The inputs and outputs of the run have more than ${max} characters, which the server has for one user.`,
      );
  }

  /**
   * Checks before a step if the run may stay in memory. Call it when the caller has no result that
   * is not stored, because the run may have to leave.
   * @throws NoRoomForRun if the run must leave; from then on each call throws, so that all branches
   *   of the run end
   */
  beginTurn(): void {
    if (this.#state === 'reading') {
      this.#state = 'staying';
      // All earlier records have been counted, so the rest of the reservation is not needed.
      if (this.#used < this.#reserved) {
        this.#resize(this.#used);
        this.#memory.onRoom();
      }
    }
    if (this.#state === 'staying' && this.#memory.mustLeave()) {
      this.#state = 'leaving';
      this.#memory.leave();
    }
    if (this.#state === 'leaving') throw new NoRoomForRun();
  }

  /** Called when the run has left memory. */
  release(): void {
    this.#state = 'released';
    this.#resize(0);
    this.#memory.leave();
  }

  #resize(reserved: number): void {
    this.#memory.resize(reserved - this.#reserved);
    this.#reserved = reserved;
  }
}
