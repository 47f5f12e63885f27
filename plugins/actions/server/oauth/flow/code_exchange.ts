import { OAuthError, type OAuthErrorCode, type TokenGrant } from '@latchkey/oauth-client';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import type { ProviderClient } from '../strategies/index.ts';
import type { GrantService } from '../tokens/index.ts';
import { FlowError } from './flow_error.ts';
import type { PendingState } from './state_store.ts';

/**
 * Errors of a provider that did not respond or asked for a pause. They are temporary and need no
 * correction.
 */
const TRANSIENT: ReadonlySet<OAuthErrorCode> = new Set([
  'provider_unavailable',
  'rate_limited',
  'network',
  'timeout',
]);

/** Service that revokes tokens which are not stored. */
interface TokenRevocation {
  readonly grants: Pick<GrantService, 'revokeUnused'>;
}

/** A client and the user for whom it exchanges a code. */
export interface Exchange {
  readonly connector: DecryptedConnector;
  readonly client: ProviderClient;
  readonly profileUid: string;
}

/**
 * Exchanges the code. Tokens that arrive but cannot be used are revoked, because they are valid and
 * no other copy exists.
 * @throws FlowError
 */
export async function exchangeCode(
  { connector, client, profileUid }: Exchange,
  { code, pending }: { readonly code: string; readonly pending: PendingState },
  { grants }: TokenRevocation,
): Promise<TokenGrant> {
  const { codeVerifier, redirectUri } = pending;
  if (codeVerifier === undefined) throw new FlowError('state_used');
  try {
    return await client.exchangeCode({ code, codeVerifier, redirectUri });
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    const tokens = error.issuedTokens();
    if (tokens !== undefined) await grants.revokeUnused({ connector, client, profileUid, tokens });
    throw exchangeFailure(error);
  }
}

/**
 * Revokes a grant that will not be stored.
 * @param generation the generation under which it may have been stored after all
 */
export async function discardGrant(
  { connector, client, profileUid }: Exchange,
  { grant, generation }: { readonly grant: TokenGrant; readonly generation?: string },
  { grants }: TokenRevocation,
): Promise<void> {
  const { accessToken, refreshToken, account } = grant;
  const tokens = { accessToken, refreshToken };
  const accountId = account?.id;
  await grants.revokeUnused({
    connector,
    client,
    profileUid,
    tokens,
    generation,
    accountId,
  });
}

function exchangeFailure(cause: OAuthError): FlowError {
  const { code, kind, retryAfterMs } = cause;
  if (code === 'endpoint_not_allowed') return new FlowError('endpoint_not_allowed', { cause });
  if (TRANSIENT.has(code)) return new FlowError('provider_unavailable', { cause, retryAfterMs });
  if (kind !== 'misconfigured') return new FlowError('exchange_failed', { cause });
  // The provider refused, so the fault is not in this server.
  const statusCode = cause.status === undefined ? undefined : 502;
  return new FlowError('connector_misconfigured', { cause, statusCode });
}
