import { isReplayableBody } from '@latchkey/egress';
import {
  type AxiosInstance,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
  isAxiosError,
} from 'axios';
import type { RejectedToken, RejectionEvidence, UsableToken } from '../types.ts';
import type { SentRequest, TokenRejections } from './token_rejections.ts';
import type { UsedTokens } from './used_tokens.ts';

/** Source of new tokens, and the rejections so far. */
export interface UnauthorizedPolicy {
  readonly sent: UsedTokens;
  /** Id of the grant in {@link TokenRejections}. */
  readonly grant: string;
  readonly rejections: TokenRejections;
  /** `undefined`: there is no other token, so the caller gets the rejection. */
  readonly replace: (rejected: RejectedToken) => Promise<UsableToken | undefined>;
  /** Detects a rejected token that the provider signals other than by 401. */
  readonly isTokenRejected?: ((status: number, body: unknown) => boolean) | undefined;
}

/**
 * Axios copies plain members of a config into the repeated request, and so this mark. The name is
 * Kibana's.
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
      const retried = retryIfRejected(client, response, policy);
      return retried === undefined ? response : retried.then((again) => again ?? response);
    },
    async (error: unknown) => {
      if (!isAxiosError(error) || error.response === undefined) throw error;
      const again = await retryIfRejected(client, error.response, policy);
      if (again === undefined) throw error;
      return again;
    },
  );
}

/** `undefined`, also as the promise's result: the response is returned unchanged. */
function retryIfRejected(
  client: AxiosInstance,
  response: AxiosResponse,
  policy: UnauthorizedPolicy,
): Promise<AxiosResponse | undefined> | undefined {
  const config: MarkedConfig = response.config;
  const afterRefresh = config._retry === true;
  const rejection = rejectionOf(response, policy);
  if (rejection === undefined) {
    if (response.status < 400) {
      const request = sentRequest(config, policy);
      if (request !== undefined) policy.rejections.accepted(request, { afterRefresh });
    }
    return undefined;
  }
  const request = sentRequest(config, policy);
  if (request === undefined) return undefined;
  const isRejectedByPaths = policy.rejections.rejected(request);
  // A second rejection is final, and a stream that was read cannot be sent again.
  if (afterRefresh) policy.rejections.rejectedAfterRefresh(request);
  if (afterRefresh || !isReplayableBody(config.data)) return undefined;
  return retryWithNewToken(
    { client, config },
    {
      rejectedFingerprint: request.fingerprint,
      evidence: rejection.evidence ?? (isRejectedByPaths ? 'rejected_on_several_paths' : undefined),
      mayRefresh: policy.rejections.mayRefresh(request),
    },
    policy,
  );
}

async function retryWithNewToken(
  { client, config }: { readonly client: AxiosInstance; readonly config: MarkedConfig },
  rejected: RejectedToken,
  policy: UnauthorizedPolicy,
): Promise<AxiosResponse | undefined> {
  const token = await policy.replace(rejected);
  if (token === undefined) return undefined;
  const authorization = policy.sent.add(token);
  client.defaults.headers.common['Authorization'] = authorization;
  config.headers.set('Authorization', authorization);
  config._retry = true;
  return client.request(config);
}

/** `undefined`: the request carried no token of this execution. */
function sentRequest(config: MarkedConfig, policy: UnauthorizedPolicy): SentRequest | undefined {
  const fingerprint = policy.sent.fingerprintOf(config.headers.get('Authorization'));
  const url = URL.parse(config.url ?? '', config.baseURL);
  if (fingerprint === undefined || url === null) return undefined;
  const method = (config.method ?? 'get').toUpperCase();
  return { grant: policy.grant, method, path: `${url.origin}${url.pathname}`, fingerprint };
}

/**
 * A 401 means a rejected token, unless the service says that a valid token lacks a scope. A 403
 * means one only with `invalid_token` (RFC 6750 §3.1), any other response only when the provider's
 * entry says so. `evidence`: the response alone proves that the token is dead.
 */
function rejectionOf(
  response: AxiosResponse,
  policy: UnauthorizedPolicy,
): { readonly evidence: RejectionEvidence | undefined } | undefined {
  if (isFromOtherOrigin(response)) return undefined;
  const { status, data, headers } = response;
  const challenge = String(headers['www-authenticate'] ?? '');
  const saysInvalid = challenge.includes('invalid_token');
  if ((status === 401 || status === 403) && saysInvalid)
    return { evidence: 'rejected_invalid_token' };
  if (policy.isTokenRejected?.(status, data) === true) return { evidence: 'rejected_by_service' };
  const isRejected = status === 401 && !challenge.includes('insufficient_scope');
  return isRejected ? { evidence: undefined } : undefined;
}

/**
 * A redirect to another origin drops the token, so a rejection from that origin says nothing about
 * the token.
 */
function isFromOtherOrigin({ config, request }: AxiosResponse): boolean {
  const asked = URL.parse(config.url ?? '', config.baseURL);
  const responded = URL.parse(String(request?.res?.responseUrl ?? ''));
  return asked !== null && responded !== null && asked.origin !== responded.origin;
}
