import { RunLimitReached } from '@latchkey/workflow-engine';

/** Part of the share of an owner that must be free for a run to begin. */
const ROOM_TO_BEGIN = 1 / 10;

/** Room in memory for a run. Its owner, or those of other runs, may use too much. */
export type Room = 'enough' | 'used_by_owner' | 'used_by_others';

/** The run must leave memory, and continues when there is room. All its results are kept. */
export class NoRoomForRun extends Error {
  constructor() {
    super('The process has no room for the records of the run.');
  }
}

/**
 * Counts the characters of the records that the runs of a process keep in memory. One owner of
 * limits has at most half of them, so that large runs of one user do not delay those of others.
 *
 * Records are counted after they exist, so the runs in memory can exceed the limit. Then runs leave
 * memory before their next step, except the first of the owner or of the process: it always ends.
 */
export class RunMemory {
  readonly #max: number;
  /** Runs in memory that may stay there, those admitted first at the front. */
  readonly #staying = new Set<HeldRecords>();
  readonly #byOwner = new Map<string, number>();
  #total = 0;

  /** @param max characters of all runs; at least twice those of the largest run */
  constructor(max: number) {
    this.#max = max;
  }

  /** Characters of the runs of one owner. */
  get #share(): number {
    return Math.floor(this.#max / 2);
  }

  /**
   * Tells if a run has room to start.
   * @param characters of its records so far; undefined: unknown
   * @param waiting the same of a run that must have room after this one; absent: there is none
   */
  room(owner: string, characters = 0, waiting?: number): Room {
    const needed = this.#needed(characters);
    if ((this.#byOwner.get(owner) ?? 0) + needed > this.#share) return 'used_by_owner';
    const kept = waiting === undefined ? 0 : this.#needed(waiting);
    return this.#total + needed + kept <= this.#max ? 'enough' : 'used_by_others';
  }

  /**
   * Begins to count a run.
   *
   * @param characters of its records so far. Undefined: unknown; it has some room until they are
   * counted, so that few such runs are read at the same time.
   * @param onRoom called when the run needs less than was reserved for it
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

  /** A run that begins needs room for some records, or it would leave memory at once. */
  #needed(characters: number): number {
    return Math.max(this.#limited(characters), this.#share * ROOM_TO_BEGIN);
  }

  /** More would never fit. The run ends by its own limit. */
  #limited(characters: number): number {
    return Math.min(characters, this.#share);
  }

  #mustLeave(held: HeldRecords): boolean {
    const isOver = (this.#byOwner.get(held.owner) ?? 0) > this.#share;
    if (!isOver && this.#total <= this.#max) return false;
    // Memory of runs that are leaving becomes free soon.
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

/** How the memory of a process counts one run. */
interface MemoryOfRun {
  readonly owner: string;
  readonly reserved: number;
  /** Characters that a run must not exceed alone. */
  readonly max: number;
  readonly resize: (by: number) => void;
  readonly mustLeave: () => boolean;
  readonly stay: () => void;
  readonly leave: () => void;
  readonly onRoom: () => void;
}

/** Characters of the records of one run in memory. */
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

  /** Characters that the memory counts. */
  get reserved(): number {
    return this.#reserved;
  }

  /** Characters that the present execution has counted. */
  get used(): number {
    return this.#used;
  }

  /** An execution begins, and counts its records from the first. */
  restart(): void {
    this.#used = 0;
    this.#state = 'reading';
    this.#memory.stay();
  }

  /** Counts a record. @throws RunLimitReached if the run alone has too many */
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
   * Call it when no result of the caller is pending: the run may have to leave memory then.
   * @throws NoRoomForRun always after the first time, so that all branches of the run end
   */
  beginTurn(): void {
    if (this.#state === 'reading') {
      this.#state = 'staying';
      // All earlier records are counted now.
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

  /** The run has left memory. */
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
