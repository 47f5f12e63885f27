import { StoreError } from '../store/store_error.ts';
import type { SavedObjectsLogger } from './saved_objects_logger.ts';

const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 10_000;

/** How a start waits. */
export interface WaitOptions {
  readonly logger: SavedObjectsLogger;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly signal: AbortSignal;
}

/**
 * Repeats the work until the store can be reached, saying so each time: a server often starts before its database does.
 * @throws whatever else the work throws, and the signal's reason once aborted
 */
export async function waitForStore<T>(
  { logger, sleep, signal }: WaitOptions,
  work: () => Promise<T>,
): Promise<T> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, MAX_WAIT_MS)) {
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
