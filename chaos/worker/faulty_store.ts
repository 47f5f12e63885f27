import { type DocumentStore, StoreError } from '@latchkey/saved-objects';
import type { StoreFault } from './protocol.ts';

/** The real store behind a door that can be shut, or can lose answers. */
export class FaultyStore implements DocumentStore {
  mode: StoreFault = 'none';
  readonly #inner: DocumentStore;

  constructor(inner: DocumentStore) {
    this.#inner = inner;
  }

  prepare: DocumentStore['prepare'] = (types) => this.#inner.prepare(types);
  search: DocumentStore['search'] = async (request) => {
    this.#failReads();
    return this.#inner.search(request);
  };
  iterate: DocumentStore['iterate'] = (request) => {
    this.#failReads();
    return this.#inner.iterate(request);
  };
  ping: DocumentStore['ping'] = () => this.#inner.ping();
  close: DocumentStore['close'] = () => this.#inner.close();

  getMany: DocumentStore['getMany'] = async (keys, type) => {
    this.#failReads();
    return this.#inner.getMany(keys, type);
  };

  put: DocumentStore['put'] = async (document, options) => {
    this.#failWrites();
    const stored = await this.#inner.put(document, options);
    this.#loseAnswers();
    return stored;
  };

  delete: DocumentStore['delete'] = async (key, type, options) => {
    this.#failWrites();
    const deleted = await this.#inner.delete(key, type, options);
    this.#loseAnswers();
    return deleted;
  };

  #failReads(): void {
    if (this.mode === 'all') throw away();
  }

  #failWrites(): void {
    if (this.mode === 'all' || this.mode === 'writes') throw away();
  }

  #loseAnswers(): void {
    if (this.mode === 'lost') throw away();
  }
}

function away(): StoreError {
  return new StoreError('unavailable', 'The store is away, because the harness says so.');
}
