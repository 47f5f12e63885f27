import type { IncomingMessage } from 'node:http';
import Provider from 'oidc-provider';
import { callbackPolicy } from '../callback_policy.ts';
import {
  type FaultPlan,
  fingerprint,
  type Hold,
  type HoldPlan,
  type RequestFilter,
  type RequestRecord,
} from '../faults/index.ts';
import { replayRequest, startEmulatorServer } from '../http/index.ts';
import { emailOf } from '../users.ts';
import { strictClients } from './clients.ts';
import { InteractionPages } from './interaction_pages.ts';
import { type StrictSettings, strictConfiguration } from './provider_configuration.ts';
import { serveResource } from './resource_api.ts';
import { type StrictFilter, StrictStore } from './strict_store.ts';

/** How to start the strict server. */
export interface FakeOAuthServerOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Origins besides loopback that apps may send people back to. */
  readonly publicCallbackOrigins?: readonly string[] | undefined;
  readonly settings?: Partial<StrictSettings> | undefined;
}

/** A running strict server. Accounts may be given as `ana`, `ben` or an e-mail address. Its time is the machine's. */
export interface FakeOAuthServer {
  /** Also the issuer. */
  readonly origin: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint: string;
  readonly clients: typeof strictClients;
  /** Effective for the next token. */
  readonly settings: StrictSettings;
  /** Ends access tokens, at one app or all; refresh tokens stay good. Returns how many were still good. */
  expireAccessTokens(account?: string, clientId?: string): number;
  /** Ends one access token in mid-life. @param tokenHash as the recorder shows it. False when there is no such live token. */
  rejectAccessToken(tokenHash: string): boolean;
  /** Ends the person's grants, at one app or all, with all their tokens. Returns how many were alive. */
  revokeGrant(account: string, clientId?: string): number;
  /** Whether an unused refresh token is left. */
  isGrantAlive(account: string, clientId?: string): boolean;
  /** The token endpoint's calls, oldest first: grant type, fingerprint of the refresh token presented, error if any. */
  tokenRequests(filter?: Omit<RequestFilter, 'endpoint'>): RequestRecord[];
  requests(filter?: RequestFilter): RequestRecord[];
  counts(): Record<string, number>;
  /** @throws ZodError when the plan is malformed */
  failNext(plan: FaultPlan): void;
  /** Keeps back the next request of an endpoint, or its answer, until the test has acted in between. @throws ZodError when the plan is malformed */
  holdNext(plan: HoldPlan): Hold;
  clearFaults(): void;
  clearRequests(): void;
  stop(): Promise<void>;
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

/** Notes who called the protocol endpoints, and with which outcome. */
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
  // The code stays bound to the exact URI; this only decides which may be asked for.
  provider.Client.prototype.redirectUriAllowed = options.isCallbackAllowed;
  return provider;
}

interface Parts {
  readonly provider: Provider;
  readonly protocol: ReturnType<Provider['callback']>;
  readonly pages: InteractionPages;
}

/** Starts the strict server. @throws Error when the port is taken */
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
      if (parts === undefined) throw new Error('The strict stand-in is still starting.');
      if (exchange.record.endpoint === 'api') return serveResource(parts.provider, exchange);
      if (exchange.record.endpoint === 'interaction') return parts.pages.handle(exchange);
      const request = replayRequest(exchange);
      records.set(request, exchange.record);
      await parts.protocol(request, exchange.response);
    },
  });
  const { origin, recorder, faults } = server;
  const isCallbackAllowed = callbackPolicy(options.publicCallbackOrigins);
  const provider = await createProvider(origin, store, { settings, isCallbackAllowed });
  recordProtocol(provider, records);
  parts = { provider, protocol: provider.callback(), pages: new InteractionPages(provider) };
  const filter = (account: string | undefined, clientId?: string): StrictFilter => ({
    account: account === undefined ? undefined : emailOf(account),
    clientId,
  });
  return {
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
    requests: (wanted) => recorder.requests(wanted),
    counts: () => recorder.counts(),
    failNext: (plan) => faults.failNext(plan),
    holdNext: (plan) => faults.holdNext(plan),
    clearFaults: () => faults.clear(),
    clearRequests: () => recorder.clear(),
    stop: () => server.stop(),
  };
}
