import type { OAuthClientConfiguration } from '@latchkey/oauth-client';
import { backoffMs } from '@latchkey/saved-objects/coordination';
import type { GrantKey } from '../grants/grant_key.ts';
import type { TokenToRevoke } from '../grants/held_grant.ts';
import { withStateOf } from './exchanged_tokens.ts';
import type { RevocableGrant, RevocationAttributes, RevocationRetry } from './revocation_type.ts';

const BACKOFF = { initialMs: 30_000, maxMs: 60 * 60_000 };
/**
 * Age at which a revocation is given up, in milliseconds. The user is then told to revoke at the
 * provider.
 */
const GIVE_UP_AFTER_MS = 7 * 24 * 60 * 60_000;
/**
 * Minimum number of attempts before a revocation is given up; they take about a day. Age alone is
 * not enough, because the machine may have been suspended for a week, or its clock may have
 * changed.
 */
const MIN_ATTEMPTS = 24;
/**
 * Maximum `Retry-After` that is respected, in milliseconds. It is short enough for the minimum
 * number of attempts within a week.
 */
const MAX_RETRY_AFTER_MS = 6 * 60 * 60_000;

/**
 * Retry state of an entry. It applies to grants that an older version stored without a retry state
 * of their own.
 */
type EntryRetry = Pick<RevocationAttributes, 'attempts' | 'nextAttemptAt' | 'createdAt'>;

/** Tokens to revoke, and the client that can revoke them. */
export interface Revocation {
  readonly key: GrantKey;
  /**
   * Generation of the grant. The tokens are sent only after the grant of this generation has ended
   * or was replaced.
   */
  readonly generation: string;
  readonly configuration: OAuthClientConfiguration;
  /**
   * Tokens in the order in which they are revoked. The refresh token is the first: after its
   * revocation, the access token expires by itself.
   */
  readonly tokens: readonly TokenToRevoke[];
  readonly accountId?: string | undefined;
  /** Space of the connector. */
  readonly spaceId?: string | undefined;
  /** Id of the revocation job that ends the grant and counts the result. Absent: no job does. */
  readonly revocationJobId?: string | undefined;
}

/**
 * Adds a grant at the beginning of the pending grants. Removes pending grants whose tokens are all
 * among the new ones. The new grant takes over the revocation job of a removed grant if it has no
 * job itself, and the retry state of a removed grant with exactly the same tokens.
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
    tokens: withStateOf(
      tokens,
      pending.flatMap((other) => other.tokens),
    ),
  };
  return [added, ...pending.filter((other) => !isSuperseded(other))];
}

/** Removes finished tokens from the pending grants, and grants without tokens. */
export function withoutTokens(
  pending: readonly RevocableGrant[],
  done: ReadonlySet<string>,
): readonly RevocableGrant[] {
  return pending.flatMap((grant) => {
    const tokens = grant.tokens.filter(({ token }) => !done.has(token));
    return tokens.length === 0 ? [] : [{ ...grant, tokens }];
  });
}

/** Returns the retry state of a grant: its own, or that of the entry. */
export function retryOf({ retry }: RevocableGrant, entry: EntryRetry): RevocationRetry {
  const { attempts, nextAttemptAt, createdAt } = entry;
  return retry ?? { attempts, nextAttemptAt, waitingSince: createdAt };
}

/** Stores the retry state of the entry with each grant that has no retry state of its own. */
export function withOwnRetry(
  pending: readonly RevocableGrant[],
  entry: EntryRetry,
): RevocableGrant[] {
  return pending.map((grant) => ({ ...grant, retry: retryOf(grant, entry) }));
}

/** Returns the retry state for a grant whose next attempt begins now. */
export function afterAttempt(retry: RevocationRetry, nowMs: number): RevocationRetry {
  const attempts = retry.attempts + 1;
  const nextAttemptAt = new Date(nowMs + backoffMs(BACKOFF, attempts)).toISOString();
  return { attempts, nextAttemptAt, waitingSince: retry.waitingSince };
}

/**
 * Postpones the next attempt to at least `untilMs`, in milliseconds since the epoch. `undefined`:
 * no pause.
 */
export function notBefore(retry: RevocationRetry, untilMs: number | undefined): RevocationRetry {
  if (untilMs === undefined) return retry;
  const nextMs = Math.max(untilMs, Date.parse(retry.nextAttemptAt));
  return {
    ...retry,
    nextAttemptAt: new Date(nextMs).toISOString(),
    notBefore: new Date(untilMs).toISOString(),
  };
}

/**
 * Returns the instant from which requests to an endpoint are allowed again, in milliseconds since
 * the epoch.
 */
export function retryAfterEnd(delayMs: number, nowMs: number): number {
  return nowMs + Math.min(delayMs, MAX_RETRY_AFTER_MS);
}

/** Returns `true` if the revocation is given up when the current attempt fails. */
export function isExhausted({ attempts, waitingSince }: RevocationRetry, nowMs: number): boolean {
  const ageMs = nowMs - Date.parse(waitingSince);
  return ageMs >= GIVE_UP_AFTER_MS && attempts >= MIN_ATTEMPTS;
}

/** Returns the earliest instant at which one of the grants is due, ISO 8601. */
export function earliestAttempt(pending: readonly RevocableGrant[], entry: EntryRetry): string {
  const times = pending.map((grant) => Date.parse(retryOf(grant, entry).nextAttemptAt));
  return new Date(Math.min(...times)).toISOString();
}
