import type { TokenToRevoke as IssuedToken } from '@latchkey/oauth-client';
import type { TokenToRevoke } from '../grants/held_grant.ts';
import type { RevocableGrant, WaitingToken } from './revocation_type.ts';

/** Results of the exchanges of one attempt. */
export interface TokenExchanges {
  /** Tokens that replace an exchanged refresh token, by that token. */
  readonly issued: ReadonlyMap<string, readonly WaitingToken[]>;
  /** Refresh tokens whose exchange failed, and which are not spent. */
  readonly failed: ReadonlySet<string>;
}

/** Returns `true` if an exchange of one of the grant's tokens may be running in some process. */
export function isExchanging({ tokens }: Pick<RevocableGrant, 'tokens'>, nowMs: number): boolean {
  return tokens.some(({ exchangingUntil }) => Date.parse(exchangingUntil ?? '') > nowMs);
}

/** Returns tokens without the state of their exchange. */
export function withoutExchangeState(tokens: readonly WaitingToken[]): TokenToRevoke[] {
  return tokens.map(({ token, kind }) => ({ token, kind }));
}

/** Keeps the exchange state of tokens that are added to the outbox a second time. */
export function withStateOf(
  tokens: readonly TokenToRevoke[],
  waiting: readonly WaitingToken[],
): WaitingToken[] {
  const known = new Map(waiting.map((token) => [token.token, token]));
  return tokens.map((token) => known.get(token.token) ?? token);
}

/** Returns the tokens of an exchange as they wait in the outbox. */
export function waitingTokensOf(issued: readonly IssuedToken[]): WaitingToken[] {
  const refreshToken = issued.find(({ hint }) => hint === 'refresh_token')?.token;
  return issued.map(({ token, hint }) =>
    hint === 'refresh_token' || refreshToken === undefined
      ? { token, kind: hint }
      : { token, kind: hint, issuedWith: refreshToken },
  );
}

/**
 * Applies the results of exchanges to tokens. Replaces exchanged refresh tokens, removes the access
 * tokens of earlier exchanges, and removes the mark of exchanges that failed. A repetition changes
 * nothing.
 */
export function withExchanges(
  tokens: readonly WaitingToken[],
  { issued, failed }: TokenExchanges,
): WaitingToken[] {
  return tokens.flatMap((token) => {
    const isOutdated =
      token.issuedWith !== undefined &&
      issued.has(token.issuedWith) &&
      tokens.some((other) => other.token === token.issuedWith);
    if (isOutdated) return [];
    const { exchangingUntil: _, ...unmarked } = token;
    return issued.get(token.token) ?? [failed.has(token.token) ? unmarked : token];
  });
}
