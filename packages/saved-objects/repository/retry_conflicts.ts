import { isConflict } from './saved_object_error.ts';

/** Result of an attempt whose write failed because of a conflict. */
export const CONFLICT: unique symbol = Symbol('conflict');

/** Options of {@link retryConflicts}. */
export interface RetryConflictsOptions<T> {
  /** Maximum number of attempts, at least 1. */
  readonly attempts: number;
  /** Called after the last attempt had a conflict. Throws an error or returns the result. */
  readonly contended: () => T;
}

/**
 * Repeats an attempt while it returns {@link CONFLICT}. Each attempt reads the object again,
 * decides what to write, and writes on condition that the object did not change since the read.
 * Attempts follow each other without a pause, because in every conflict one writer succeeds.
 *
 * For one saved object use `SavedObjectsRepository.mutate`, which uses this loop. Call this
 * function directly when an attempt changes several objects, or uses its own store.
 * @param attempt is called with the number of the attempt: 1, 2, 3 …
 * @throws the error of an attempt, without further attempts
 */
export async function retryConflicts<T>(
  attempt: (attempt: number) => Promise<T | typeof CONFLICT>,
  { attempts, contended }: RetryConflictsOptions<T>,
): Promise<T> {
  for (let count = 1; count <= attempts; count += 1) {
    const result = await attempt(count);
    if (result !== CONFLICT) return result;
  }
  return contended();
}

/**
 * Returns the result of one conditional write. `undefined`: another writer changed or deleted the
 * object first.
 * @throws any error of `write` other than a conflict
 */
export async function unlessConflict<T>(write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write();
  } catch (error) {
    if (isConflict(error)) return undefined;
    throw error;
  }
}
