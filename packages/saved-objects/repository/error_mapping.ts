import { StoreError } from '../store/store_error.ts';
import { SavedObjectError } from './saved_object_error.ts';

/** Tells if a store refused a write because its condition does not hold. */
export function isStoreConflict(error: unknown): error is StoreError {
  return error instanceof StoreError && error.code === 'conflict';
}

/**
 * What a repository throws for a failure of its store. A store that cannot be reached and a lost race have codes that callers
 * act upon. A damaged document stays a {@link StoreError}: no caller can do anything about it.
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
        `Saved object [${name}] could not be reached: the store is not available.`,
        details,
        { cause: error },
      );
    case 'conflict':
      return new SavedObjectError(
        'conflict',
        `Saved object [${name}] was changed by somebody else in the meantime.`,
        details,
        { cause: error },
      );
    case 'corrupt':
    case 'incompatible':
      return error;
  }
}
