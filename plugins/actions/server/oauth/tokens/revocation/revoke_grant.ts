import type { OAuthClientConfiguration, RevocationOutcome } from '@latchkey/oauth-client';
import type { GrantClients } from '../../../types.ts';
import type { GrantEvents } from '../grants/grant_events.ts';
import type { GrantKey } from '../grants/grant_key.ts';
import type { RevocationFate } from './ending_links.ts';
import type { ProviderPatience } from './provider_patience.ts';
import type { RevocableGrant, TokenToRevoke } from './revocation_type.ts';

/** How one attempt at one grant went. */
export interface GrantResult {
  readonly grant: RevocableGrant;
  /** Tokens to try again later. Empty: `fate` is final. */
  readonly left: readonly TokenToRevoke[];
  readonly fate: 'revoked' | RevocationFate;
}

/**
 * Asks the provider to revoke each token of a grant, in their order and each on its own (RFC 7009). Never throws for the provider's sake.
 * @throws SavedObjectError when nobody can tell whether the grant was replaced
 */
export async function revokeGrant(
  { clients, events }: { readonly clients: GrantClients; readonly events: GrantEvents },
  request: {
    readonly key: GrantKey;
    readonly grant: RevocableGrant;
    readonly signal: AbortSignal | undefined;
    readonly patience: ProviderPatience;
    /** Whether a new grant took its place by now. */
    readonly isReplaced: () => Promise<boolean>;
  },
): Promise<GrantResult> {
  const { key, grant, signal, patience, isReplaced: isReplacedNow } = request;
  const client = clients.forConfiguration(grant.configuration);
  const left: TokenToRevoke[] = [];
  let fate: GrantResult['fate'] | undefined;
  for (const token of grant.tokens) {
    // Asked before each: a provider may take its time with the first, and the person may authorize again meanwhile.
    if (await isReplacedNow()) return { grant, left: [], fate: fate ?? 'replaced' };
    const outcome = await client.revoke(token.token, token.kind, signal);
    patience.note(grant.configuration, outcome === 'failed_transient');
    events.emit({
      type: 'revoked',
      connectorId: key.connectorId,
      profileUid: key.scope === 'per-user' ? key.profileUid : undefined,
      outcome,
      tokenKind: token.kind,
    });
    if (outcome === 'failed_transient') left.push(token);
    // The first token decides: with the refresh token gone, an access token dies by itself.
    else fate ??= fateOf(outcome);
  }
  return { grant, left, fate: fate ?? 'failed' };
}

function fateOf(outcome: Exclude<RevocationOutcome, 'failed_transient'>): GrantResult['fate'] {
  return outcome === 'failed_permanent' ? 'failed' : outcome;
}

/** Whether a new grant takes the place of a waiting one: same client and, as far as both are known, same account. */
export function isReplaced(
  waiting: Pick<RevocableGrant, 'configuration' | 'accountId'>,
  by: Pick<RevocableGrant, 'configuration' | 'accountId'>,
): boolean {
  if (clientOf(waiting.configuration) !== clientOf(by.configuration)) return false;
  return (
    waiting.accountId === undefined ||
    by.accountId === undefined ||
    waiting.accountId === by.accountId
  );
}

/** Who the provider knows the grant's client as. */
function clientOf(configuration: OAuthClientConfiguration): string {
  return configuration.dialect === 'ears'
    ? JSON.stringify([configuration.baseUrl, configuration.provider])
    : JSON.stringify([configuration.tokenEndpoint, configuration.clientId]);
}
