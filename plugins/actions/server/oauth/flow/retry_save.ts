import type { Clock } from '@latchkey/core/server';
import { SavedObjectError } from '@latchkey/saved-objects';
import { TokenUnavailableError } from '../tokens/index.ts';

/**
 * Pauses between the attempts to store a grant or an outcome, in milliseconds. Retries are needed
 * because the code is already used: otherwise a short outage of the store would force the user to
 * authorize again.
 */
const PAUSES_MS = [200, 1000, 2000];

/** Returns `true` if a failure to store a document may be temporary. */
export function isTransient(error: unknown): boolean {
  return error instanceof TokenUnavailableError || error instanceof SavedObjectError;
}

/**
 * Calls `save` again after transient failures, at most three times.
 * @throws the error of the last attempt
 */
export async function retrySave<T>(
  clock: Pick<Clock, 'sleep'>,
  save: () => Promise<T>,
): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await save();
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
    await clock.sleep(pauseMs);
  }
  return save();
}
