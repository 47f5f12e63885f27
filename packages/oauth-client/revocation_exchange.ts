import { type IssuedTokens, OAuthError } from './oauth_error.ts';
import type { RevocationIo, RevocationOutcome, TokenToRevoke } from './revocation.ts';
import type { TokenGrant } from './token_response.ts';

/** Requests of a revocation that needs an access token. */
export interface ExchangeRequests {
  /** Exchanges the refresh token. @throws OAuthError */
  readonly refresh: () => Promise<TokenGrant>;
  /** Revokes an access token. Never throws. */
  readonly revoke: (accessToken: TokenToRevoke) => Promise<RevocationOutcome>;
}

/**
 * Exchanges a refresh token for new tokens, and revokes the new access token. Afterwards a
 * single-use refresh token is spent: a retry with it would get `invalid_grant` although the new
 * tokens are valid. The caller therefore stores the new tokens before they are revoked.
 * @throws the errors of `io.exchange`
 */
export async function revokeByExchange(
  refreshToken: string,
  io: RevocationIo,
  requests: ExchangeRequests,
): Promise<RevocationOutcome> {
  const { exchange } = io;
  if ((await exchange?.begin()) === false) return 'failed_transient';
  const issued = await issuedTokens(refreshToken, io, requests);
  if (typeof issued === 'string') return issued;
  if ((await exchange?.store(issued)) === false) return 'failed_transient';
  const accessToken = issued.find(({ hint }) => hint === 'access_token');
  const outcome =
    accessToken === undefined ? 'failed_transient' : await requests.revoke(accessToken);
  if (outcome !== 'failed_transient' || exchange !== undefined) return outcome;
  const isStillValid = issued.some(({ token }) => token === refreshToken);
  return isStillValid ? outcome : 'failed_permanent';
}

/** Returns the tokens of the exchange, or the outcome of the revocation if there are none. */
async function issuedTokens(
  refreshToken: string,
  io: RevocationIo,
  { refresh }: ExchangeRequests,
): Promise<readonly TokenToRevoke[] | RevocationOutcome> {
  try {
    return replacementsOf(refreshToken, await refresh());
  } catch (error) {
    if (!(error instanceof OAuthError)) return 'failed_transient';
    if (error.retryAfterMs !== undefined) io.onRetryAfter?.(error.retryAfterMs);
    const unusable = error.issuedTokens();
    const stillValid = error.responseLost ? undefined : refreshToken;
    const issued = unusable === undefined ? [] : replacementsOf(stillValid, unusable);
    if (issued.length > 0) return issued;
    io.onFailure?.({ code: error.code });
    return outcomeWithoutTokens(error, io.exchange?.isResultUnknown ?? false);
  }
}

/**
 * Returns the tokens that replace an exchanged refresh token, in the order in which they are
 * revoked.
 * @param refreshToken the exchanged token. `undefined`: it may be spent
 */
function replacementsOf(
  refreshToken: string | undefined,
  { accessToken, refreshToken: next }: IssuedTokens,
): TokenToRevoke[] {
  // RFC 6749 §6: without a new refresh token the one that was sent stays valid.
  const valid = next ?? refreshToken;
  return [
    ...(valid === undefined ? [] : [{ token: valid, hint: 'refresh_token' as const }]),
    ...(accessToken === undefined ? [] : [{ token: accessToken, hint: 'access_token' as const }]),
  ];
}

/**
 * Returns the outcome of a revocation whose exchange issued no tokens.
 * @param isResultUnknown `true`: an earlier exchange of the same token may have issued some
 */
function outcomeWithoutTokens(
  { code, responseLost }: OAuthError,
  isResultUnknown: boolean,
): RevocationOutcome {
  if (code === 'invalid_grant') return isResultUnknown ? 'failed_permanent' : 'revoked';
  // The provider may have issued tokens in a response that was lost. They cannot be revoked.
  return responseLost ? 'failed_permanent' : 'failed_transient';
}
