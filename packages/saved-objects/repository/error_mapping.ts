import { StoreError } from '../store/store_error.ts';
import { SavedObjectError } from './saved_object_error.ts';

/** Returns `true` if a store refused a write because its condition is not met. */
export function isStoreConflict(error: unknown): error is StoreError {
  return error instanceof StoreError && error.code === 'conflict';
}

/**
 * Maps an error of the store to the error that a repository throws. An unavailable store and a
 * conflict get codes that callers handle. A damaged document stays a {@link StoreError}, because no
 * caller can handle it. Other errors are returned unchanged.
 */
export function toSavedObjectError(
  error: unknown,
  details: { readonly type: string; readonly id?: string },
): unknown {
  if (!(error instanceof StoreError)) return error;
  const name = details.id === undefined ? details.type : `${details.type}/${details.id}`;
  switch (error.code) {
    case 'unavailable':
      return new SavedObjectError(
        'store_unavailable',
        `Saved object [${name}] cannot be read or written: the store is not available.`,
        details,
        { cause: error },
      );
    case 'conflict':
      return new SavedObjectError(
        'conflict',
        `Saved object [${name}] was changed by another request since it was read.`,
        details,
        { cause: error },
      );
    case 'corrupt':
    case 'incompatible':
      return error;
  }
}
