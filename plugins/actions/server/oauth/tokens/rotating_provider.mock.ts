import { createHash } from 'node:crypto';
import { OAuthError, type TokenGrant } from '@latchkey/oauth-client';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import type { ProviderClient, ProviderClientFactory } from '../strategies/index.ts';

/** A call that the provider received. */
export interface SeenCall {
  readonly call: 'refresh' | 'revoke' | 'shared';
  readonly token: string;
  /** For a revocation: the client and the endpoint. */
  readonly clientId?: string;
  readonly endpoint?: string | undefined;
}

/**
 * A fake authorization server for unit tests, with the strictest rules. A refresh token can be used
 * once. Using it again ends the whole grant. Integration tests use the real strict server.
 */
export class RotatingProvider {
  readonly seen: SeenCall[] = [];
  /** Runs before the provider acts. Throw to fail without consuming a token. */
  before: (token: string) => Promise<void> = async () => undefined;
  /** Runs after the provider acted. Throw to lose its response. */
  after: () => Promise<void> = async () => undefined;
  /** Runs during a revocation. */
  beforeRevoke: (token: string, by: ProviderClient['configuration']) => Promise<void> = async () =>
    undefined;
  /** Fields that replace the defaults of the next responses (one hour, a new refresh token). */
  response: Partial<TokenGrant> = {};
  /** `true`: revoking any token ends all grants of the account and client, as at Google. */
  revokesAllGrants = false;
  revokeOutcome: Awaited<ReturnType<ProviderClient['revoke']>> = 'revoked';
  /** `Retry-After` of a failed revocation, in milliseconds. */
  retryAfterMs: number | undefined;
  reuseDetected = 0;
  readonly #alive = new Map<string, string>();
  readonly #used = new Map<string, string>();
  readonly #endedGrants = new Set<string>();
  readonly #now: () => Date;
  #count = 0;

  constructor(now: () => Date) {
    this.#now = now;
  }

  get refreshes(): number {
    return this.seen.filter(({ call }) => call === 'refresh').length;
  }

  /** Issues a new grant, as after a code exchange. */
  authorize(over: Partial<TokenGrant> = {}): TokenGrant {
    this.#count += 1;
    return this.#issue(`grant-${this.#count}`, over);
  }

  isAlive(refreshToken: string): boolean {
    const grant = this.#alive.get(refreshToken);
    return grant !== undefined && !this.#endedGrants.has(grant);
  }

  /** Number of refresh tokens that would be accepted. */
  get alive(): number {
    return this.aliveTokens.length;
  }

  /** Refresh tokens that would be accepted. */
  get aliveTokens(): readonly string[] {
    return [...this.#alive.keys()].filter((token) => this.isAlive(token));
  }

  revokeAll(): void {
    this.#alive.clear();
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
        this.#count += 1;
        return this.#grant(`at-shared-${this.#count}`, undefined);
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
    if (this.revokeOutcome === 'revoked') this.#end(token);
    return this.revokeOutcome;
  }

  #end(token: string): void {
    if (this.revokesAllGrants) this.revokeAll();
    this.#alive.delete(token);
    // Revoking a used refresh token ends its grant, as at the strict server.
    const grant = this.#used.get(token);
    if (grant !== undefined) this.#endedGrants.add(grant);
  }

  async #refresh(token: string): Promise<TokenGrant> {
    this.seen.push({ call: 'refresh', token });
    await this.before(token);
    const grant = this.#alive.get(token);
    const reused = this.#used.get(token);
    if (reused !== undefined) {
      this.reuseDetected += 1;
      this.#endedGrants.add(reused);
    }
    if (grant === undefined || this.#endedGrants.has(grant)) {
      throw new OAuthError('invalid_grant', 'reauthorize', 'The grant is invalid.', {
        status: 400,
      });
    }
    this.#alive.delete(token);
    this.#used.set(token, grant);
    const next = this.#issue(grant, {});
    await this.after();
    return next;
  }

  #issue(grant: string, over: Partial<TokenGrant>): TokenGrant {
    this.#count += 1;
    const refreshToken = `rt-${grant}-${this.#count}`;
    this.#alive.set(refreshToken, grant);
    return { ...this.#grant(`at-${grant}-${this.#count}`, refreshToken), ...over };
  }

  #grant(accessToken: string, refreshToken: string | undefined): TokenGrant {
    return {
      accessToken,
      tokenType: 'Bearer',
      refreshToken,
      lifetimeSeconds: 3600,
      refreshTokenLifetimeSeconds: undefined,
      scopes: undefined,
      account: undefined,
      receivedAt: this.#now(),
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
