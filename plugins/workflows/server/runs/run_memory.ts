import { RunLimitReached } from '@latchkey/workflow-engine';

/**
 * Counts the characters of the records that the runs of a process keep in memory. One owner of
 * limits has at most half of them, so that large runs of one user do not end those of others.
 */
export class RunMemory {
  readonly #max: number;
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

  /** Tells if a run can start. @param characters of its records so far */
  fits(owner: string, characters: number): boolean {
    // A run that begins needs room for some records, or it would start only to fail.
    const ofRun = Math.max(this.#limited(characters), this.#share / 10);
    const ofOwner = this.#byOwner.get(owner) ?? 0;
    return ofOwner + ofRun <= this.#share && this.#total + ofRun <= this.#max;
  }

  /** Begins to count a run. @param characters of its records so far */
  hold(owner: string, characters: number): HeldRecords {
    const reserved = this.#limited(characters);
    this.#add(owner, reserved);
    return new HeldRecords(reserved, {
      grow: (by) => this.#grow(owner, by),
      release: (held) => this.#add(owner, -held),
    });
  }

  /** More would never fit. The run ends by its own limit. */
  #limited(characters: number): number {
    return Math.min(characters, this.#share);
  }

  /** @throws RunLimitReached */
  #grow(owner: string, by: number): void {
    const ofOwner = (this.#byOwner.get(owner) ?? 0) + by;
    if (ofOwner > this.#share)
      throw new RunLimitReached(
        'MemoryLimitReached',
        `The inputs and outputs of all executions that the user runs now have more than ${this.#share} characters. Run fewer large ones at the same time.`,
      );
    if (this.#total + by > this.#max)
      throw new RunLimitReached(
        'MemoryLimitReached',
        `The inputs and outputs of all executions that the server runs now have more than ${this.#max} characters. Run this one again later.`,
      );
    this.#add(owner, by);
  }

  #add(owner: string, characters: number): void {
    this.#total += characters;
    const ofOwner = (this.#byOwner.get(owner) ?? 0) + characters;
    if (ofOwner === 0) this.#byOwner.delete(owner);
    else this.#byOwner.set(owner, ofOwner);
  }
}

/** How the memory of a process counts one run. */
interface MemoryOfRun {
  /** @throws RunLimitReached */
  readonly grow: (by: number) => void;
  readonly release: (held: number) => void;
}

/** Characters of the records of one run in memory. */
export class HeldRecords {
  readonly #memory: MemoryOfRun;
  #held: number;
  #used = 0;

  constructor(reserved: number, memory: MemoryOfRun) {
    this.#held = reserved;
    this.#memory = memory;
  }

  /** Characters that the present execution has counted. */
  get used(): number {
    return this.#used;
  }

  /** An execution begins, and counts its records from the first. */
  restart(): void {
    this.#used = 0;
  }

  /** Counts a record. @throws RunLimitReached */
  add(characters: number): void {
    const used = this.#used + characters;
    if (used > this.#held) {
      this.#memory.grow(used - this.#held);
      this.#held = used;
    }
    this.#used = used;
  }

  /** The run has left memory. */
  release(): void {
    this.#memory.release(this.#held);
    this.#held = 0;
  }
}
