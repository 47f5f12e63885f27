import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CANARY } from '../chaos_settings.ts';
import { readFrom } from '../history/recorder.ts';
import type { StoreUnderChaos } from '../store/store_under_chaos.ts';

/** What workers append to. */
const GROWING = /[.](log|jsonl)$/;

/** Looks for the marker of secrets in everything that workers leave behind. Logs and histories grow for hours, so only what is new is read. */
export class LeakSearch {
  readonly #folder: string;
  readonly #store: StoreUnderChaos;
  readonly #read = new Map<string, number>();

  constructor(folder: string, store: StoreUnderChaos) {
    this.#folder = folder;
    this.#store = store;
  }

  /** @returns files and indices that hold a secret */
  async run(): Promise<readonly string[]> {
    const names = readdirSync(this.#folder).filter((name) => GROWING.test(name));
    return [
      ...names.filter((name) => this.#holdsNewSecret(name)),
      ...(await this.#store.placesOf(CANARY)),
    ];
  }

  /** The files were emptied. */
  forget(): void {
    this.#read.clear();
  }

  #holdsNewSecret(name: string): boolean {
    // A secret may have been written in two parts.
    const from = Math.max(0, (this.#read.get(name) ?? 0) - CANARY.length);
    const bytes = readFrom(join(this.#folder, name), from);
    this.#read.set(name, from + bytes.length);
    return bytes.includes(CANARY);
  }
}
