import type { RevocationOutcome } from '@latchkey/oauth-client';
import type { GrantEvents } from '../grants/grant_events.ts';
import type { GrantKey } from '../grants/grant_key.ts';
import type { TokenToRevoke } from '../grants/held_grant.ts';
import type { RevocableGrant } from './revocation_type.ts';

/** Final result of a grant whose tokens were in the outbox, unless it was revoked. */
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

/** Result that the document of the grant records. */
export type RecordedResult = 'revoked' | Exclude<RevocationResult, 'replaced'>;

/** Result of one attempt to revoke one grant. */
export interface GrantResult {
  readonly grant: RevocableGrant;
  /** Tokens to retry later. Empty: `result` is final. */
  readonly remaining: readonly TokenToRevoke[];
  /** Members of `remaining` that replace a token of the grant, by the replaced token. */
  readonly replacements?: ReadonlyMap<string, TokenToRevoke>;
  /** Combined result of the finished tokens. `undefined`: none has finished yet. */
  readonly result: 'revoked' | RevocationResult | undefined;
  /** `false`: no request was sent to the provider. */
  readonly isSent: boolean;
}

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
 * it may be published twice, but it is never lost. A revoked grant is not published: jobs count it
 * as the rest.
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
   * @throws the error of a subscriber; the grant then stays in the outbox
   */
  async publish(revocationJobId: string | undefined, result: RevocationResult): Promise<void> {
    if (revocationJobId === undefined) return;
    for (const listener of this.#listeners) await listener({ revocationJobId, result });
  }
}

/**
 * Combined result of a grant and the grants it superseded. `undefined`: none yet; they wait or a
 * new grant keeps them.
 */
export function worstResult(results: readonly GrantResult[]): RecordedResult | undefined {
  const found = new Set(results.map(({ result }) => result));
  return (['failed', 'unsupported', 'revoked'] as const).find((result) => found.has(result));
}

/** Audits the outcome of revoking tokens of a grant, with one event per token. */
export function emitRevoked(
  events: GrantEvents,
  key: GrantKey,
  {
    outcome,
    tokens,
  }: {
    readonly outcome: RevocationOutcome;
    readonly tokens: readonly Pick<TokenToRevoke, 'kind'>[];
  },
): void {
  const { connectorId } = key;
  const profileUid = key.scope === 'per-user' ? key.profileUid : undefined;
  for (const { kind } of tokens)
    events.emit({ type: 'revoked', connectorId, profileUid, outcome, tokenKind: kind });
}
