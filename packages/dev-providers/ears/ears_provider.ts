import { z } from 'zod';
import { EarsError } from './ears_error.ts';

/** An authorization server at which EARS has an app. */
export interface EarsProvider {
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Additional parameters of the authorization request, for example `access_type=offline`. */
  readonly authorizationParams: Readonly<Record<string, string>>;
  /**
   * Lifetime in seconds that callers receive when the provider does not state one for its refresh
   * tokens.
   */
  readonly refreshTokenLifetimeSeconds: number;
}

const tokenResponse = z.object({
  access_token: z.string().min(1),
  token_type: z.string().optional(),
  expires_in: z.number().optional(),
  refresh_token: z.string().min(1).optional(),
  refresh_token_expires_in: z.number().optional(),
});

/** Tokens in the provider's field names. */
export type ProviderTokens = z.infer<typeof tokenResponse>;

const errorResponse = z.object({ error: z.string().catch('') });

/** EARS' OAuth client at one provider. It sends its secret in the body. */
export class ProviderClient {
  readonly #provider: EarsProvider;
  readonly #timeoutMs: () => number;

  constructor(provider: EarsProvider, timeoutMs: () => number) {
    this.#provider = provider;
    this.#timeoutMs = timeoutMs;
  }

  /** Returns the URL to which EARS redirects the browser. */
  authorizationUrl(request: {
    readonly redirectUri: string;
    readonly scope: string;
    readonly state: string;
    readonly challenge: string;
  }): URL {
    const url = new URL(this.#provider.authorizationEndpoint);
    const parameters = {
      ...this.#provider.authorizationParams,
      client_id: this.#provider.clientId,
      response_type: 'code',
      redirect_uri: request.redirectUri,
      scope: request.scope,
      state: request.state,
      code_challenge: request.challenge,
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url;
  }

  /**
   * Requests tokens from the provider.
   * @throws EarsError for each error of the provider
   */
  async tokens(fields: Readonly<Record<string, string>>): Promise<ProviderTokens> {
    const response = await this.#post(this.#provider.tokenEndpoint, fields);
    if (response.status !== 200) throw await failureOf(response);
    const tokens = tokenResponse.safeParse(await response.json().catch(() => undefined));
    if (!tokens.success) throw new EarsError('provider_unavailable', 'Unreadable response.');
    return tokens.data;
  }

  /**
   * Revokes a token. A token that the provider does not know counts as revoked (RFC 7009 §2.2).
   * @throws EarsError
   */
  async revoke(token: string): Promise<void> {
    const response = await this.#post(this.#provider.revocationEndpoint, { token });
    if (response.ok) return;
    const failure = await failureOf(response);
    if (failure.code !== 'invalid_grant') throw failure;
  }

  async #post(url: string, fields: Readonly<Record<string, string>>): Promise<Response> {
    const { clientId, clientSecret } = this.#provider;
    const body = new URLSearchParams({
      ...fields,
      client_id: clientId,
      client_secret: clientSecret,
    });
    const signal = AbortSignal.timeout(this.#timeoutMs());
    try {
      return await fetch(url, { method: 'POST', body, signal, redirect: 'error' });
    } catch {
      throw signal.aborted
        ? new EarsError('provider_timeout', 'The provider did not respond in time.')
        : new EarsError('provider_unavailable', 'The provider is unreachable.');
    }
  }
}

async function failureOf(response: Response): Promise<EarsError> {
  const retryAfter = response.headers.get('retry-after') ?? undefined;
  const parsed = errorResponse.safeParse(await response.json().catch(() => undefined));
  const error = parsed.success ? parsed.data.error : '';
  if (response.status === 429)
    return new EarsError('rate_limited', 'Too many requests.', retryAfter);
  if (response.status >= 500) {
    return new EarsError('provider_unavailable', 'The provider failed.', retryAfter);
  }
  if (error === 'invalid_client' || error === 'unauthorized_client') {
    return new EarsError('provider_rejected_client', 'The provider rejected the app.');
  }
  return new EarsError('invalid_grant', 'The provider rejected the grant.');
}
