import { StoreError } from '../../store/store_error.ts';

/** Primary result codes, https://www.sqlite.org/rescode.html */
const SQLITE = { BUSY: 5, LOCKED: 6, CORRUPT: 11, NOTADB: 26 } as const;
/**
 * Problem and advice for the operator, by primary result code. The store can recover from all of
 * these without a restart.
 */
const UNAVAILABLE: Readonly<Record<number, string>> = {
  3: 'may not be accessed by this process: check its permissions',
  5: 'stayed locked by another process: find the process that holds it, or try again',
  6: 'stayed locked by another connection: try again',
  7: 'could not be used because memory ran out: give the process or the machine more memory',
  8: 'is read-only for this process: check the permissions of the file and its folder',
  10: 'could not be read or written because the disk reported an error: check the disk',
  13: 'cannot grow because the disk is full: free space on it',
  14: 'cannot be opened: check that its folder exists and is writable for this process',
  15: 'is locked in an unexpected way: do not keep it on a network file system',
  23: 'may not be accessed by this process: check its permissions',
};

/** Returns `true` if another attempt after a short wait can succeed. */
export function isBusy(error: unknown): boolean {
  const code = primaryCode(error);
  return code === SQLITE.BUSY || code === SQLITE.LOCKED;
}

/**
 * Maps an error of SQLite to a {@link StoreError} with a message for the operator. Any other error,
 * such as a mistake in our SQL, is returned unchanged.
 */
export function toStoreError(error: unknown, path: string): unknown {
  if (error instanceof StoreError) return error;
  const code = primaryCode(error);
  if (code === undefined) return error;
  if (code === SQLITE.CORRUPT || code === SQLITE.NOTADB) {
    return new StoreError(
      'corrupt',
      `The database file [${path}] is damaged: restore it from a backup.`,
      { cause: error },
    );
  }
  const reason = UNAVAILABLE[code];
  if (reason === undefined) return error;
  return new StoreError('unavailable', `The database file [${path}] ${reason}.`, { cause: error });
}

/**
 * Returns the primary result code of an SQLite error. `instanceof Error` is not reliable here:
 * errors of Node may come from another realm.
 */
function primaryCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}
