import type { IncomingMessage } from 'node:http';
import Provider from 'oidc-provider';
import { callbackPolicy } from '../callback_policy.ts';
import { fingerprint, type RequestFilter, type RequestRecord } from '../faults/index.ts';
import { type EmulatorControls, replayRequest, startEmulatorServer } from '../http/index.ts';
import { emailOf } from '../users.ts';
import { strictClients } from './clients.ts';
import { InteractionPages } from './interaction_pages.ts';
import { type StrictSettings, strictConfiguration } from './provider_configuration.ts';
import { serveResource } from './resource_api.ts';
import { type StrictFilter, StrictStore } from './strict_store.ts';

/** Options of the strict server. */
export interface FakeOAuthServerOptions {
  /** Port to listen on. 0 selects any free one. */
  readonly port: number;
  /** Origins besides loopback to which apps may redirect users. */
  readonly publicCallbackOrigins?: readonly string[] | undefined;
  readonly settings?: Partial<StrictSettings> | undefined;
}

/**
 * A running strict server. Accounts are `ana`, `ben` or an e-mail address. The server uses the
 * clock of the machine.
 */
export interface FakeOAuthServer extends EmulatorControls {
  /** Origin of the server, which is also its issuer. */
  readonly origin: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint: string;
  readonly clients: typeof strictClients;
  /** Settings of the server. Changes take effect with the next token. */
  readonly settings: StrictSettings;
  /**
   * Invalidates access tokens, of one app or of all, and keeps the refresh tokens.
   * @returns the number of tokens that were still valid
   */
  expireAccessTokens(account?: string, clientId?: string): number;
  /**
   * Invalidates one access token before its expiry.
   * @param tokenHash fingerprint of the token, as requests are recorded with it
   * @returns `false` when no such token is valid
   */
  rejectAccessToken(tokenHash: string): boolean;
  /**
   * Ends the user's grants, at one app or at all, with all their tokens.
   * @returns the number of grants that were active
   */
  revokeGrant(account: string, clientId?: string): number;
  /** Returns `true` while the account has an unused refresh token. */
  isGrantAlive(account: string, clientId?: string): boolean;
  /**
   * Returns the requests to the token endpoint, oldest first, with grant type, fingerprint of the
   * refresh token, and error if there was one.
   */
  tokenRequests(filter?: Omit<RequestFilter, 'endpoint'>): RequestRecord[];
}

const endpoints: readonly (readonly [string, RegExp])[] = [
  ['authorize', /^\/auth(?:\/[^/]+)?$/],
  ['interaction', /^\/interaction\/[^/]+$/],
  ['token', /^\/token$/],
  ['revoke', /^\/token\/revocation$/],
  ['userinfo', /^\/me$/],
  ['api', /^\/api\//],
  ['discovery', /^\/(?:\.well-known\/|jwks$)/],
];

const endpointOf = (path: string): string =>
  endpoints.find(([, pattern]) => pattern.test(path))?.[0] ?? 'other';

/** Records the caller and the outcome of requests to protocol endpoints. */
function recordProtocol(
  provider: Provider,
  records: WeakMap<IncomingMessage, RequestRecord>,
): void {
  provider.use(async (ctx, next) => {
    await next();
    const record = records.get(ctx.req);
    if (record === undefined || ctx.oidc === undefined) return;
    const { client, params, entities } = ctx.oidc;
    record.clientId = client?.clientId;
    record.account = entities.Account?.accountId ?? entities.RefreshToken?.accountId;
    const token = params?.['refresh_token'] ?? params?.['token'];
    if (typeof token === 'string') record.tokenHash = fingerprint(token);
    const body: unknown = ctx.body;
    if (typeof body === 'object' && body !== null && 'error' in body) {
      record.error = String(body.error);
    }
  });
}

async function createProvider(
  origin: string,
  store: StrictStore,
  options: { settings: StrictSettings; isCallbackAllowed: (uri: string) => boolean },
): Promise<Provider> {
  const provider = new Provider(origin, await strictConfiguration(store, options.settings));
  // This decides only which URIs may be requested. A code stays bound to the exact URI.
  provider.Client.prototype.redirectUriAllowed = options.isCallbackAllowed;
  return provider;
}

interface Parts {
  readonly provider: Provider;
  readonly protocol: ReturnType<Provider['callback']>;
  readonly pages: InteractionPages;
}

/**
 * Starts the strict server.
 * @throws Error when the port is taken
 */
export async function startStrict(options: FakeOAuthServerOptions): Promise<FakeOAuthServer> {
  const settings: StrictSettings = {
    accessTokenTtlSeconds: 3600,
    refreshTokenTtlSeconds: 14 * 24 * 60 * 60,
    ...options.settings,
  };
  const store = new StrictStore();
  const records = new WeakMap<IncomingMessage, RequestRecord>();
  let parts: Parts | undefined;
  const server = await startEmulatorServer({
    name: 'strict',
    port: options.port,
    now: () => new Date(),
    endpointOf: (_method, path) => endpointOf(path),
    handle: async (exchange) => {
      if (parts === undefined) throw new Error('The strict server is still starting.');
      if (exchange.record.endpoint === 'api') return serveResource(parts.provider, exchange);
      if (exchange.record.endpoint === 'interaction') return parts.pages.handle(exchange);
      const request = replayRequest(exchange);
      records.set(request, exchange.record);
      await parts.protocol(request, exchange.response);
    },
  });
  const { origin, recorder } = server;
  const isCallbackAllowed = callbackPolicy(options.publicCallbackOrigins);
  const provider = await createProvider(origin, store, { settings, isCallbackAllowed });
  recordProtocol(provider, records);
  parts = { provider, protocol: provider.callback(), pages: new InteractionPages(provider) };
  const filter = (account: string | undefined, clientId?: string): StrictFilter => ({
    account: account === undefined ? undefined : emailOf(account),
    clientId,
  });
  return {
    ...server.controls,
    origin,
    authorizationEndpoint: `${origin}/auth`,
    tokenEndpoint: `${origin}/token`,
    revocationEndpoint: `${origin}/token/revocation`,
    clients: strictClients,
    settings,
    expireAccessTokens: (account, clientId) => store.expireAccessTokens(filter(account, clientId)),
    rejectAccessToken: (hash) => store.expireAccessToken((token) => fingerprint(token) === hash),
    revokeGrant: (account, clientId) => store.revokeGrants(filter(account, clientId)),
    isGrantAlive: (account, clientId) => store.liveGrantIds(filter(account, clientId)).size > 0,
    tokenRequests: (wanted) => recorder.requests({ ...wanted, endpoint: 'token' }),
  };
}
