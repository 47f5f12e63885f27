import type { RevocationFailureCause, RevocationOutcome } from '@latchkey/oauth-client';
import type { GrantEvents } from '../grants/grant_events.ts';
import type { GrantKey } from '../grants/grant_key.ts';
import type { TokenToRevoke } from '../grants/held_grant.ts';
import type { TokenExchanges } from './exchanged_tokens.ts';
import type { RevocableGrant, WaitingToken } from './revocation_type.ts';

/** Final result of a grant whose tokens were in the outbox, if it was not revoked. */
export type RevocationResult =
  /** The provider refused, or was unavailable for too long. */
  | 'failed'
  /** The provider does not support revocation. */
  | 'unsupported'
  /**
   * A newer grant of the same account replaced the grant, and revoking the old grant would have
   * ended the new one.
   */
  | 'replaced';

/** Result that is stored in the document of the grant. */
export type RecordedResult = 'revoked' | Exclude<RevocationResult, 'replaced'>;

/** Result of one attempt to revoke one grant. */
export interface GrantResult {
  readonly grant: RevocableGrant;
  /** Tokens to send again later. Empty: `result` is final. */
  readonly remaining: readonly WaitingToken[];
  /** Exchanges of refresh tokens. `grant` contains the issued tokens. Absent: there were none. */
  readonly exchanges?: TokenExchanges;
  /** Result of the finished tokens together. `undefined`: no token is finished yet. */
  readonly result: 'revoked' | RevocationResult | undefined;
  /** `false`: no request was sent to the provider. */
  readonly isSent: boolean;
}

/** The outbox is about to remove a grant that a revocation job has ended. */
export interface RevocationFinished {
  readonly revocationJobId: string;
  readonly result: RevocationResult;
}

/** Receives an event. Resolves when the event is stored. */
export type RevocationFinishedListener = (event: RevocationFinished) => Promise<void>;

/**
 * Publishes the results of revocations to their subscribers. These are revocation jobs, which the
 * outbox does not know. An event is published before its grant is removed from the outbox, so it is
 * never lost, but after a crash it may be published twice. No event is published for a revoked
 * grant: jobs count all grants without an event as revoked.
 */
export class RevocationResults {
  readonly #listeners: RevocationFinishedListener[] = [];

  /**
   * Adds a subscriber, which cannot be removed. Must be called before the outbox begins to work.
   */
  subscribe(listener: RevocationFinishedListener): void {
    this.#listeners.push(listener);
  }

  /**
   * Publishes a result. Resolves when every subscriber has stored it. Does nothing without a job,
   * because nobody counts the grant then.
   * @throws the error of a subscriber; the grant then stays in the outbox
   */
  async publish(revocationJobId: string | undefined, result: RevocationResult): Promise<void> {
    if (revocationJobId === undefined) return;
    for (const listener of this.#listeners) await listener({ revocationJobId, result });
  }
}

/**
 * Returns the result of a grant together with the grants that it superseded. `undefined`: there is
 * no result yet, because they wait, or because a newer grant keeps them.
 */
export function worstResult(results: readonly GrantResult[]): RecordedResult | undefined {
  const found = new Set(results.map(({ result }) => result));
  return (['failed', 'unsupported', 'revoked'] as const).find((result) => found.has(result));
}

/** Writes one audit event for each token of a grant, with the outcome of its revocation. */
export function emitRevoked(
  events: GrantEvents,
  key: GrantKey,
  {
    outcome,
    tokens,
    cause,
  }: {
    readonly outcome: RevocationOutcome;
    readonly tokens: readonly Pick<TokenToRevoke, 'kind'>[];
    readonly cause?: RevocationFailureCause | undefined;
  },
): void {
  const { connectorId } = key;
  const profileUid = key.scope === 'per-user' ? key.profileUid : undefined;
  for (const { kind } of tokens)
    events.emit({ type: 'revoked', connectorId, profileUid, outcome, tokenKind: kind, cause });
}
