import { isReplayableBody } from '@latchkey/egress';
import {
  type AxiosError,
  type AxiosInstance,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
  isAxiosError,
} from 'axios';
import { tokenFingerprint } from '../oauth/tokens/index.ts';
import type { UsableToken } from '../types.ts';

/** Where a new token comes from, and what a provider says instead of 401. */
export interface UnauthorizedPolicy {
  readonly replace: (rejectedFingerprint: string) => Promise<UsableToken>;
  readonly isTokenRejected?: ((status: number, body: unknown) => boolean) | undefined;
}

/** Axios copies plain members of a config into the repeated request, so the mark travels with it. The name is Kibana's. */
type MarkedConfig = InternalAxiosRequestConfig & { _retry?: boolean };

/**
 * After a refused token: one refresh, shared with whoever else was refused, and one repetition. Never a loop, never a half-sent body, and never a refresh
 * for a token that is merely not allowed to do something.
 */
export function retryRejectedToken(client: AxiosInstance, policy: UnauthorizedPolicy): void {
  const onAnswer = (response: AxiosResponse): AxiosResponse | Promise<AxiosResponse> =>
    policy.isTokenRejected?.(response.status, response.data) && mayRepeat(response.config)
      ? repeat(client, response.config, policy)
      : response;
  const onError = (error: unknown): Promise<AxiosResponse> => {
    if (!isAxiosError(error) || error.config === undefined || !isRefusal(error)) throw error;
    if (!mayRepeat(error.config)) throw error;
    return repeat(client, error.config, policy);
  };
  client.interceptors.response.use(onAnswer, onError);
}

async function repeat(
  client: AxiosInstance,
  config: InternalAxiosRequestConfig,
  policy: UnauthorizedPolicy,
): Promise<AxiosResponse> {
  const refused = String(config.headers.get('Authorization') ?? '');
  const token = await policy.replace(tokenFingerprint(refused));
  client.defaults.headers.common['Authorization'] = token.authorization;
  config.headers.set('Authorization', token.authorization);
  const marked: MarkedConfig = config;
  marked._retry = true;
  return client.request(marked);
}

/** A second refusal is the answer, and a stream that was read cannot be sent again. */
function mayRepeat(config: MarkedConfig): boolean {
  return config._retry !== true && isReplayableBody(config.data);
}

/**
 * 401 is a refused token, unless the server says that a good token lacks a scope; 403 is one only when the server says `invalid_token` (RFC 6750 §3.1).
 */
function isRefusal(error: AxiosError): boolean {
  const status = error.response?.status;
  const challenge = String(error.response?.headers['www-authenticate'] ?? '');
  if (status === 401) return !challenge.includes('insufficient_scope');
  return status === 403 && challenge.includes('invalid_token');
}
