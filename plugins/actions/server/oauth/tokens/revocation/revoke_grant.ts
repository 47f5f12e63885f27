import {
  dialectOf,
  type OAuthClientConfiguration,
  type RevocationOutcome,
} from '@latchkey/oauth-client';
import type { ProviderClientFactory } from '../../../types.ts';
import type { GrantEvents } from '../grants/grant_events.ts';
import type { GrantKey } from '../grants/grant_key.ts';
import type { ProviderCircuitBreaker } from './provider_circuit_breaker.ts';
import type { RevocationResult } from './revocation_job_links.ts';
import type { RevocableGrant, TokenToRevoke } from './revocation_type.ts';

/** How one attempt at one grant went. */
export interface GrantResult {
  readonly grant: RevocableGrant;
  /** Tokens to try again later. Empty: `fate` is final. */
  readonly left: readonly TokenToRevoke[];
  /** Combined outcome of the finished tokens; `undefined`: none has finished yet. */
  readonly result: 'revoked' | RevocationResult | undefined;
  /** `false`: the provider was not asked. */
  readonly isSent: boolean;
}

/**
 * Asks the provider to revoke each token of a grant, one request each, in order (RFC 7009). Never
 * throws for a failure of the provider.
 * @throws SavedObjectError when it is unknown if there is a new grant
 */
export async function revokeGrant(
  { clients, events }: { readonly clients: ProviderClientFactory; readonly events: GrantEvents },
  request: {
    readonly key: GrantKey;
    readonly grant: RevocableGrant;
    readonly signal: AbortSignal | undefined;
    /** `true`: no request may be sent now, the token waits. */
    readonly isBlocked: (configuration: OAuthClientConfiguration) => boolean;
    readonly onRetryAfter: (configuration: OAuthClientConfiguration, delayMs: number) => void;
    /** The client's present configuration, for tokens of {@link grant}. */
    readonly configuration: OAuthClientConfiguration;
    readonly timeout: ProviderCircuitBreaker;
    /**
     * Leaves these tokens to a new grant whose revocation also ends them; `false`: there is none.
     */
    readonly postpone: (tokens: readonly TokenToRevoke[]) => Promise<boolean>;
  },
): Promise<GrantResult> {
  const { key, grant, configuration, signal, timeout, postpone, isBlocked } = request;
  const client = clients.forConfiguration(configuration);
  const onRetryAfter = (delayMs: number) => request.onRetryAfter(configuration, delayMs);
  let isSent = false;
  const left: TokenToRevoke[] = [];
  let result: GrantResult['result'] | undefined;
  for (const [index, token] of grant.tokens.entries()) {
    if (isBlocked(configuration)) {
      left.push(token);
      continue;
    }
    // Asked before each: a provider may take its time with the first, and the person may authorize again meanwhile.
    if (await postpone([...left, ...grant.tokens.slice(index)]))
      return { grant, left: [], result: result ?? 'replaced', isSent };
    isSent = true;
    const outcome = await client.revoke(token.token, token.kind, { signal, onRetryAfter });
    timeout.note(configuration, outcome === 'failed_transient');
    events.emit({
      type: 'revoked',
      connectorId: key.connectorId,
      profileUid: key.scope === 'per-user' ? key.profileUid : undefined,
      outcome,
      tokenKind: token.kind,
    });
    if (outcome === 'failed_transient') left.push(token);
    // The first token decides: with the refresh token gone, an access token dies by itself.
    else result ??= resultOf(outcome);
  }
  return { grant, left, result: result ?? (left.length > 0 ? undefined : 'failed'), isSent };
}

function resultOf(
  outcome: Exclude<RevocationOutcome, 'failed_transient'>,
): 'revoked' | RevocationResult {
  return outcome === 'failed_permanent' ? 'failed' : outcome;
}

/**
 * Result for a grant and the grants it superseded. `undefined`: none, they wait or were left to a
 * new grant.
 */
export function worstResult(
  grantResults: readonly GrantResult[],
): 'revoked' | Exclude<RevocationResult, 'replaced'> | undefined {
  const results = new Set(grantResults.map(({ result }) => result));
  return (['failed', 'unsupported', 'revoked'] as const).find((result) => results.has(result));
}

/** Tells if both are one client at the provider. */
export function isSameClient(
  one: OAuthClientConfiguration,
  other: OAuthClientConfiguration,
): boolean {
  return clientOf(one) === clientOf(other);
}

/**
 * The client's credentials as the connector has them now, for a grant that waits. An administrator
 * may have corrected a secret, or the path of the revocation URL. Only for the same client, token
 * URL and revocation origin: tokens are never shown to another (attack 114).
 */
export function withPresentCredentials(
  stored: OAuthClientConfiguration,
  present: OAuthClientConfiguration | undefined,
): OAuthClientConfiguration {
  if (present === undefined || !isSameClient(stored, present)) return stored;
  const isSameTarget = revocationOrigin(stored) === revocationOrigin(present);
  return isSameTarget ? present : stored;
}

function revocationOrigin(configuration: OAuthClientConfiguration): string | undefined {
  const { revocationEndpoint } = dialectOf(configuration);
  return revocationEndpoint === undefined ? undefined : URL.parse(revocationEndpoint)?.origin;
}

/** Identity of the client at the provider. */
function clientOf(configuration: OAuthClientConfiguration): string {
  const { tokenEndpoint, clientId } = dialectOf(configuration);
  return JSON.stringify([tokenEndpoint, clientId]);
}
