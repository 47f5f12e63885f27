import { SavedObjectError } from '@latchkey/saved-objects';

/** What `write` resolves to; `undefined`: somebody else has written or removed the object meanwhile. @throws SavedObjectError with any other code */
export async function undefinedOnConflict<T>(write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write();
  } catch (error) {
    if (
      error instanceof SavedObjectError &&
      (error.code === 'conflict' || error.code === 'not_found')
    )
      return undefined;
    throw error;
  }
}
