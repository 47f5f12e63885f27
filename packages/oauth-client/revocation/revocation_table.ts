import type { RevocationOutcome } from '../types.ts';

/** What an answer of the revocation endpoint means; `other_hint`: the same token may be accepted as the other type. */
export type RevocationVerdict = RevocationOutcome | 'other_hint';

interface RevocationRule {
  /** Inclusive. */
  readonly status: readonly [from: number, to: number];
  /** Lower case; left out: any or none. */
  readonly errors?: readonly string[] | 'none';
  readonly verdict: RevocationVerdict;
  readonly reason: string;
}

/** For a token that is already invalid. */
const ALREADY_DEAD = [
  'invalid_token',
  'token_revoked',
  'token_expired',
  'invalid_grant',
  'account_inactive',
];
const PASSING = [
  'slow_down',
  'temporarily_unavailable',
  'server_error',
  'rate_limited',
  'ratelimited',
  'rate_limit_exceeded',
  'too_many_requests',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
];

/** First match decides; the last row takes all. */
const REVOCATION_TABLE: readonly RevocationRule[] = [
  { status: [408, 408], verdict: 'failed_transient', reason: 'the server gave up waiting' },
  { status: [425, 425], verdict: 'failed_transient', reason: 'RFC 8470: may be repeated' },
  { status: [429, 429], verdict: 'failed_transient', reason: 'too many requests' },
  {
    status: [500, 599],
    verdict: 'failed_transient',
    reason: 'RFC 7009 §2.2.1: the token is assumed to be still valid, retry later',
  },
  {
    status: [200, 299],
    errors: 'none',
    verdict: 'revoked',
    reason: 'RFC 7009 §2.2: also for a token the server does not know',
  },
  // From here on the response named an error, or the request was refused. Slack and others name
  // errors with HTTP 200.
  {
    status: [200, 499],
    errors: ['unsupported_token_type'],
    verdict: 'other_hint',
    reason: 'RFC 7009 §2.2.1: this type cannot be revoked here',
  },
  {
    status: [200, 499],
    errors: ALREADY_DEAD,
    verdict: 'revoked',
    reason: 'Google, Slack and others say it of tokens that are already dead',
  },
  {
    status: [200, 499],
    errors: PASSING,
    verdict: 'failed_transient',
    reason: 'a passing fault told in words',
  },
  {
    status: [0, 999],
    verdict: 'failed_transient',
    reason: 'client or request refused: an administrator or the provider may correct it',
  },
];

/** Reads one answer. */
export function judgeRevocation(status: number, error: string | undefined): RevocationVerdict {
  const rule = REVOCATION_TABLE.find(
    (row) => status >= row.status[0] && status <= row.status[1] && matchesError(row.errors, error),
  );
  return rule?.verdict ?? 'failed_transient';
}

function matchesError(errors: RevocationRule['errors'], error: string | undefined): boolean {
  if (errors === undefined) return true;
  if (errors === 'none') return error === undefined;
  return error !== undefined && errors.includes(error);
}
