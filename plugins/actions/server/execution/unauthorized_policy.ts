import { isReplayableBody } from '@latchkey/egress';
import {
  type AxiosInstance,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
  isAxiosError,
} from 'axios';
import type { UsableToken } from '../types.ts';
import type { SentTokens } from './sent_tokens.ts';

/** Where a new token comes from, and what a provider says instead of 401. */
export interface UnauthorizedPolicy {
  readonly sent: SentTokens;
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
  const repeatIfRejected = (response: AxiosResponse): Promise<AxiosResponse> | undefined => {
    if (!isRejection(response, policy)) return undefined;
    const config: MarkedConfig = response.config;
    const fingerprint = policy.sent.fingerprintOf(config.headers.get('Authorization'));
    // A second refusal is the answer, and a stream that was read cannot be sent again.
    const mayRepeat = config._retry !== true && isReplayableBody(config.data);
    if (fingerprint === undefined || !mayRepeat) return undefined;
    return repeat({ client, config, fingerprint }, policy);
  };
  client.interceptors.response.use(
    (response) => repeatIfRejected(response) ?? response,
    (error: unknown) => {
      const repeated =
        isAxiosError(error) && error.response !== undefined
          ? repeatIfRejected(error.response)
          : undefined;
      if (repeated === undefined) throw error;
      return repeated;
    },
  );
}

async function repeat(
  refused: {
    readonly client: AxiosInstance;
    readonly config: MarkedConfig;
    readonly fingerprint: string;
  },
  policy: UnauthorizedPolicy,
): Promise<AxiosResponse> {
  const { client, config, fingerprint } = refused;
  const authorization = policy.sent.remember(await policy.replace(fingerprint));
  client.defaults.headers.common['Authorization'] = authorization;
  config.headers.set('Authorization', authorization);
  config._retry = true;
  return client.request(config);
}

/**
 * 401 is a refused token, unless the server says that a good token lacks a scope; 403 is one only when the server says `invalid_token` (RFC 6750 §3.1);
 * anything else when the provider's entry says so.
 */
function isRejection(response: AxiosResponse, policy: UnauthorizedPolicy): boolean {
  if (answeredElsewhere(response)) return false;
  const { status, data, headers } = response;
  const challenge = String(headers['www-authenticate'] ?? '');
  if (status === 401 && !challenge.includes('insufficient_scope')) return true;
  if (status === 403 && challenge.includes('invalid_token')) return true;
  return policy.isTokenRejected?.(status, data) === true;
}

/** A redirect to another origin lost the token on the way, so a refusal from there says nothing about it. */
function answeredElsewhere({ config, request }: AxiosResponse): boolean {
  const asked = URL.parse(config.url ?? '', config.baseURL);
  const answered = URL.parse(String(request?.res?.responseUrl ?? ''));
  return asked !== null && answered !== null && asked.origin !== answered.origin;
}
