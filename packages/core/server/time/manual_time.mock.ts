import { createHash } from 'node:crypto';
import type { Clock, Randomness } from './types.ts';

interface Sleeper {
  readonly wakeAt: number;
  readonly wake: () => void;
}

/**
 * A clock that moves only when a test advances it. Sleepers wake in order. It moves by whole
 * milliseconds: with fractions (a jittered pause), the sum of several sleeps could end just before
 * the instant that a test expects.
 */
export class ManualClock implements Clock {
  #wall: number;
  #monotonic = 0;
  #sleepers: Sleeper[] = [];

  constructor(start: Date = new Date('2030-01-01T00:00:00Z')) {
    this.#wall = start.getTime();
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  /** Number of callers that sleep now. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const sleeper: Sleeper = { wakeAt: this.#monotonic + Math.ceil(ms), wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      });
    });
  }

  /** Moves both clocks and lets all woken callers run until they sleep again. */
  async advance(ms: number): Promise<void> {
    const target = this.#monotonic + Math.ceil(ms);
    for (;;) {
      await runPending();
      const next = this.#sleepers
        .filter((s) => s.wakeAt <= target)
        .sort((a, b) => a.wakeAt - b.wakeAt)[0];
      if (next === undefined) break;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#move(Math.max(0, next.wakeAt - this.#monotonic));
      next.wake();
    }
    this.#move(target - this.#monotonic);
    await runPending();
  }

  /** Moves only the wall clock, as an administrator or NTP would. */
  jumpWall(ms: number): void {
    this.#wall += Math.ceil(ms);
  }

  #move(ms: number): void {
    this.#wall += ms;
    this.#monotonic += ms;
  }
}

/**
 * Turns of the event loop for one sleeper. Each write, and each read of a cached document, takes
 * one.
 */
const TURNS = 20;

/** Runs the callbacks of pending promises and of I/O. */
async function runPending(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Repeatable randomness: the same seed gives the same sequence. Do not use it in production. */
export function seededRandomness(seed = 'seed'): Randomness {
  let count = 0;
  const block = (): Buffer => createHash('sha256').update(`${seed}:${count++}`).digest();
  const bytes = (length: number): Buffer => {
    const blocks: Buffer[] = [];
    for (let have = 0; have < length; have += 32) blocks.push(block());
    return Buffer.concat(blocks).subarray(0, length);
  };
  return {
    bytes,
    uuid: () => {
      const hex = bytes(16).toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
    fraction: () => bytes(4).readUInt32BE() / 2 ** 32,
  };
}
