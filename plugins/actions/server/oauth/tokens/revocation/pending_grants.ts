import type { OAuthClientConfiguration } from '@latchkey/oauth-client';
import { backoffMs } from '@latchkey/saved-objects/coordination';
import type { GrantKey } from '../grants/grant_key.ts';
import type { TokenToRevoke } from '../grants/held_grant.ts';
import type { RevocableGrant, RevocationAttributes, RevocationRetry } from './revocation_type.ts';

const BACKOFF = { initialMs: 30_000, maxMs: 60 * 60_000 };
/**
 * Time in milliseconds after which no more requests are sent, and the user is told to revoke at the
 * provider.
 */
const GIVE_UP_AFTER_MS = 7 * 24 * 60 * 60_000;
/**
 * Minimum number of attempts before giving up, about a day's work: a machine that slept for a week,
 * or a clock that jumped, has made no attempts in that time.
 */
const MIN_ATTEMPTS = 24;
/**
 * Maximum `Retry-After` that is respected. With it, the minimum number of attempts fits into a
 * week.
 */
const MAX_RETRY_AFTER_MS = 6 * 60 * 60_000;

/** Retry state of an entry. Applies to grants that an older build stored without their own. */
type EntryRetry = Pick<RevocationAttributes, 'attempts' | 'nextAttemptAt' | 'createdAt'>;

/** Tokens to revoke, and the client that can revoke them. */
export interface Revocation {
  readonly key: GrantKey;
  /** Generation of the grant. The grant must stop working here before the revocations are sent. */
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
 * Adds these tokens in front of the pending grants. Tokens that are already there are not kept
 * twice, and keep their backoff.
 */
export function withAdded(
  pending: readonly RevocableGrant[],
  { configuration, accountId, generation, revocationJobId, spaceId, tokens }: Revocation,
  nowMs: number,
): RevocableGrant[] {
  const isSuperseded = (other: RevocableGrant) =>
    other.tokens.every(({ token }) => tokens.some((own) => own.token === token));
  const same = pending.find(
    (other) => isSuperseded(other) && other.tokens.length === tokens.length,
  );
  const jobId = revocationJobId ?? pending.find(isSuperseded)?.revocationJobId;
  const now = new Date(nowMs).toISOString();
  const added: RevocableGrant = {
    configuration,
    ...(accountId === undefined ? {} : { accountId }),
    generation,
    ...(jobId === undefined ? {} : { revocationJobId: jobId }),
    ...(spaceId === undefined ? {} : { spaceId }),
    retry: same?.retry ?? { attempts: 0, nextAttemptAt: now, waitingSince: now },
    tokens: [...tokens],
  };
  return [added, ...pending.filter((other) => !isSuperseded(other))];
}

/** Returns the pending grants without the finished tokens. */
export function withoutTokens(
  pending: readonly RevocableGrant[],
  done: ReadonlySet<string>,
): readonly RevocableGrant[] {
  return pending.flatMap((grant) => {
    const tokens = grant.tokens.filter(({ token }) => !done.has(token));
    return tokens.length === 0 ? [] : [{ ...grant, tokens }];
  });
}

/**
 * Returns the pending grants with other tokens in place of spent ones.
 * @param replacements by the spent token
 */
export function withReplaced(
  pending: readonly RevocableGrant[],
  replacements: ReadonlyMap<string, TokenToRevoke>,
): readonly RevocableGrant[] {
  return pending.map((grant) => ({
    ...grant,
    tokens: grant.tokens.map((token) => replacements.get(token.token) ?? token),
  }));
}

/** Returns the retry state of a grant. */
export function retryOf({ retry }: RevocableGrant, entry: EntryRetry): RevocationRetry {
  const { attempts, nextAttemptAt, createdAt } = entry;
  return retry ?? { attempts, nextAttemptAt, waitingSince: createdAt };
}

/** Gives each grant its own retry state. */
export function withOwnRetry(
  pending: readonly RevocableGrant[],
  entry: EntryRetry,
): RevocableGrant[] {
  return pending.map((grant) => ({ ...grant, retry: retryOf(grant, entry) }));
}

/** Returns the retry state after one more attempt has begun. */
export function afterAttempt(retry: RevocationRetry, nowMs: number): RevocationRetry {
  const attempts = retry.attempts + 1;
  const nextAttemptAt = new Date(nowMs + backoffMs(BACKOFF, attempts)).toISOString();
  return { attempts, nextAttemptAt, waitingSince: retry.waitingSince };
}

/** Postpones the next attempt to `untilMs` at the earliest. `undefined`: no change. */
export function notBefore(retry: RevocationRetry, untilMs: number | undefined): RevocationRetry {
  if (untilMs === undefined) return retry;
  const nextMs = Math.max(untilMs, Date.parse(retry.nextAttemptAt));
  return {
    ...retry,
    nextAttemptAt: new Date(nextMs).toISOString(),
    notBefore: new Date(untilMs).toISOString(),
  };
}

/** Time (milliseconds since the epoch) from which requests to an endpoint are allowed again. */
export function retryAfterEnd(delayMs: number, nowMs: number): number {
  return nowMs + Math.min(delayMs, MAX_RETRY_AFTER_MS);
}

/** Tells if one more failure is the last. */
export function isExhausted({ attempts, waitingSince }: RevocationRetry, nowMs: number): boolean {
  const ageMs = nowMs - Date.parse(waitingSince);
  return ageMs >= GIVE_UP_AFTER_MS && attempts >= MIN_ATTEMPTS;
}

/** Time of the earliest next attempt of these grants. */
export function earliestAttempt(pending: readonly RevocableGrant[], entry: EntryRetry): string {
  const times = pending.map((grant) => Date.parse(retryOf(grant, entry).nextAttemptAt));
  return new Date(Math.min(...times)).toISOString();
}
