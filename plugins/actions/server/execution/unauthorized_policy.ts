import {
  type EgressClient,
  type EgressRequest,
  type EgressResponse,
  isReplayableBody,
} from '@latchkey/egress';
import { isAxiosError } from '@latchkey/egress/errors';
import type { ApiResponse } from '@latchkey/oauth-providers';
import type { AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import type { RejectedToken, RejectionEvidence, UsableToken } from '../oauth/tokens/index.ts';
import type { SentRequest, TokenRejections } from './token_rejections.ts';
import type { UsedTokens } from './used_tokens.ts';

/** Source of new tokens, and the rejections so far. */
export interface UnauthorizedPolicy {
  readonly sent: UsedTokens;
  /** Id of the grant in {@link TokenRejections}. */
  readonly grant: string;
  readonly rejections: TokenRejections;
  /**
   * Replaces a rejected token. `undefined`: there is no other token, so the caller gets the
   * rejection.
   */
  readonly replace: (rejected: RejectedToken) => Promise<UsableToken | undefined>;
  /** Detects a rejected token that the provider signals other than by 401. */
  readonly isTokenRejected?: ((response: ApiResponse) => boolean) | undefined;
  /** Detects a token that lacks a scope where the provider sends 401 without a challenge for it. */
  readonly lacksScope?: ((response: ApiResponse) => boolean) | undefined;
}

/** A request and its response, of either client. */
interface Attempt {
  /** HTTP method in upper case. */
  readonly method: string;
  /** `null`: not a URL. */
  readonly requested: () => URL | null;
  /** Value of the Authorization header as sent. */
  readonly authorization: unknown;
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Body of the response. */
  readonly data: () => unknown;
  /** URL that responded, after redirects. */
  readonly responded: () => URL | null;
  /** `true`: the request was repeated with a fresh token. */
  readonly afterRefresh: boolean;
  /** `false`: a stream that was read, so the request cannot be repeated. */
  readonly isReplayable: boolean;
}

/**
 * Axios copies plain members of a config into the repeated request, so it copies this mark too. The
 * name is Kibana's.
 */
type MarkedConfig = InternalAxiosRequestConfig & { _retry?: boolean };

/**
 * Handles a rejected token: one refresh, shared with other rejected calls, and one retry. Never
 * loops, and never retries a partly sent body. Does not refresh a token that only lacks a
 * permission, nor for a path that has just rejected a fresh token.
 */
export function retryRejectedToken(client: AxiosInstance, policy: UnauthorizedPolicy): void {
  client.interceptors.response.use(
    (response) => {
      const rejected = assess(axiosAttempt(response), policy);
      if (rejected === undefined) return response;
      return retry({ client, response }, rejected, policy).then((again) => again ?? response);
    },
    async (error: unknown) => {
      if (!isAxiosError(error) || error.response === undefined) throw error;
      const { response } = error;
      const rejected = assess(axiosAttempt(response), policy);
      const again = rejected && (await retry({ client, response }, rejected, policy));
      if (again === undefined) throw error;
      return again;
    },
  );
}

/**
 * Sends a request without axios, under the policy of {@link retryRejectedToken}.
 * @param headers default headers of the client. A fresh token replaces their Authorization
 */
export async function requestWithPolicy(
  { client, headers }: { readonly client: EgressClient; readonly headers: Record<string, unknown> },
  request: EgressRequest,
  policy: UnauthorizedPolicy,
): Promise<EgressResponse> {
  // Read before the request is sent, because a concurrent request may replace the token.
  const sentAs = authorizationOf(request.headers ?? {}) ?? authorizationOf(headers);
  const response = await client.request(request);
  const rejected = assess(directAttempt(request, response, { authorization: sentAs }), policy);
  const token = rejected && (await policy.replace(rejected));
  if (token === undefined) return response;
  const authorization = policy.sent.add(token);
  headers['Authorization'] = authorization;
  const again = await client.request({
    ...request,
    headers: { ...request.headers, Authorization: authorization },
  });
  assess(directAttempt(request, again, { authorization, afterRefresh: true }), policy);
  return again;
}

function axiosAttempt({ config, status, headers, data, request }: AxiosResponse): Attempt {
  return {
    method: (config.method ?? 'get').toUpperCase(),
    requested: () => URL.parse(config.url ?? '', config.baseURL),
    authorization: config.headers.get('Authorization'),
    status,
    headers,
    data: () => data,
    responded: () => URL.parse(String(request?.res?.responseUrl ?? '')),
    afterRefresh: (config as MarkedConfig)._retry === true,
    isReplayable: isReplayableBody(config.data),
  };
}

function directAttempt(
  { url, method = 'GET' }: EgressRequest,
  response: EgressResponse,
  sent: { readonly authorization: unknown; readonly afterRefresh?: boolean },
): Attempt {
  return {
    method,
    requested: () => (typeof url === 'string' ? URL.parse(url) : url),
    authorization: sent.authorization,
    status: response.status,
    headers: response.headers,
    data: () => response.data,
    responded: () => URL.parse(response.url),
    afterRefresh: sent.afterRefresh === true,
    // The body is text or bytes.
    isReplayable: true,
  };
}

function authorizationOf(headers: Readonly<Record<string, unknown>>): unknown {
  for (const name of Object.keys(headers)) {
    if (name.toLowerCase() === 'authorization') return headers[name];
  }
  return undefined;
}

/**
 * Records the result of an attempt.
 * @returns the token to replace before one retry; `undefined`: the caller gets the response
 */
function assess(attempt: Attempt, policy: UnauthorizedPolicy): RejectedToken | undefined {
  const { rejections } = policy;
  const { afterRefresh } = attempt;
  const rejection = rejectionOf(attempt, policy);
  if (rejection === undefined) {
    // There is rarely an entry, so most successes need not be described.
    if (attempt.status >= 400 || rejections.isEmpty) return undefined;
    const request = sentRequest(attempt, policy);
    if (request !== undefined) rejections.accepted(request, { afterRefresh });
    return undefined;
  }
  const request = sentRequest(attempt, policy);
  if (request === undefined) return undefined;
  const isRejectedByPaths = rejections.rejected(request);
  // A second rejection is final, and a stream that was read cannot be sent again.
  if (afterRefresh) rejections.rejectedAfterRefresh(request);
  if (afterRefresh || !attempt.isReplayable) return undefined;
  return {
    rejectedFingerprint: request.fingerprint,
    evidence: rejection.evidence ?? (isRejectedByPaths ? 'rejected_on_several_paths' : undefined),
    mayRefresh: rejections.mayRefresh(request),
  };
}

async function retry(
  { client, response }: { readonly client: AxiosInstance; readonly response: AxiosResponse },
  rejected: RejectedToken,
  policy: UnauthorizedPolicy,
): Promise<AxiosResponse | undefined> {
  const token = await policy.replace(rejected);
  if (token === undefined) return undefined;
  const config: MarkedConfig = response.config;
  const authorization = policy.sent.add(token);
  client.defaults.headers.common['Authorization'] = authorization;
  config.headers.set('Authorization', authorization);
  config._retry = true;
  return client.request(config);
}

/** Returns the request that was sent. `undefined`: it carried no token of this execution. */
function sentRequest(attempt: Attempt, policy: UnauthorizedPolicy): SentRequest | undefined {
  const fingerprint = policy.sent.tokenFingerprintOfHeader(attempt.authorization);
  const url = fingerprint === undefined ? null : attempt.requested();
  if (fingerprint === undefined || url === null) return undefined;
  const { method } = attempt;
  return { grant: policy.grant, method, path: `${url.origin}${url.pathname}`, fingerprint };
}

/**
 * A 401 means a rejected token, unless the service says that a valid token lacks a scope. A 403
 * means one only with `invalid_token` (RFC 6750 §3.1), any other response only when the provider's
 * entry says so. `evidence`: the response alone proves that the token is invalid.
 */
function rejectionOf(
  attempt: Attempt,
  policy: UnauthorizedPolicy,
): { readonly evidence: RejectionEvidence | undefined } | undefined {
  const found = claimedRejection(attempt, policy);
  return found === undefined || isFromOtherOrigin(attempt) ? undefined : found;
}

function claimedRejection(
  { status, headers, data }: Attempt,
  { isTokenRejected, lacksScope }: UnauthorizedPolicy,
): { readonly evidence: RejectionEvidence | undefined } | undefined {
  const response = () => ({ status, headers, body: data() });
  const isRejectedByEntry = () => isTokenRejected?.(response()) === true;
  if (status === 401 || status === 403) {
    if (lacksScope?.(response()) === true) return undefined;
    const challenge = String(headers['www-authenticate'] ?? '');
    if (challenge.includes('invalid_token')) return { evidence: 'rejected_invalid_token' };
    if (isRejectedByEntry()) return { evidence: 'rejected_by_service' };
    const isRejected = status === 401 && !challenge.includes('insufficient_scope');
    return isRejected ? { evidence: undefined } : undefined;
  }
  return isRejectedByEntry() ? { evidence: 'rejected_by_service' } : undefined;
}

/**
 * A redirect to another origin drops the token, so a rejection from that origin says nothing about
 * the token.
 */
function isFromOtherOrigin(attempt: Attempt): boolean {
  const requested = attempt.requested();
  const responded = attempt.responded();
  return requested !== null && responded !== null && requested.origin !== responded.origin;
}
