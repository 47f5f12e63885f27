import { AuthorizationServer, type GrantOwner, Grants } from '@latchkey/dev-providers/fake-server';
import type { TokenGrant } from '@latchkey/oauth-client';
import {
  type SeenRequest,
  startUpstream,
  type Upstream,
  type UpstreamResponse,
} from './upstream.mock.ts';

/**
 * Origin of the fake authorization server in connectors. The egress of the fixture maps it to
 * loopback.
 */
export const IDP_ORIGIN = 'https://idp.probe.example';

const CLIENT_ID = 'development-client';
// The time does not change, so access tokens end only by `expireAccessTokens`.
const now = (): Date => new Date(0);

/**
 * Fake authorization server on loopback with the endpoints `/token` and `/revoke`. A refresh token
 * is valid once; using it a second time ends the user's grant, so tests detect a second refresh.
 */
export class StrictIdp {
  readonly upstream: Upstream;
  /** Form fields of every token request. */
  readonly tokenCalls: Readonly<Record<string, string>>[] = [];
  /** Revoked tokens, in the order of their revocation. */
  readonly revoked: string[] = [];
  /** Response of the token endpoint instead of its own. `undefined`: it responds itself. */
  refuse: UpstreamResponse | undefined;
  /** Lifetime that token responses state, in seconds. */
  lifetimeSeconds = 3600;
  readonly #grants = new Grants<GrantOwner>({
    now,
    newToken: (kind, { account }, count) => `development-${kind}-${account}-${count}`,
  });
  readonly #oauth = new AuthorizationServer<GrantOwner>({
    grants: this.#grants,
    now,
    lifetimeSeconds: () => this.lifetimeSeconds,
    shared: { account: 'everybody', clientId: CLIENT_ID },
  });

  private constructor(upstream: Upstream) {
    this.upstream = upstream;
    upstream.response = (request) => this.#response(request);
  }

  static async start(): Promise<StrictIdp> {
    return new StrictIdp(await startUpstream());
  }

  /** Creates a grant for a user, as after a code exchange. */
  authorize(account: string, requestedAt: Date, over: Partial<TokenGrant> = {}): TokenGrant {
    const grant = this.#grants.open({ account, clientId: CLIENT_ID });
    return {
      ...this.#grants.issue(grant),
      tokenType: 'Bearer',
      refreshTokenLifetimeSeconds: undefined,
      scopes: undefined,
      account: undefined,
      requestedAt,
      providerRequestId: undefined,
      ...over,
    };
  }

  /**
   * Returns the user whose token an `Authorization` header contains. `undefined`: the header
   * contains no valid token.
   */
  ownerOf(authorization: string | undefined): string | undefined {
    const token = this.#grants.find(authorization?.replace('Bearer ', '') ?? '');
    return token?.isValid ? token.grant.account : undefined;
  }

  /** Rejects all access tokens issued so far. Refresh tokens stay valid. */
  expireAccessTokens(): void {
    this.#grants.expireAccessTokens();
  }

  async #response({ url, body }: SeenRequest): Promise<UpstreamResponse> {
    const form = new URLSearchParams(body);
    if (url === '/revoke') {
      this.revoked.push(form.get('token') ?? '');
      this.#grants.revoke(form.get('token') ?? '');
      return {};
    }
    this.tokenCalls.push(Object.fromEntries(form));
    return this.refuse ?? this.#oauth.respondToToken(form, undefined);
  }
}
