import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { type DocumentStore, StoreError } from '@latchkey/saved-objects';
import type { StoreFault } from './protocol.ts';

/** How late a slow store answers, milliseconds. */
const SLOW_MS = 150;

/** The real store behind a door that can be shut, can lose answers, or is slow. */
export class FaultyStore implements DocumentStore {
  mode: StoreFault = 'none';
  readonly #inner: DocumentStore;
  readonly #writes = new Set<Promise<unknown>>();

  constructor(inner: DocumentStore) {
    this.#inner = inner;
  }

  prepare: DocumentStore['prepare'] = (types) => this.#inner.prepare(types);
  search: DocumentStore['search'] = async (request) => {
    await this.#read();
    return this.#inner.search(request);
  };
  iterate: DocumentStore['iterate'] = (request) => {
    if (this.mode === 'all') throw away();
    return this.#inner.iterate(request);
  };
  ping: DocumentStore['ping'] = () => this.#inner.ping();
  close: DocumentStore['close'] = () => this.#inner.close();

  getMany: DocumentStore['getMany'] = async (keys, type) => {
    await this.#read();
    return this.#inner.getMany(keys, type);
  };

  put: DocumentStore['put'] = (document, options) =>
    this.#write(() => this.#inner.put(document, options));

  delete: DocumentStore['delete'] = (key, type, options) =>
    this.#write(() => this.#inner.delete(key, type, options));

  /** Resolves when every write has ended that was begun, or prepared, before. */
  async settle(): Promise<void> {
    // What was encrypted in this turn is handed over before the next one.
    await nextTurn();
    await Promise.allSettled(this.#writes);
  }

  async #read(): Promise<void> {
    if (this.mode === 'all') throw away();
    if (this.mode === 'slow') await delay(SLOW_MS);
  }

  #write<T>(write: () => Promise<T>): Promise<T> {
    const writing = this.#attempt(write);
    this.#writes.add(writing);
    return writing.finally(() => this.#writes.delete(writing));
  }

  async #attempt<T>(write: () => Promise<T>): Promise<T> {
    if (this.mode === 'all' || this.mode === 'writes') throw away();
    if (this.mode === 'slow') await delay(SLOW_MS);
    const result = await write();
    if (this.mode === 'lost') throw away();
    return result;
  }
}

function away(): StoreError {
  return new StoreError('unavailable', 'The store is away, because the harness says so.');
}
