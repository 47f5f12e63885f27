import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CANARY, readFrom } from '../history/recorder.ts';
import type { StoreUnderChaos } from '../store/store_under_chaos.ts';

/** Files to which workers append. */
const GROWING = /[.](log|jsonl)$/;

/**
 * Searches everything that workers write for the marker of secrets. Logs and histories grow for
 * hours, so only content that is new since the last search is read.
 */
export class LeakSearch {
  readonly #folder: string;
  readonly #store: StoreUnderChaos;
  readonly #read = new Map<string, number>();

  constructor(folder: string, store: StoreUnderChaos) {
    this.#folder = folder;
    this.#store = store;
  }

  /**
   * Searches all places for secrets.
   * @returns files and indices that contain a secret
   */
  async run(): Promise<readonly string[]> {
    const names = readdirSync(this.#folder).filter((name) => GROWING.test(name));
    return [
      ...names.filter((name) => this.#holdsNewSecret(name)),
      ...(await this.#store.placesOf(CANARY)),
    ];
  }

  /** Makes the next search begin at the start of the files. Call it after they were emptied. */
  reset(): void {
    this.#read.clear();
  }

  #holdsNewSecret(name: string): boolean {
    // A secret may have been written in two parts, so the search begins a little earlier.
    const from = Math.max(0, (this.#read.get(name) ?? 0) - CANARY.length);
    const bytes = readFrom(join(this.#folder, name), from);
    this.#read.set(name, from + bytes.length);
    return bytes.includes(CANARY);
  }
}
