import type { DocumentStore } from '@latchkey/saved-objects';
import { ReadThroughCache } from '../cache/index.ts';
import type { ServiceStatus } from '../status/index.ts';
import type { Clock } from '../time/index.ts';

/** Status requests within this time share one look at the store. */
const CACHE_MS = 1000;

/** Asks the store whether reads and writes would work now. */
export function createStoreStatus(
  store: Pick<DocumentStore, 'ping'>,
  clock: Pick<Clock, 'monotonic'>,
): () => Promise<ServiceStatus> {
  const cache = new ReadThroughCache({
    clock,
    ttlMs: CACHE_MS,
    maxEntries: 1,
    load: () => ask(store),
  });
  return () => cache.get('store');
}

async function ask(store: Pick<DocumentStore, 'ping'>): Promise<ServiceStatus> {
  try {
    await store.ping();
    return { level: 'available', summary: 'The store answers.' };
  } catch (error) {
    // The store's message is a sentence for the operator, by contract.
    const summary = Error.isError(error) ? error.message : 'The store does not answer.';
    return { level: 'unavailable', summary };
  }
}
