import { callbackPolicy } from '../callback_policy.ts';
import type { FaultPlan, Hold, HoldPlan, RequestFilter, RequestRecord } from '../faults/index.ts';
import { sendWebResponse, startEmulatorServer } from '../http/index.ts';
import { emailOf } from '../users.ts';
import { type GoogleClient, organisationClient } from './clients.ts';
import { startEmulator } from './emulator.ts';
import type { GoogleContext, GoogleSettings } from './google_context.ts';
import { type AccessTokenFilter, GrantStore } from './grant_store.ts';
import { createGoogleRoutes, googleEndpointOf } from './routes.ts';

/** Options of the Google emulator. */
export interface GoogleEmulatorOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Origins besides loopback to which apps may redirect users. */
  readonly publicCallbackOrigins?: readonly string[] | undefined;
  readonly settings?: Partial<GoogleSettings> | undefined;
  readonly now?: (() => Date) | undefined;
}

/** A running Google emulator. Accounts are `ana`, `ben` or an e-mail address. */
export interface GoogleEmulator {
  readonly origin: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint: string;
  /** The organisation's app. */
  readonly client: GoogleClient;
  /** Changes take effect with the next request. */
  readonly settings: GoogleSettings;
  /**
   * Invalidates access tokens at the provider and keeps the refresh tokens. Returns how many were
   * still valid.
   */
  expireAccessTokens(filter?: AccessTokenFilter): number;
  /**
   * Invalidates one access token before its expiry.
   * @param tokenHash as recorded.
   * @returns false when no such token is valid
   */
  rejectAccessToken(tokenHash: string): boolean;
  /** Ends grants as if the user had removed the app in their account settings. Returns how many. */
  revokeGrants(filter?: AccessTokenFilter): number;
  /** True while the account has a grant with a refresh token, for one app or for any. */
  isGrantAlive(account: string, clientId?: string): boolean;
  requests(filter?: RequestFilter): RequestRecord[];
  counts(): Record<string, number>;
  /** @throws ZodError when the plan is malformed */
  failNext(plan: FaultPlan): void;
  /**
   * Holds the next request of an endpoint, or its response, until the test releases it.
   * @throws ZodError when the plan is malformed
   */
  holdNext(plan: HoldPlan): Hold;
  clearFaults(): void;
  clearRequests(): void;
  stop(): Promise<void>;
}

const resolve = (filter: AccessTokenFilter = {}): AccessTokenFilter => ({
  ...filter,
  account: filter.account === undefined ? undefined : emailOf(filter.account),
});

/**
 * Starts the Google emulator.
 * @throws Error when the port is taken
 */
export async function startGoogle(options: GoogleEmulatorOptions): Promise<GoogleEmulator> {
  const now = options.now ?? (() => new Date());
  const grantStore = new GrantStore(now);
  const settings: GoogleSettings = {
    accessTokenLifetimeSeconds: 3600,
    issuer: 'https://accounts.google.com',
    requirePkce: true,
    refreshTokenOnlyAfterConsent: true,
    revocationReach: 'grant',
    ...options.settings,
  };
  let routes: ReturnType<typeof createGoogleRoutes> | undefined;
  const server = await startEmulatorServer({
    name: 'Google',
    port: options.port,
    now,
    endpointOf: (_method, path) => googleEndpointOf(path),
    handle: async (exchange) => {
      const response = (await routes?.(exchange)) ?? new Response(null, { status: 503 });
      await recordError(exchange.record, response);
      await sendWebResponse(exchange, response);
    },
  });
  const { origin, recorder, faults } = server;
  const emulator = startEmulator(origin);
  const isCallbackAllowed = callbackPolicy(options.publicCallbackOrigins);
  const context: GoogleContext = { origin, emulator, grantStore, settings, now, isCallbackAllowed };
  routes = createGoogleRoutes(context);
  return {
    origin,
    authorizationEndpoint: `${origin}/o/oauth2/v2/auth`,
    tokenEndpoint: `${origin}/token`,
    revocationEndpoint: `${origin}/revoke`,
    client: organisationClient,
    settings,
    expireAccessTokens: (filter) => grantStore.expireAccessTokens(resolve(filter)),
    rejectAccessToken: (tokenHash) => grantStore.rejectAccessToken(tokenHash),
    revokeGrants: (filter) => {
      const grants = grantStore.liveGrants(resolve(filter));
      for (const grant of grants) grantStore.revokeGrantOf(grant);
      return grants.length;
    },
    isGrantAlive: (account, clientId) =>
      grantStore.liveGrants({ account: emailOf(account), clientId }).length > 0,
    requests: (filter) => recorder.requests(filter),
    counts: () => recorder.counts(),
    failNext: (plan) => faults.failNext(plan),
    holdNext: (plan) => faults.holdNext(plan),
    clearFaults: () => faults.clear(),
    clearRequests: () => recorder.clear(),
    stop: () => server.stop(),
  };
}

/** Records the error code. OAuth errors are short codes and contain no secret. */
async function recordError(record: RequestRecord, response: Response): Promise<void> {
  if (response.ok || record.error !== undefined) return;
  if (record.endpoint !== 'token' && record.endpoint !== 'revoke') return;
  const body = (await response.clone().json()) as Record<string, unknown>;
  if (typeof body['error'] === 'string') record.error = body['error'];
}
