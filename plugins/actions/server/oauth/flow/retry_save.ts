import type { Clock } from '@latchkey/core/server';
import { SavedObjectError } from '@latchkey/saved-objects';
import { TokenUnavailableError } from '../tokens/index.ts';

/**
 * Pauses between tries to store a grant or an outcome, in milliseconds. The code is used already,
 * so a short store outage would force the user to authorize again.
 */
const PAUSES_MS = [200, 1000, 2000];

/** Tells if a failure to store something can be over soon. */
export function isTransient(error: unknown): boolean {
  return error instanceof TokenUnavailableError || error instanceof SavedObjectError;
}

/**
 * Repeats `save` after transient failures, at most 3 times.
 * @throws the error of the last try
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
