import { createHash } from 'node:crypto';
import { Grants, type IssuedTokens } from '@latchkey/dev-providers/fake-server';
import { OAuthError, type TokenGrant } from '@latchkey/oauth-client';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import type { ProviderClient, ProviderClientFactory } from '../strategies/index.ts';

/** A request that the provider has received. */
export interface SeenCall {
  readonly call: 'refresh' | 'revoke' | 'shared';
  readonly token: string;
  /** Client id of a revocation. Absent for other requests. */
  readonly clientId?: string;
  readonly endpoint?: string | undefined;
}

const OWNER = { account: 'ana', clientId: 'development-client' };

/**
 * Fake authorization server for unit tests, with strict rules: a refresh token is valid once, and
 * using it again ends the whole grant. Integration tests use the real strict server.
 */
export class RotatingProvider {
  readonly seen: SeenCall[] = [];
  /**
   * Called before the provider processes a request. If it throws, the request fails and no token is
   * spent.
   */
  before: (token: string) => Promise<void> = async () => undefined;
  /** Called after the provider has processed a request. If it throws, the response is lost. */
  after: () => Promise<void> = async () => undefined;
  /** Called before the provider processes a revocation. */
  beforeRevoke: (token: string, by: ProviderClient['configuration']) => Promise<void> = async () =>
    undefined;
  /**
   * Members that replace those of the next responses. Default: a lifetime of one hour, and a new
   * refresh token.
   */
  response: Partial<TokenGrant> = {};
  /** `true`: as at Google, revoking any token ends all grants of the account and client. */
  revokesAllGrants = false;
  revokeOutcome: Awaited<ReturnType<ProviderClient['revoke']>> = 'revoked';
  /** `Retry-After` of a failed revocation, in milliseconds. `undefined`: none. */
  retryAfterMs: number | undefined;
  reuseDetected = 0;
  readonly #now: () => Date;
  readonly #grants: Grants;

  constructor(now: () => Date) {
    this.#now = now;
    this.#grants = new Grants({
      now,
      newToken: (kind, { id }, count) => `${kind === 'access' ? 'at' : 'rt'}-${id}-${count}`,
    });
  }

  get refreshes(): number {
    return this.seen.filter(({ call }) => call === 'refresh').length;
  }

  /** Creates a grant, as after a code exchange. */
  authorize(over: Partial<TokenGrant> = {}): TokenGrant {
    return { ...this.#grantOf(this.#grants.issue(this.#grants.open(OWNER))), ...over };
  }

  isAlive(refreshToken: string): boolean {
    return this.#grants.find(refreshToken)?.isValid ?? false;
  }

  /** Number of refresh tokens that are valid. */
  get alive(): number {
    return this.aliveTokens.length;
  }

  /** Refresh tokens that are valid. */
  get aliveTokens(): readonly string[] {
    return this.#grants.refreshTokens;
  }

  revokeAll(): void {
    for (const grant of this.#grants.live()) this.#grants.end(grant);
  }

  /** Ends all grants and removes all records, so that they use no memory. */
  clear(): void {
    this.seen.length = 0;
    this.revokeAll();
    this.#grants.removeEnded();
  }

  client(over: Partial<ProviderClient> = {}): ProviderClient {
    const fail = (): never => {
      throw new Error('not part of this test');
    };
    return {
      authType: 'oauth_authorization_code',
      fingerprint: 'fp-1',
      providerKey: 'pk-1',
      configuration: {
        dialect: 'standard',
        authorizationEndpoint: 'https://idp.example.com/authorize',
        tokenEndpoint: 'https://idp.example.com/token',
        revocationEndpoint: 'https://idp.example.com/revoke',
        clientId: 'development-client',
        tokenEndpointAuthMethod: 'none',
      },
      defaultLifetimeSeconds: 3600,
      idleLimitDays: undefined,
      ensureEndpointsAllowed: () => undefined,
      buildAuthorizationUrl: fail,
      checkIssuer: () => undefined,
      exchangeCode: fail,
      refresh: (token) => this.#refresh(token),
      revoke: (token, _kind, options) => this.#revoke(token, this.client().configuration, options),
      requestSharedToken: async () => {
        this.seen.push({ call: 'shared', token: '' });
        await this.before('');
        return this.#grantOf(this.#grants.issue(this.#grants.open(OWNER), { offline: false }));
      },
      ...over,
    };
  }

  clients(over: Partial<ProviderClient> = {}): ProviderClientFactory {
    const client = this.client(over);
    return {
      forConnector: () => client,
      resolveRevocationClient: () => client,
      forConfiguration: (configuration) => ({
        revoke: (token, kind, options) =>
          over.revoke?.(token, kind, options) ?? this.#revoke(token, configuration, options),
      }),
    };
  }

  async #revoke(
    token: string,
    configuration: ProviderClient['configuration'],
    { onRetryAfter }: Parameters<ProviderClient['revoke']>[2] = {},
  ): Promise<RotatingProvider['revokeOutcome']> {
    const to =
      configuration.dialect === 'ears'
        ? { clientId: configuration.provider, endpoint: configuration.baseUrl }
        : { clientId: configuration.clientId, endpoint: configuration.revocationEndpoint };
    this.seen.push({ call: 'revoke', token, ...to });
    await this.beforeRevoke(token, configuration);
    if (this.retryAfterMs !== undefined && this.revokeOutcome === 'failed_transient')
      onRetryAfter?.(this.retryAfterMs);
    if (this.revokeOutcome === 'revoked')
      this.#grants.revoke(token, this.revokesAllGrants ? 'account' : 'token');
    return this.revokeOutcome;
  }

  async #refresh(token: string): Promise<TokenGrant> {
    this.seen.push({ call: 'refresh', token });
    await this.before(token);
    const refreshed = this.#grants.refresh(token, undefined);
    if (refreshed.result === 'reuse') this.reuseDetected += 1;
    if (refreshed.result !== 'rotated') {
      throw new OAuthError('invalid_grant', 'reauthorize', 'The grant is invalid.', {
        status: 400,
      });
    }
    const next = this.#grantOf(refreshed.tokens);
    await this.after();
    return next;
  }

  #grantOf(tokens: IssuedTokens): TokenGrant {
    return {
      ...tokens,
      tokenType: 'Bearer',
      refreshTokenLifetimeSeconds: undefined,
      scopes: undefined,
      account: undefined,
      requestedAt: this.#now(),
      providerRequestId: undefined,
      ...this.response,
    };
  }
}

/** A per-user connector, unless overridden. */
export const aConnector = (over: Partial<DecryptedConnector> = {}): DecryptedConnector => ({
  id: 'connector-1',
  spaceId: 'default',
  name: 'Drive',
  connectorTypeId: '.google_drive',
  config: {},
  secrets: {},
  authType: 'oauth_authorization_code',
  authMode: 'per-user',
  version: createHash('sha256').update('v1').digest('hex'),
  ...over,
});
