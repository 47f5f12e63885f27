import { OAuthError } from '../oauth_error.ts';
import type { Answer } from '../responses/answer.ts';
import type { ReportedError } from '../responses/reported_error.ts';
import type { IssuedTokens, OAuthErrorCode } from '../types.ts';
import { classifyFailure } from './classify_failure.ts';
import type { GrantOperation } from './failure_rule.ts';
import { hostOf } from './host_of.ts';
import { parseRetryAfter } from './retry_after.ts';

/** One attempt at the token endpoint. */
export interface GrantAttempt {
  readonly operation: GrantOperation;
  readonly dialect: 'standard' | 'ears';
  readonly now: Date;
}

/** Completes "HOST …". Fixed words only: nothing a provider wrote gets into a message. */
const TEXT: Readonly<Partial<Record<OAuthErrorCode, string>>> = {
  invalid_grant: 'does not accept the grant any more',
  invalid_client: 'does not accept the client; check client id, secret and authentication method',
  invalid_request: 'does not accept the form of the request; check the OAuth settings',
  invalid_scope: 'does not grant the scope that was asked for',
  access_denied: 'denied access',
  provider_unavailable: 'is not available at the moment',
  rate_limited: 'asks for fewer requests',
  redirected: 'redirected the request, which is never followed; check the URL',
  provider_error: 'gave an answer that is not understood; check the URL',
};

/**
 * The error for a response that holds no usable token.
 * @param issuedTokens tokens that a 2xx response holds beside its error; they are valid
 */
export function answerFailure(
  answer: Answer,
  reported: ReportedError | undefined,
  attempt: GrantAttempt,
  issuedTokens?: IssuedTokens,
): OAuthError {
  const host = hostOf(answer.endpoint);
  const { code, kind } = classifyFailure(
    {
      operation: attempt.operation,
      dialect: attempt.dialect,
      status: answer.status,
      error: reported?.error,
      description: reported?.description ?? '',
    },
    host,
  );
  return new OAuthError(
    code,
    kind,
    `${host} ${TEXT[code] ?? 'refused the request'} (HTTP ${answer.status}).`,
    {
      status: answer.status,
      retryAfterMs: parseRetryAfter(answer.retryAfter, attempt.now),
      providerRequestId: answer.providerRequestId,
      answerLost: mayBeSpent(answer.status),
      issuedTokens,
    },
  );
}

/**
 * The error for a 2xx response without a readable token. The grant may already be consumed.
 * @param issuedTokens tokens that could be read from it nevertheless
 */
export function unreadableAnswer(answer: Answer, issuedTokens?: IssuedTokens): OAuthError {
  const what = answer.isHtml ? 'an HTML page' : 'something without a usable access token';
  return new OAuthError(
    'malformed_response',
    'transient',
    `${hostOf(answer.endpoint)} answered with ${what} where a token was expected (HTTP ${answer.status}).`,
    {
      status: answer.status,
      providerRequestId: answer.providerRequestId,
      answerLost: issuedTokens?.refreshToken === undefined,
      issuedTokens,
    },
  );
}

/** The error for a token of a kind this client must not use (RFC 6749 §7.1). */
export function unsupportedTokenType(answer: Answer, issuedTokens: IssuedTokens): OAuthError {
  return new OAuthError(
    'unsupported_token_type',
    'misconfigured',
    `${hostOf(answer.endpoint)} issued a token that is not a bearer token; set a token type for the connector if it can be used like one.`,
    { status: answer.status, providerRequestId: answer.providerRequestId, issuedTokens },
  );
}

/** A gateway in front may have lost the answer of a provider that did its work. */
function mayBeSpent(status: number): boolean {
  return status === 502 || status === 504 || status === 408;
}
