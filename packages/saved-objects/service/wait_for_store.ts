import { backoffMs } from '../coordination/backoff.ts';
import { StoreError } from '../store/store_error.ts';
import type { SavedObjectsLogger } from '../types/saved_objects_logger.ts';

const BACKOFF = { initialMs: 500, maxMs: 10_000 } as const;

/** Dependencies of {@link waitForStore}. */
export interface WaitOptions {
  readonly logger: SavedObjectsLogger;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Signal that ends the waiting with its reason. */
  readonly signal: AbortSignal;
}

/**
 * Runs the work, and repeats it until the store is available: a server often starts before its
 * database. Logs a warning before each wait.
 * @throws any other error of the work, and the reason of the signal after an abort
 */
export async function waitForStore<T>(
  { logger, sleep, signal }: WaitOptions,
  work: () => Promise<T>,
): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    const waitMs = backoffMs(BACKOFF, failures);
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'unavailable') throw error;
      logger.warn(
        `The saved objects store is not available, trying again in ${waitMs / 1000} s. ${error.message}`,
        { error },
      );
    }
    await sleep(waitMs, signal);
  }
}
