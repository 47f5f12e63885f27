import { isConflict } from './saved_object_error.ts';

/** Result of an attempt whose write lost against another writer. */
export const CONFLICT: unique symbol = Symbol('conflict');

/** How {@link retryConflicts} ends. */
export interface RetryConflictsOptions {
  /** Maximum number of attempts, at least 1. */
  readonly attempts: number;
  /** The error to throw when every attempt lost. */
  readonly contended: () => Error;
}

/**
 * Repeats an attempt for as long as it returns {@link CONFLICT}. Each attempt reads anew, decides
 * on what it read and writes on condition that nobody else wrote in between. There is no pause
 * between attempts: of the writers that meet, one always gets through.
 *
 * For one saved object use `SavedObjectsRepository.mutate`, which is built on this. Call this
 * directly when an attempt touches more than one object, or works through a store of its own.
 * @param attempt is called with 1, 2, 3 …
 * @throws what an attempt throws, at once; what `contended` returns when every attempt lost
 */
export async function retryConflicts<T>(
  attempt: (attempt: number) => Promise<T | typeof CONFLICT>,
  { attempts, contended }: RetryConflictsOptions,
): Promise<T> {
  for (let count = 1; count <= attempts; count += 1) {
    const result = await attempt(count);
    if (result !== CONFLICT) return result;
  }
  throw contended();
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
