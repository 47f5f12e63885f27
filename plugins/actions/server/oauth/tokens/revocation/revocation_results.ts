/**
 * Final result of a grant whose tokens were in the outbox. A revoked grant is not reported: it is
 * counted as the rest.
 */
export type RevocationResult =
  /** The provider refused, or could not be reached for too long. */
  | 'failed'
  /** The provider does not support revocation. */
  | 'unsupported'
  /**
   * A new grant of the same account replaced it, and revoking the old grant would have ended the
   * new one.
   */
  | 'replaced';

/** Event: the outbox is about to remove a grant that a revocation job ended. */
export interface RevocationFinished {
  readonly revocationJobId: string;
  readonly result: RevocationResult;
}

/** Resolves when the event is stored. */
export type RevocationFinishedListener = (event: RevocationFinished) => Promise<void>;

/**
 * Publishes the results of revocations to their subscribers, the revocation jobs. The outbox knows
 * none of them. An event is published before its grant is removed from the outbox, so after a crash
 * it may be published twice, but it is never lost.
 */
export class RevocationResults {
  readonly #listeners: RevocationFinishedListener[] = [];

  /** Subscribes for the life of this object. Call it before the outbox begins to work. */
  subscribe(listener: RevocationFinishedListener): void {
    this.#listeners.push(listener);
  }

  /**
   * Resolves when every subscriber has stored the event. `undefined` as job: nobody counts this
   * grant.
   * @throws the error of a subscriber; the grant stays in the outbox then
   */
  async publish(revocationJobId: string | undefined, result: RevocationResult): Promise<void> {
    if (revocationJobId === undefined) return;
    for (const listener of this.#listeners) await listener({ revocationJobId, result });
  }
}
