import { parseRetryAfter } from '@latchkey/oauth-providers';
import type { HttpResponse, ReportedError } from './http_response.ts';
import {
  hostOf,
  type IssuedTokens,
  OAuthError,
  type OAuthErrorCode,
  type OAuthFailureKind,
} from './oauth_error.ts';

/** Grant type of a token request. */
export type GrantOperation = 'authorization_code' | 'refresh_token' | 'client_credentials';

/** Grants of a user, who can authorize again. */
export const USER_GRANTS: readonly GrantOperation[] = ['authorization_code', 'refresh_token'];

/** The parts of a failed token response that decide the error code and the kind of failure. */
export interface FailureObservation {
  readonly operation: GrantOperation;
  readonly status: number;
  /** Error code of the response, in lower case. `undefined`: the response names no error. */
  readonly error: string | undefined;
  /**
   * Description of the error, in lower case. May be empty. Compared with the rules, never
   * displayed.
   */
  readonly description: string;
}

/**
 * One row of a failure table. An omitted condition matches everything. The first row that matches
 * decides.
 */
export interface FailureRule {
  readonly when: {
    readonly operations?: readonly GrantOperation[];
    /** Range of HTTP statuses, both ends inclusive. */
    readonly status?: readonly [from: number, to: number];
    /** Error codes of the response in lower case. `none`: the response names no error. */
    readonly errors?: readonly string[] | 'none';
    /** Text that the description contains, in lower case. */
    readonly descriptionHas?: string;
  };
  readonly code: OAuthErrorCode;
  readonly kind: OAuthFailureKind;
  readonly reason: string;
}

/**
 * Rules for the status alone, which are tried before the body is read: a 503 page that mentions
 * `invalid_grant` is still a 503.
 */
export const STATUS_RULES: readonly FailureRule[] = [
  {
    when: { status: [429, 429] },
    code: 'rate_limited',
    kind: 'transient',
    reason: 'RFC 6585 §4: too many requests',
  },
  {
    when: { status: [408, 408] },
    code: 'provider_unavailable',
    kind: 'transient',
    reason: 'the server stopped waiting for the request',
  },
  {
    when: { status: [425, 425] },
    code: 'provider_unavailable',
    kind: 'transient',
    reason: 'RFC 8470: the request may be repeated unchanged',
  },
  {
    when: { status: [500, 599] },
    code: 'provider_unavailable',
    kind: 'transient',
    reason: 'server error',
  },
  {
    when: { status: [300, 399] },
    code: 'redirected',
    kind: 'misconfigured',
    reason: 'credentials are never sent to another address',
  },
];

/**
 * Rules for the error of the response (RFC 6749 §5.2, OpenID Connect Core §3.1.2.6), then for the
 * status. The last row matches everything.
 */
export const ERROR_RULES: readonly FailureRule[] = [
  {
    when: { errors: ['slow_down', 'rate_limited', 'rate_limit_exceeded', 'too_many_requests'] },
    code: 'rate_limited',
    kind: 'transient',
    reason: 'throttling named in the body instead of a 429',
  },
  {
    when: { errors: ['temporarily_unavailable', 'server_error'] },
    code: 'provider_unavailable',
    kind: 'transient',
    reason: 'RFC 6749 §4.1.2.1: a temporary fault',
  },
  {
    when: {
      operations: USER_GRANTS,
      errors: [
        'invalid_grant',
        'bad_refresh_token',
        'invalid_refresh_token',
        'refresh_token_expired',
        'expired_token',
        'token_expired',
        'token_revoked',
        'invalid_token',
      ],
    },
    code: 'invalid_grant',
    kind: 'reauthorize',
    reason: 'RFC 6749 §5.2: the grant is invalid, expired or revoked',
  },
  {
    when: {
      operations: USER_GRANTS,
      errors: ['interaction_required', 'login_required', 'consent_required'],
    },
    code: 'invalid_grant',
    kind: 'reauthorize',
    reason: 'the provider requires a new login or consent of the user',
  },
  {
    when: { operations: USER_GRANTS, errors: ['access_denied'] },
    code: 'access_denied',
    kind: 'reauthorize',
    reason: 'the user or a policy withdrew consent; a new authorization shows which',
  },
  {
    when: { operations: ['client_credentials'], errors: ['access_denied'] },
    code: 'access_denied',
    kind: 'misconfigured',
    reason: 'no user is involved: the provider rejected the client itself',
  },
  {
    when: { operations: ['client_credentials'], errors: ['invalid_grant', 'invalid_token'] },
    code: 'invalid_grant',
    kind: 'misconfigured',
    reason: 'no user is involved: the provider rejected the client itself',
  },
  {
    when: { errors: ['invalid_client', 'unauthorized_client', 'invalid_client_secret'] },
    code: 'invalid_client',
    kind: 'misconfigured',
    reason: 'RFC 6749 §5.2: client id, client secret or rights of the client are wrong',
  },
  {
    when: {
      operations: ['refresh_token'],
      errors: ['invalid_request'],
      descriptionHas: 'please retry the request',
    },
    code: 'provider_unavailable',
    kind: 'transient',
    reason: 'Ory Hydra: the refresh collided with another change of the same grant',
  },
  {
    when: {
      operations: USER_GRANTS,
      errors: ['invalid_scope'],
      descriptionHas: 'no longer has requested consent',
    },
    code: 'invalid_grant',
    kind: 'reauthorize',
    reason: 'Keycloak: the user withdrew consent while the session still exists',
  },
  {
    when: { errors: ['invalid_scope'] },
    code: 'invalid_scope',
    kind: 'misconfigured',
    reason: 'RFC 6749 §5.2: the connector requests a scope that the provider does not grant',
  },
  {
    when: {
      errors: [
        'invalid_request',
        'unsupported_grant_type',
        'unsupported_response_type',
        'invalid_target',
        'redirect_uri_mismatch',
      ],
    },
    code: 'invalid_request',
    kind: 'misconfigured',
    reason: 'RFC 6749 §5.2, RFC 8707 §2: the provider does not support this form of request',
  },
  {
    when: {
      operations: USER_GRANTS,
      errors: [
        'bad_verification_code',
        'bad_auth_code',
        'invalid_code',
        'code_already_used',
        'code_expired',
      ],
    },
    code: 'invalid_grant',
    kind: 'reauthorize',
    reason: 'GitHub and Slack, also on customer hosts: no other provider uses these codes',
  },
  {
    when: { operations: USER_GRANTS, errors: ['unverified_user_email'] },
    code: 'access_denied',
    kind: 'reauthorize',
    reason: 'GitHub, also Enterprise Server: the user must verify an e-mail address first',
  },
  {
    when: {
      errors: [
        'incorrect_client_credentials',
        'bad_client_secret',
        'bad_client_id',
        'invalid_client_id',
      ],
    },
    code: 'invalid_client',
    kind: 'misconfigured',
    reason: 'GitHub and Slack, also on customer hosts',
  },
  {
    when: { errors: ['bad_redirect_uri'] },
    code: 'invalid_request',
    kind: 'misconfigured',
    reason: 'Slack and HubSpot: the redirect URI is not registered',
  },
  {
    when: { errors: ['ratelimited'] },
    code: 'rate_limited',
    kind: 'transient',
    reason: 'Slack, also on customer hosts',
  },
  {
    when: {},
    code: 'provider_error',
    kind: 'misconfigured',
    reason: 'unknown response: an administrator must check the URL and the provider',
  },
];

/**
 * Decides error code and kind of a failed token response. The status rules come first, then
 * `ownRules`, then the rules of the RFCs.
 * @param ownRules rules of the provider, then those of the dialect
 */
export function classifyFailure(
  seen: FailureObservation,
  ownRules: readonly FailureRule[],
): { readonly code: OAuthErrorCode; readonly kind: OAuthFailureKind } {
  const rule = [...STATUS_RULES, ...ownRules, ...ERROR_RULES].find((row) => matches(row, seen));
  // Not reached: the last row of ERROR_RULES matches everything.
  return rule ?? { code: 'provider_error', kind: 'misconfigured' };
}

function matches(rule: FailureRule, seen: FailureObservation): boolean {
  const { operations, status } = rule.when;
  if (operations !== undefined && !operations.includes(seen.operation)) return false;
  if (status !== undefined && (seen.status < status[0] || seen.status > status[1])) return false;
  return matchesError(rule, seen);
}

/**
 * Returns `true` if a response with this error and description meets the conditions of a rule for
 * both.
 */
export function matchesError(
  { when: { errors, descriptionHas } }: FailureRule,
  seen: Pick<FailureObservation, 'error' | 'description'>,
): boolean {
  if (errors === 'none' && seen.error !== undefined) return false;
  if (Array.isArray(errors) && !errors.includes(seen.error)) return false;
  return descriptionHas === undefined || seen.description.includes(descriptionHas);
}

/**
 * Ends of messages that begin with the host of the endpoint, by error code. The texts are fixed:
 * nothing that a provider sent enters a message.
 */
const TEXT: Readonly<Partial<Record<OAuthErrorCode, string>>> = {
  invalid_grant: 'no longer accepts the grant',
  invalid_client: 'rejected the client; check client id, secret and authentication method',
  invalid_request: 'rejected the form of the request; check the OAuth settings',
  invalid_scope: 'does not grant the requested scope',
  access_denied: 'denied access',
  provider_unavailable: 'is temporarily unavailable',
  rate_limited: 'limits the rate of requests',
  redirected: 'redirected the request, which is never followed; check the URL',
  provider_error: 'sent an unknown response; check the URL',
};

/** The token request to which a failed response belongs. */
export interface GrantAttempt {
  readonly operation: GrantOperation;
  /**
   * Rules of the provider, then those of the dialect. They are tried before the rules of the RFCs.
   */
  readonly ownRules: readonly FailureRule[];
  readonly now: Date;
}

/**
 * The error for a response that states a failure.
 * @param issuedTokens valid tokens that a 2xx response contains beside its error
 */
export function responseFailure(
  response: HttpResponse,
  reported: ReportedError | undefined,
  attempt: GrantAttempt,
  issuedTokens?: IssuedTokens,
): OAuthError {
  const { endpoint, status, retryAfter, providerRequestId } = response;
  const { code, kind } = classifyFailure(
    {
      operation: attempt.operation,
      status,
      error: reported?.error,
      description: reported?.description ?? '',
    },
    attempt.ownRules,
  );
  const text = TEXT[code] ?? 'rejected the request';
  return new OAuthError(code, kind, `${hostOf(endpoint)} ${text} (HTTP ${status}).`, {
    status,
    retryAfterMs: parseRetryAfter(retryAfter, attempt.now),
    providerRequestId,
    responseLost: mayBeSpent(status),
    issuedTokens,
  });
}

/**
 * Returns `true` if a refresh token may be spent although the response is a failure: a gateway may
 * have lost the response of a provider that completed the request.
 */
function mayBeSpent(status: number): boolean {
  return status === 502 || status === 504 || status === 408;
}

/**
 * The error for a 2xx response without a readable token. The refresh token or code that was sent
 * may be spent.
 * @param issuedTokens tokens that could still be read from the response
 */
export function unreadableResponse(
  { endpoint, status, isHtml, providerRequestId }: HttpResponse,
  issuedTokens?: IssuedTokens,
): OAuthError {
  const content = isHtml ? 'an HTML page' : 'no usable access token';
  return new OAuthError(
    'malformed_response',
    'transient',
    `${hostOf(endpoint)} returned ${content} where a token was expected (HTTP ${status}).`,
    {
      status,
      providerRequestId,
      responseLost: issuedTokens?.refreshToken === undefined,
      issuedTokens,
    },
  );
}

/** The error for a token of a type that this client must not use (RFC 6749 §7.1). */
export function unsupportedTokenType(
  { endpoint, status, providerRequestId }: HttpResponse,
  issuedTokens: IssuedTokens,
): OAuthError {
  return new OAuthError(
    'unsupported_token_type',
    'misconfigured',
    `${hostOf(endpoint)} issued a token that is not a bearer token; set a token type for the connector if it can be used like one.`,
    { status, providerRequestId, issuedTokens },
  );
}
