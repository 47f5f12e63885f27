import type { OAuthClientConfiguration } from '@latchkey/oauth-client';
import type { GrantKey } from '../grants/grant_key.ts';
import type { RevocableGrant, RevocationRetry, TokenToRevoke } from './revocation_type.ts';

/** Tokens to revoke, and the client that can revoke them. */
export interface Revocation {
  readonly key: GrantKey;
  /** Generation of the grant that must stop working here before they are sent. */
  readonly generation: string;
  readonly configuration: OAuthClientConfiguration;
  /** The refresh token comes first: after it is revoked, the access token expires by itself. */
  readonly tokens: readonly TokenToRevoke[];
  readonly accountId?: string | undefined;
  /** Space of the connector. */
  readonly spaceId?: string | undefined;
  /** The revocation job that ends the grant and counts its result. */
  readonly revocationJobId?: string | undefined;
}

/**
 * Adds these tokens in front of the waiting grants. Tokens that are already there are not kept
 * twice.
 */
export function withAdded(
  waiting: readonly RevocableGrant[],
  { configuration, accountId, generation, revocationJobId, spaceId, tokens }: Revocation,
  fresh: RevocationRetry,
): RevocableGrant[] {
  const isSuperseded = (other: RevocableGrant) =>
    other.tokens.every(({ token }) => tokens.some((own) => own.token === token));
  // Tokens that are added again keep their backoff.
  const same = waiting.find(
    (other) => isSuperseded(other) && other.tokens.length === tokens.length,
  );
  const jobId = revocationJobId ?? waiting.find(isSuperseded)?.revocationJobId;
  const added: RevocableGrant = {
    configuration,
    ...(accountId === undefined ? {} : { accountId }),
    generation,
    ...(jobId === undefined ? {} : { revocationJobId: jobId }),
    ...(spaceId === undefined ? {} : { spaceId }),
    retry: same?.retry ?? fresh,
    tokens: [...tokens],
  };
  return [added, ...waiting.filter((other) => !isSuperseded(other))];
}

/** Lists the tokens of a grant that are finished. */
export function tokensDone(grant: RevocableGrant, remaining: readonly TokenToRevoke[]): string[] {
  return grant.tokens
    .map(({ token }) => token)
    .filter((token) => !remaining.some((l) => l.token === token));
}

/** Returns the waiting grants without the finished tokens. */
export function withoutTokens(
  waiting: readonly RevocableGrant[],
  done: ReadonlySet<string>,
): readonly RevocableGrant[] {
  return waiting.flatMap((grant) => {
    const tokens = grant.tokens.filter(({ token }) => !done.has(token));
    return tokens.length === 0 ? [] : [{ ...grant, tokens }];
  });
}
