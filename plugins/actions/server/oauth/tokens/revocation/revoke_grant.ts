import type { OAuthClientConfiguration, RevocationOutcome } from '@latchkey/oauth-client';
import type { ProviderClientFactory } from '../../../types.ts';
import type { GrantEvents } from '../grants/grant_events.ts';
import type { GrantKey } from '../grants/grant_key.ts';
import type { ProviderCircuitBreaker } from './provider_circuit_breaker.ts';
import type { RevocationResult } from './revocation_results.ts';
import type { RevocableGrant, TokenToRevoke } from './revocation_type.ts';

/** Result of one attempt to revoke one grant. */
export interface GrantResult {
  readonly grant: RevocableGrant;
  /** Tokens to retry later. Empty: `result` is final. */
  readonly remaining: readonly TokenToRevoke[];
  /** Combined result of the finished tokens. `undefined`: none has finished yet. */
  readonly result: 'revoked' | RevocationResult | undefined;
  /** `false`: no request was sent to the provider. */
  readonly isSent: boolean;
}

/**
 * Sends one revocation request per token of a grant, in order (RFC 7009). Never throws for a
 * failure of the provider.
 * @throws SavedObjectError when the store cannot tell if there is a new grant
 */
export async function revokeGrant(
  { clients, events }: { readonly clients: ProviderClientFactory; readonly events: GrantEvents },
  request: {
    readonly key: GrantKey;
    readonly grant: RevocableGrant;
    readonly signal: AbortSignal | undefined;
    /** `true`: no request may be sent now, so the token waits. */
    readonly isBlocked: (configuration: OAuthClientConfiguration) => boolean;
    readonly onRetryAfter: (configuration: OAuthClientConfiguration, delayMs: number) => void;
    /** The current configuration of the client, for the tokens of {@link grant}. */
    readonly configuration: OAuthClientConfiguration;
    readonly circuitBreaker: ProviderCircuitBreaker;
    /**
     * Moves these tokens to a new grant if their revocation would also end that grant. `false`:
     * there is no such grant.
     */
    readonly leaveToSuccessor: (tokens: readonly TokenToRevoke[]) => Promise<boolean>;
  },
): Promise<GrantResult> {
  const { key, grant, configuration, signal, circuitBreaker, leaveToSuccessor, isBlocked } =
    request;
  const client = clients.forConfiguration(configuration);
  const onRetryAfter = (delayMs: number) => request.onRetryAfter(configuration, delayMs);
  let isSent = false;
  const remaining: TokenToRevoke[] = [];
  let result: GrantResult['result'] | undefined;
  for (const [index, token] of grant.tokens.entries()) {
    if (isBlocked(configuration)) {
      remaining.push(token);
      continue;
    }
    // Checked before each request: the provider may respond slowly to the first, and the user may
    // authorize again meanwhile.
    if (await leaveToSuccessor([...remaining, ...grant.tokens.slice(index)]))
      return { grant, remaining: [], result: result ?? 'replaced', isSent };
    isSent = true;
    const outcome = await client.revoke(token.token, token.kind, { signal, onRetryAfter });
    circuitBreaker.record(configuration, outcome);
    events.emit({
      type: 'revoked',
      connectorId: key.connectorId,
      profileUid: key.scope === 'per-user' ? key.profileUid : undefined,
      outcome,
      tokenKind: token.kind,
    });
    if (outcome === 'failed_transient') remaining.push(token);
    // The first token decides: after the refresh token is revoked, an access token expires by
    // itself.
    else result ??= resultOf(outcome);
  }
  return {
    grant,
    remaining: remaining,
    result: result ?? (remaining.length > 0 ? undefined : 'failed'),
    isSent,
  };
}

function resultOf(
  outcome: Exclude<RevocationOutcome, 'failed_transient'>,
): 'revoked' | RevocationResult {
  return outcome === 'failed_permanent' ? 'failed' : outcome;
}

/**
 * Combined result of a grant and the grants it superseded. `undefined`: none yet; they wait or were
 * left to a new grant.
 */
export function worstResult(
  grantResults: readonly GrantResult[],
): 'revoked' | Exclude<RevocationResult, 'replaced'> | undefined {
  const results = new Set(grantResults.map(({ result }) => result));
  return (['failed', 'unsupported', 'revoked'] as const).find((result) => results.has(result));
}
