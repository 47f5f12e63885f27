import type { GrantRecord } from './grants/grant_record.ts';
import { UnconfirmedGrantError } from './grants/token_errors.ts';

/** A write of the new grant that failed, although the store may have made it. */
interface UncertainWrite {
  /** Document before the write. */
  readonly previous: GrantRecord;
  readonly isHeld: boolean;
}

/**
 * State of repeated attempts to store one new grant. The response of a write may be lost. If the
 * user disconnects before the next attempt, that attempt may find no trace of the grant, and must
 * not store it again, because it would undo the disconnect.
 */
export class SaveAttempts {
  readonly #uncertain: UncertainWrite[] = [];

  /**
   * Makes a write, and remembers it if it fails.
   * @param options.isHeld `true`: the grant is stored as held, beside the grant in use
   * @throws the error of `write`
   */
  async write<T>(
    previous: GrantRecord,
    write: () => Promise<T>,
    { isHeld = false } = {},
  ): Promise<T> {
    try {
      return await write();
    } catch (error) {
      this.#uncertain.push({ previous, isHeld });
      throw error;
    }
  }

  /**
   * Must be called before each write, if the document contains no grant of this authorization.
   * @throws UnconfirmedGrantError when an earlier attempt may have stored the grant, which has
   * ended since
   */
  ensureNotStored(connectorId: string, current: GrantRecord | undefined): void {
    if (this.#uncertain.some((write) => !wasNotMade(write, current)))
      throw new UnconfirmedGrantError(connectorId);
  }
}

/**
 * Returns `true` if the document proves that the write was not made. Storing a grant
 * replaces the generation of the document, and no generation is used twice. Holding a grant keeps
 * the generation and changes the version.
 */
function wasNotMade(
  { previous, isHeld }: UncertainWrite,
  current: GrantRecord | undefined,
): boolean {
  // A missing document proves nothing: the grant may have been stored, ended and deleted.
  if (current === undefined) return false;
  return isHeld ? previous.version === current.version : previous.generation === current.generation;
}
