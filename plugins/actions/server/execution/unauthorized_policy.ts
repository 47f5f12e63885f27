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
import { challengeErrors } from './challenge_parameters.ts';
import type { SentRequest, TokenRejections } from './token_rejections.ts';
import type { UsedTokens } from './used_tokens.ts';

/** State of one client for the policy: its tokens, a source of new ones, and earlier rejections. */
export interface UnauthorizedPolicy {
  readonly sent: UsedTokens;
  /** Key of the grant in {@link TokenRejections}. */
  readonly grant: string;
  readonly rejections: TokenRejections;
  /**
   * Returns a token that replaces the rejected one. `undefined`: there is no other token, so the
   * caller gets the response of the service.
   */
  readonly replace: (rejected: RejectedToken) => Promise<UsableToken | undefined>;
  /**
   * Returns `true` if the token may have expired by now, so that its rejection says nothing about
   * the path.
   */
  readonly mayHaveExpired: (token: UsableToken) => boolean;
  /** Recognizes a rejected token in responses that are not a 401. */
  readonly isTokenRejected?: ((response: ApiResponse) => boolean) | undefined;
  /**
   * Recognizes a token that lacks a scope, for providers whose 401 has no challenge that says so.
   */
  readonly lacksScope?: ((response: ApiResponse) => boolean) | undefined;
}

/** A request and its response, sent with or without axios. */
interface Attempt {
  /** HTTP method in upper case. */
  readonly method: string;
  /** URL of the request. `null`: it is not a valid URL. */
  readonly requested: () => URL | null;
  /** Value of the header with the token that was sent. */
  readonly credential: unknown;
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Body of the response. */
  readonly data: () => unknown;
  /** URL of the response, after redirects. `null`: it is unknown. */
  readonly responded: () => URL | null;
  /** Number of times that the request was sent before, each time with another token. */
  readonly repeats: number;
  /** `false`: the body of the request is a stream that was read, so it cannot be sent again. */
  readonly isReplayable: boolean;
}

/**
 * Config of a request that may be marked as repeated. Axios copies the marks into the config of the
 * repeated request. The name `_retry` is Kibana's: a handler that sets it gets the response of the
 * service.
 */
type MarkedConfig = InternalAxiosRequestConfig & { _retry?: boolean; _repeats?: number };

/**
 * Maximum number of times that a request is sent again. Once suffices, unless the new token also
 * expires or is replaced before the service checks it: tokens that are valid for seconds, on a busy
 * machine.
 */
const MAX_REPEATS = 3;

/**
 * Makes an axios instance handle rejected tokens: it refreshes the token once, together with other
 * rejected requests, and sends the request again. It never sends a stream again. It does not
 * refresh a token that only lacks a permission, or for a path that has just rejected a fresh token.
 * A request is sent a second time at most, unless the new token may have expired meanwhile or was
 * replaced by another caller. Repeating a write is safe: a service that rejects the token has not
 * executed the request.
 */
export function retryRejectedToken(client: AxiosInstance, policy: UnauthorizedPolicy): void {
  client.interceptors.response.use(
    (response) => {
      const rejection = assess(axiosAttempt(response, policy), policy);
      if (rejection === undefined) return response;
      return retry({ client, response }, rejection, policy).then((again) => again ?? response);
    },
    async (error: unknown) => {
      if (!isAxiosError(error) || error.response === undefined) throw error;
      const { response } = error;
      const rejection = assess(axiosAttempt(response, policy), policy);
      const again = rejection && (await retry({ client, response }, rejection, policy));
      if (again === undefined) throw error;
      return again;
    },
  );
}

/**
 * Sends a request without axios, and handles a rejected token as {@link retryRejectedToken} does.
 * @param headers default headers of the client. A fresh token replaces the one in them
 */
export async function requestWithPolicy(
  { client, headers }: { readonly client: EgressClient; readonly headers: Record<string, unknown> },
  request: EgressRequest,
  policy: UnauthorizedPolicy,
): Promise<EgressResponse> {
  // Read before the request is sent, because a concurrent request may replace the token in
  // `headers`.
  const { header } = policy.sent;
  let credential = headerOf(request.headers ?? {}, header) ?? headerOf(headers, header);
  let response = await client.request(request);
  for (let repeats = 0; ; repeats += 1) {
    const rejection = assess(directAttempt(request, response, { credential, repeats }), policy);
    const token = rejection && (await replacementOf(rejection, policy));
    if (token === undefined) return response;
    const value = policy.sent.add(token);
    headers[header] = value;
    credential = value;
    response = await client.request({
      ...request,
      headers: { ...request.headers, [header]: value },
    });
  }
}

function axiosAttempt(
  { config, status, headers, data, request }: AxiosResponse,
  { sent }: UnauthorizedPolicy,
): Attempt {
  return {
    method: (config.method ?? 'get').toUpperCase(),
    requested: () => URL.parse(config.url ?? '', config.baseURL),
    credential: config.headers.get(sent.header),
    status,
    headers,
    data: () => data,
    responded: () => URL.parse(String(request?.res?.responseUrl ?? '')),
    repeats: repeatsOf(config),
    isReplayable: isReplayableBody(config.data),
  };
}

function repeatsOf({ _retry, _repeats }: MarkedConfig): number {
  return _repeats ?? (_retry === true ? MAX_REPEATS : 0);
}

function directAttempt(
  { url, method = 'GET' }: EgressRequest,
  response: EgressResponse,
  sent: Pick<Attempt, 'credential' | 'repeats'>,
): Attempt {
  return {
    ...sent,
    method,
    requested: () => (typeof url === 'string' ? URL.parse(url) : url),
    status: response.status,
    headers: response.headers,
    data: () => response.data,
    responded: () => URL.parse(response.url),
    // The body of a direct request is text or bytes, never a stream.
    isReplayable: true,
  };
}

function headerOf(headers: Readonly<Record<string, unknown>>, header: string): unknown {
  const lower = header.toLowerCase();
  for (const name of Object.keys(headers)) {
    if (name.toLowerCase() === lower) return headers[name];
  }
  return undefined;
}

/** A rejected token of a request that may be sent again. */
interface Rejection {
  readonly token: RejectedToken;
  /**
   * Records that the path rejects a fresh token. Called if there is no other token for the request.
   * `undefined`: the request was not repeated yet, or its token may have expired.
   */
  readonly recordFreshRejection: (() => void) | undefined;
}

/**
 * Decides about one response, and records whether the token was accepted or rejected.
 * @returns the token to replace before the request is sent again. `undefined`: the caller gets the
 * response
 */
function assess(attempt: Attempt, policy: UnauthorizedPolicy): Rejection | undefined {
  const { rejections } = policy;
  const { repeats } = attempt;
  const found = rejectionOf(attempt, policy);
  if (found === undefined) {
    // Without earlier rejections there is nothing to update, so successes are cheap.
    if (attempt.status >= 400 || rejections.isEmpty) return undefined;
    const accepted = sentRequest(attempt, policy);
    if (accepted !== undefined) rejections.accepted(accepted, { afterRefresh: repeats > 0 });
    return undefined;
  }
  const request = sentRequest(attempt, policy);
  if (request === undefined) return undefined;
  const isRejectedByPaths = rejections.rejected(request);
  const mayHaveExpired = policy.mayHaveExpired(request.token);
  const recordFreshRejection =
    repeats > 0 && !mayHaveExpired ? () => rejections.rejectedAfterRefresh(request) : undefined;
  if (repeats >= MAX_REPEATS) recordFreshRejection?.();
  if (repeats >= MAX_REPEATS || !attempt.isReplayable) return undefined;
  return {
    token: {
      rejectedFingerprint: request.fingerprint,
      evidence: found.evidence ?? (isRejectedByPaths ? 'rejected_on_several_paths' : undefined),
      // A token that may have expired is due for a refresh in any case. A fresh token that a
      // repeated request has just received is not refreshed, but may have been replaced.
      mayRefresh: mayHaveExpired || (repeats === 0 && rejections.mayRefresh(request)),
    },
    recordFreshRejection,
  };
}

/** Returns the token with which to send the request again. `undefined`: there is none. */
async function replacementOf(
  { token, recordFreshRejection }: Rejection,
  policy: UnauthorizedPolicy,
): Promise<UsableToken | undefined> {
  const replacement = await policy.replace(token);
  if (replacement === undefined) recordFreshRejection?.();
  return replacement;
}

async function retry(
  { client, response }: { readonly client: AxiosInstance; readonly response: AxiosResponse },
  rejection: Rejection,
  policy: UnauthorizedPolicy,
): Promise<AxiosResponse | undefined> {
  const token = await replacementOf(rejection, policy);
  if (token === undefined) return undefined;
  const config: MarkedConfig = response.config;
  const { header } = policy.sent;
  const credential = policy.sent.add(token);
  client.defaults.headers.common[header] = credential;
  config.headers.set(header, credential);
  config._repeats = repeatsOf(config) + 1;
  config._retry = true;
  return client.request(config);
}

/**
 * Describes the request for {@link TokenRejections}. `undefined`: it contained no token of this
 * execution.
 */
function sentRequest(
  attempt: Attempt,
  policy: UnauthorizedPolicy,
): (SentRequest & { readonly token: UsableToken }) | undefined {
  const token = policy.sent.tokenOfHeader(attempt.credential);
  const url = token === undefined ? null : attempt.requested();
  if (token === undefined || url === null) return undefined;
  const { method } = attempt;
  const path = `${url.origin}${url.pathname}`;
  return { grant: policy.grant, method, path, fingerprint: token.fingerprint, token };
}

/**
 * Decides whether a response rejects the token. A 401 does, unless the service says that the token
 * is valid but lacks a scope. A 403 does only with `invalid_token` (RFC 6750 §3.1), and any other
 * status only if the provider definition says so.
 * @returns `evidence` is set if this response alone proves that the token is invalid
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
    const errors = challengeErrors(headers);
    if (errors.includes('invalid_token')) return { evidence: 'rejected_invalid_token' };
    if (isRejectedByEntry()) return { evidence: 'rejected_by_service' };
    const isRejected = status === 401 && !errors.includes('insufficient_scope');
    return isRejected ? { evidence: undefined } : undefined;
  }
  return isRejectedByEntry() ? { evidence: 'rejected_by_service' } : undefined;
}

/**
 * Returns `true` if the response comes from another origin after a redirect. The token is not sent
 * to another origin, so its rejection says nothing about the token.
 */
function isFromOtherOrigin(attempt: Attempt): boolean {
  const requested = attempt.requested();
  const responded = attempt.responded();
  return requested !== null && responded !== null && requested.origin !== responded.origin;
}
