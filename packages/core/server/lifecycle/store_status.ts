import type { DocumentStore } from '@latchkey/saved-objects';
import { ReadThroughCache } from '../cache/index.ts';
import type { ServiceStatus } from '../status/index.ts';
import { type Clock, untilOverdue } from '../time/index.ts';

/** Milliseconds during which status requests share one check of the store. */
const CACHE_MS = 1000;
/**
 * Timeout of the check of the store in milliseconds. It is shorter than the timeout of the status
 * service, whose message could not name the cause.
 */
const TIMEOUT_MS = 4000;

/** Creates a status check that tells if reads and writes of the store would work now. */
export function createStoreStatus(
  store: Pick<DocumentStore, 'ping'>,
  clock: Pick<Clock, 'monotonic' | 'sleep'>,
): () => Promise<ServiceStatus> {
  const cache = new ReadThroughCache({
    clock,
    ttlMs: CACHE_MS,
    maxEntries: 1,
    load: () => ask(store, clock),
  });
  return () => cache.get('store');
}

async function ask(
  store: Pick<DocumentStore, 'ping'>,
  clock: Pick<Clock, 'monotonic' | 'sleep'>,
): Promise<ServiceStatus> {
  const responded = new AbortController();
  const late = untilOverdue(clock, TIMEOUT_MS, responded.signal).then(() =>
    unavailable(
      `The store did not respond within ${TIMEOUT_MS / 1000} seconds: it is overloaded or stopped, or the network to it is slow.`,
    ),
  );
  late.catch(() => undefined);
  const told = store.ping().then(
    (): ServiceStatus => ({ level: 'available', summary: 'The store responds.' }),
    // The message of a store error is a sentence for the operator.
    (error: unknown) =>
      unavailable(Error.isError(error) ? error.message : 'The store does not respond.'),
  );
  try {
    return await Promise.race([told, late]);
  } finally {
    responded.abort();
  }
}

const unavailable = (summary: string): ServiceStatus => ({ level: 'unavailable', summary });
