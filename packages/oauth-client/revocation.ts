import { type ProviderFailures, parseRetryAfter } from '@latchkey/oauth-providers';
import { type HttpResponse, impliedError, readResponse, statedError } from './http_response.ts';
import { OAuthError, type OAuthErrorCode } from './oauth_error.ts';
import type { ProtocolIo } from './protocol_io.ts';
import { errorOfRules, knownFailures } from './provider_failures.ts';

/** `token_type_hint` of RFC 7009 §2.1. */
export type TokenTypeHint = 'refresh_token' | 'access_token';

/** A token to revoke, without the prefix that stored tokens have for their type. */
export interface TokenToRevoke {
  readonly token: string;
  readonly hint: TokenTypeHint;
}

/**
 * Stores the state of an exchange of a refresh token for an access token that can be revoked. A
 * single-use refresh token is spent by the exchange. If the issued tokens were not stored before
 * they are revoked, a crash would lose them, and they would stay valid.
 */
export interface RevocationExchange {
  /**
   * `true`: an earlier exchange of the token began, and its result is unknown. `invalid_grant` then
   * does not mean that the grant has ended, because the earlier exchange may have spent the token.
   */
  readonly isResultUnknown: boolean;
  /**
   * Called before the exchange. `false`: it must not be made, and the outcome is
   * `failed_transient`.
   */
  readonly begin: () => Promise<boolean>;
  /**
   * Called after the exchange and before the revocation request, with the tokens that replace the
   * exchanged one, in the order in which they are revoked. `false`: no request must be sent, and
   * the outcome is `failed_transient`.
   */
  readonly store: (issued: readonly TokenToRevoke[]) => Promise<boolean>;
}

/** Fetch, clock and signal of a revocation. */
export interface RevocationIo extends ProtocolIo {
  /** Called with the pause that `Retry-After` of a temporary failure asks for, in milliseconds. */
  readonly onRetryAfter?: ((delayMs: number) => void) | undefined;
  /**
   * Steps around the exchange of a refresh token that the endpoint does not accept. Absent: the
   * issued tokens are lost if they cannot be revoked, and the failure is `failed_permanent`, unless
   * the provider left the refresh token valid.
   */
  readonly exchange?: RevocationExchange | undefined;
  /**
   * Called with the cause before a failure is returned, for a log line. Not called if the cause is
   * not known.
   */
  readonly onFailure?: ((cause: RevocationFailureCause) => void) | undefined;
}

/**
 * Cause of a failed revocation: the HTTP status by which the provider refused the request, or the
 * reason why no response was read. Safe to log.
 */
export type RevocationFailureCause =
  | { readonly status: number }
  | { readonly code: OAuthErrorCode };

/** Result of revoking one token. */
export type RevocationOutcome = 'revoked' | 'unsupported' | 'failed_transient' | 'failed_permanent';

/**
 * Result of one revocation request. `wrong_hint`: the endpoint may revoke the same token under the
 * other hint.
 */
export type RevocationVerdict = RevocationOutcome | 'wrong_hint';

/** One revocation request. */
export interface RevocationCall {
  readonly endpoint: string;
  readonly send: () => Promise<Response>;
  /** `true`: the token itself authorizes the request, so a 401 says that it is invalid. */
  readonly isTokenCredential?: boolean;
  /** Statuses without an error name by which the provider rejects a token that has ended. */
  readonly alreadyInvalid?: readonly number[] | undefined;
  /**
   * Failures of the provider. Absent: those of the provider to which the host of the endpoint
   * belongs.
   */
  readonly providerFailures?: ProviderFailures | undefined;
}

/**
 * Sends a revocation request (RFC 7009 §2.1) and reads its response. Sends it once more if the
 * connection was lost: the provider may have closed an idle connection in the same moment, and a
 * repeated revocation has no further effect. Never throws.
 */
export async function requestRevocation(
  call: RevocationCall,
  io: RevocationIo,
): Promise<RevocationVerdict> {
  const { endpoint, isTokenCredential = false, alreadyInvalid = [] } = call;
  try {
    const response = await responseOf(call).catch((error) => {
      if (!isConnectionLost(error)) throw error;
      return responseOf(call);
    });
    if (isTokenCredential && response.status === 401) return 'revoked';
    const known = knownFailures(endpoint, 'revocation', call.providerFailures);
    const own = errorOfRules(response.body, known);
    const error = own?.rule.code ?? reportedError(response);
    if (error === undefined && alreadyInvalid.includes(response.status)) return 'revoked';
    const verdict = judgeRevocation(response.status, error);
    const delayMs = parseRetryAfter(response.retryAfter, io.now());
    if (verdict !== 'failed_transient') return verdict;
    if (delayMs !== undefined) io.onRetryAfter?.(delayMs);
    io.onFailure?.({ status: response.status });
    return verdict;
  } catch (error) {
    // The caller retries and logs the failure. The failure may be a redirect, a host that is not
    // allowed or a missing certificate, which an administrator can correct in the settings.
    if (error instanceof OAuthError) io.onFailure?.({ code: error.code });
    return 'failed_transient';
  }
}

async function responseOf({ endpoint, send }: RevocationCall): Promise<HttpResponse> {
  return readResponse(endpoint, readableAsJson(await send()));
}

const isConnectionLost = (error: unknown): boolean =>
  error instanceof OAuthError && error.code === 'network' && error.responseLost;

function reportedError({ body, isSuccess }: HttpResponse): string | undefined {
  const stated = statedError(body)?.error;
  if (!isSuccess) return stated ?? impliedError(body)?.error;
  // `code` in the body of a success may be `0` or `success`, so only an explicit error counts.
  return stated ?? (saysNotRevoked(body) ? 'unknown_error' : undefined);
}

/** Returns `true` if the body of a success says that nothing was revoked. */
function saysNotRevoked(body: HttpResponse['body']): boolean {
  if (body === undefined) return false;
  const { success, revoked, status, code, errors, error_code: errorCode } = body;
  return (
    success === false ||
    revoked === false ||
    status === 'error' ||
    (Array.isArray(errors) && errors.length > 0) ||
    (typeof errorCode === 'string' && errorCode !== '' && errorCode !== '0') ||
    (typeof code === 'number' && code >= LOWEST_ERROR_CODE)
  );
}

/** Lowest number in `code` that means an error. `0`, `1` and `200` are codes of successes. */
const LOWEST_ERROR_CODE = 400;

/**
 * Removes the content type HTML, which some providers put on a JSON error. An HTML page is still
 * not an error: RFC 7009 §2.2 ignores the body of a success.
 */
function readableAsJson(response: Response): Response {
  const contentType = response.headers.get('content-type') ?? '';
  if (!response.ok || !contentType.toLowerCase().includes('html')) return response;
  const headers = new Headers(response.headers);
  headers.delete('content-type');
  return new Response(response.body, { status: response.status, headers });
}

interface RevocationRule {
  /** Range of HTTP statuses, both ends inclusive. */
  readonly status: readonly [from: number, to: number];
  /** Error codes in lower case. Omitted: any error or none. `none`: the response names no error. */
  readonly errors?: readonly string[] | 'none';
  readonly verdict: RevocationVerdict;
  readonly reason: string;
}

const ALREADY_INVALID = [
  'invalid_token',
  'token_revoked',
  'token_expired',
  'invalid_grant',
  'account_inactive',
];
const TEMPORARY = [
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

/** Outcomes of responses. The first row that matches decides. The last row matches everything. */
const REVOCATION_TABLE: readonly RevocationRule[] = [
  { status: [408, 408], verdict: 'failed_transient', reason: 'the server stopped waiting' },
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
  // The rows below apply when the response names an error or the server rejected the request. Slack
  // and others send errors with HTTP 200.
  {
    status: [200, 499],
    errors: ['unsupported_token_type'],
    verdict: 'wrong_hint',
    reason: 'RFC 7009 §2.2.1: this type cannot be revoked here',
  },
  {
    status: [200, 499],
    errors: ALREADY_INVALID,
    verdict: 'revoked',
    reason: 'Google, Slack and others send it for a token that is already invalid',
  },
  {
    status: [200, 499],
    errors: TEMPORARY,
    verdict: 'failed_transient',
    reason: 'a temporary fault named in the body',
  },
  {
    status: [0, 999],
    verdict: 'failed_transient',
    reason: 'client or request rejected: an administrator or the provider may correct it',
  },
];

function judgeRevocation(status: number, error: string | undefined): RevocationVerdict {
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
