import type { OAuthClientConfiguration } from '@latchkey/oauth-client';
import type { GrantKey } from '../grants/grant_key.ts';
import type { RevocableGrant, RevocationRetry, TokenToRevoke } from './revocation_type.ts';

/** Tokens on their way to be revoked, and where. */
export interface Revocation {
  readonly key: GrantKey;
  /** Generation of the grant that must stop working here before they are sent. */
  readonly generation: string;
  readonly configuration: OAuthClientConfiguration;
  /** The refresh token first: without it the access token dies anyway. */
  readonly tokens: readonly TokenToRevoke[];
  readonly accountId?: string | undefined;
  /** Of the connector. */
  readonly spaceId?: string | undefined;
  /** The run that ends the grant, which counts what becomes of it. */
  readonly revocationJobId?: string | undefined;
}

/** What waits already, and these tokens in front; the same tokens are not kept twice. */
export function withAdded(
  waiting: readonly RevocableGrant[],
  { configuration, accountId, generation, revocationJobId, spaceId, tokens }: Revocation,
  fresh: RevocationRetry,
): RevocableGrant[] {
  const isSuperseded = (other: RevocableGrant) =>
    other.tokens.every(({ token }) => tokens.some((mine) => mine.token === token));
  // The same tokens again keep their backoff.
  const same = waiting.find(
    (other) => isSuperseded(other) && other.tokens.length === tokens.length,
  );
  const run = revocationJobId ?? waiting.find(isSuperseded)?.revocationJobId;
  const added: RevocableGrant = {
    configuration,
    ...(accountId === undefined ? {} : { accountId }),
    generation,
    ...(run === undefined ? {} : { revocationJobId: run }),
    ...(spaceId === undefined ? {} : { spaceId }),
    retry: same?.retry ?? fresh,
    tokens: [...tokens],
  };
  return [added, ...waiting.filter((other) => !isSuperseded(other))];
}

/** Those of a grant that are not left to do. */
export function tokensDone(grant: RevocableGrant, left: readonly TokenToRevoke[]): string[] {
  return grant.tokens
    .map(({ token }) => token)
    .filter((token) => !left.some((l) => l.token === token));
}

/** What is left of those that wait once these tokens are done with. */
export function withoutTokens(
  waiting: readonly RevocableGrant[],
  done: ReadonlySet<string>,
): readonly RevocableGrant[] {
  return waiting.flatMap((grant) => {
    const tokens = grant.tokens.filter(({ token }) => !done.has(token));
    return tokens.length === 0 ? [] : [{ ...grant, tokens }];
  });
}
