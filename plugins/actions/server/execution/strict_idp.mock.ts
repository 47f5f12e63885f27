import type { TokenGrant } from '@latchkey/oauth-client';
import {
  type SeenRequest,
  startUpstream,
  type Upstream,
  type UpstreamResponse,
} from './upstream.mock.ts';

/**
 * Origin of the authorization server in connectors. The egress of the fixture sends it to loopback.
 */
export const IDP_ORIGIN = 'https://idp.probe.example';

/** Form fields of one token request. */
type TokenCall = Readonly<Record<string, string>>;

/**
 * A fake authorization server on loopback with `/token` and `/revoke`. Refresh tokens are
 * single-use, and using one twice ends the user's grant, so that a test notices a second refresh.
 */
export class StrictIdp {
  readonly upstream: Upstream;
  /** Form fields of every token request. */
  readonly tokenCalls: TokenCall[] = [];
  /** Tokens in the order of their revocation. */
  readonly revoked: string[] = [];
  /** Replaces the next responses of the token endpoint. */
  refuse: UpstreamResponse | undefined;
  readonly #ownerOfRefreshToken = new Map<string, string>();
  readonly #ownerOfAccessToken = new Map<string, string>();
  #count = 0;

  private constructor(upstream: Upstream) {
    this.upstream = upstream;
    upstream.response = (request) => this.#response(request);
  }

  static async start(): Promise<StrictIdp> {
    return new StrictIdp(await startUpstream());
  }

  /** A grant of a user, as after a code exchange. */
  authorize(owner: string, receivedAt: Date, over: Partial<TokenGrant> = {}): TokenGrant {
    const { access_token: accessToken, refresh_token: refreshToken } = this.#issue(owner);
    return {
      accessToken,
      tokenType: 'Bearer',
      refreshToken,
      lifetimeSeconds: 3600,
      refreshTokenLifetimeSeconds: undefined,
      scopes: undefined,
      account: undefined,
      receivedAt,
      providerRequestId: undefined,
      ...over,
    };
  }

  /**
   * The user whose token is in an Authorization header. `undefined`: it contains no valid token.
   */
  ownerOf(authorization: string | undefined): string | undefined {
    return this.#ownerOfAccessToken.get(authorization?.replace('Bearer ', '') ?? '');
  }

  /** Rejects all access tokens issued so far. Refresh tokens stay valid. */
  expireAccessTokens(): void {
    this.#ownerOfAccessToken.clear();
  }

  #issue(owner: string) {
    this.#count += 1;
    const access = `development-access-${owner}-${this.#count}`;
    const refresh = `development-refresh-${owner}-${this.#count}`;
    this.#ownerOfAccessToken.set(access, owner);
    this.#ownerOfRefreshToken.set(refresh, owner);
    return { access_token: access, refresh_token: refresh };
  }

  #response({ url, body }: SeenRequest): UpstreamResponse {
    const form = Object.fromEntries(new URLSearchParams(body));
    if (url === '/revoke') {
      this.revoked.push(form['token'] ?? '');
      return {};
    }
    this.tokenCalls.push(form);
    if (this.refuse !== undefined) return this.refuse;
    const lifetime = { token_type: 'bearer', expires_in: 3600 };
    if (form['grant_type'] === 'client_credentials') {
      return { body: { access_token: this.#issue('everybody').access_token, ...lifetime } };
    }
    const spent = form['refresh_token'] ?? '';
    const owner = this.#ownerOfRefreshToken.get(spent);
    if (owner === undefined) return { status: 400, body: { error: 'invalid_grant' } };
    this.#ownerOfRefreshToken.delete(spent);
    return { body: { ...this.#issue(owner), ...lifetime } };
  }
}
