import { isConflict } from './saved_object_error.ts';

/** Result of an attempt whose write lost against another writer. */
export const CONFLICT: unique symbol = Symbol('conflict');

/** Limit of {@link retryConflicts}. */
export interface RetryConflictsOptions<T> {
  /** Maximum number of attempts, at least 1. */
  readonly attempts: number;
  /** Called when every attempt lost: throws, or returns the result. */
  readonly contended: () => T;
}

/**
 * Repeats an attempt for as long as it returns {@link CONFLICT}. Each attempt reads anew, decides
 * on what it read and writes on condition that nobody else wrote in between. There is no pause
 * between attempts: of the writers that meet, one always gets through.
 *
 * For one saved object use `SavedObjectsRepository.mutate`, which is built on this. Call this
 * directly when an attempt touches more than one object, or works through a store of its own.
 * @param attempt is called with 1, 2, 3 …
 * @throws what an attempt throws, at once
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
 * The result of one conditional write; `undefined`: the write lost against another writer, so the
 * object is another one by now, or was deleted.
 * @throws what `write` throws for any other reason
 */
export async function unlessConflict<T>(write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write();
  } catch (error) {
    if (isConflict(error)) return undefined;
    throw error;
  }
}
