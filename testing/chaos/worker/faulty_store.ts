import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { type DocumentStore, StoreError } from '@latchkey/saved-objects';
import type { StoreFault } from '../plan/protocol.ts';

/** Delay of a slow store, milliseconds. */
const SLOW_MS = 150;

/** Wraps the real store. It can refuse requests, lose responses, or be slow. */
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
    if (this.mode === 'all') throw unavailable();
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

  /** Resolves when every write has ended that was started or prepared before. */
  async whenWritesEnd(): Promise<void> {
    // A document that is encrypted in this turn of the event loop is passed to the store before the
    // next one.
    await nextTurn();
    await Promise.allSettled(this.#writes);
  }

  async #read(): Promise<void> {
    if (this.mode === 'all') throw unavailable();
    if (this.mode === 'slow') await delay(SLOW_MS);
  }

  #write<T>(write: () => Promise<T>): Promise<T> {
    const writing = this.#attempt(write);
    this.#writes.add(writing);
    return writing.finally(() => this.#writes.delete(writing));
  }

  async #attempt<T>(write: () => Promise<T>): Promise<T> {
    if (this.mode === 'all' || this.mode === 'writes') throw unavailable();
    if (this.mode === 'slow') await delay(SLOW_MS);
    const result = await write();
    if (this.mode === 'lost') throw unavailable();
    return result;
  }
}

function unavailable(): StoreError {
  return new StoreError('unavailable', 'The store is unavailable: fault of the harness.');
}
