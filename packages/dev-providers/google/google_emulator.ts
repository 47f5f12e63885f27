import { callbackPolicy } from '../callback_policy.ts';
import type { FaultPlan, Hold, HoldPlan, RequestFilter, RequestRecord } from '../faults/index.ts';
import { sendWebResponse, startEmulatorServer } from '../http/index.ts';
import { emailOf } from '../users.ts';
import { type GoogleClient, organisationClient } from './clients.ts';
import { startEmulator } from './emulator.ts';
import type { Gate, GoogleSettings } from './gate.ts';
import { type AccessTokenFilter, GrantBook } from './grant_book.ts';
import { createGoogleRoutes, googleEndpointOf } from './routes.ts';

/** How to start the Google stand-in. */
export interface GoogleEmulatorOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Origins besides loopback that apps may send people back to. */
  readonly publicCallbackOrigins?: readonly string[] | undefined;
  readonly settings?: Partial<GoogleSettings> | undefined;
  readonly now?: (() => Date) | undefined;
}

/** A running Google. Accounts may be given as `ana`, `ben` or an e-mail address. */
export interface GoogleEmulator {
  readonly origin: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint: string;
  /** The organisation's own app. */
  readonly client: GoogleClient;
  /** Effective at once, for the next request. */
  readonly settings: GoogleSettings;
  /** Ends access tokens at the provider; refresh tokens stay good. Returns how many were still good. */
  expireAccessTokens(filter?: AccessTokenFilter): number;
  /** Ends one access token in mid-life. @param tokenHash as the recorder shows it. False when there is no such live token. */
  rejectAccessToken(tokenHash: string): boolean;
  /** Ends grants as if the person had removed the app in the account's settings. Returns how many. */
  revokeGrants(filter?: AccessTokenFilter): number;
  /** Whether the account still has a grant with a refresh token, for one app or any. */
  isGrantAlive(account: string, clientId?: string): boolean;
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

const resolve = (filter: AccessTokenFilter = {}): AccessTokenFilter => ({
  ...filter,
  account: filter.account === undefined ? undefined : emailOf(filter.account),
});

/** Starts the emulator and the gate in front of it. @throws Error when the port is taken */
export async function startGoogle(options: GoogleEmulatorOptions): Promise<GoogleEmulator> {
  const now = options.now ?? (() => new Date());
  const book = new GrantBook(now);
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
      await noteError(exchange.record, response);
      await sendWebResponse(exchange, response);
    },
  });
  const { origin, recorder, faults } = server;
  const emulator = startEmulator(origin);
  const isCallbackAllowed = callbackPolicy(options.publicCallbackOrigins);
  const gate: Gate = { origin, emulator, book, settings, now, isCallbackAllowed };
  routes = createGoogleRoutes(gate);
  return {
    origin,
    authorizationEndpoint: `${origin}/o/oauth2/v2/auth`,
    tokenEndpoint: `${origin}/token`,
    revocationEndpoint: `${origin}/revoke`,
    client: organisationClient,
    settings,
    expireAccessTokens: (filter) => book.expireAccessTokens(resolve(filter)),
    rejectAccessToken: (tokenHash) => book.rejectAccessToken(tokenHash),
    revokeGrants: (filter) => {
      const grants = book.liveGrants(resolve(filter));
      for (const grant of grants) book.revokeGrantOf(grant);
      return grants.length;
    },
    isGrantAlive: (account, clientId) =>
      book.liveGrants({ account: emailOf(account), clientId }).length > 0,
    requests: (filter) => recorder.requests(filter),
    counts: () => recorder.counts(),
    failNext: (plan) => faults.failNext(plan),
    holdNext: (plan) => faults.holdNext(plan),
    clearFaults: () => faults.clear(),
    clearRequests: () => recorder.clear(),
    stop: () => server.stop(),
  };
}

/** OAuth errors are short codes and safe to keep. */
async function noteError(record: RequestRecord, response: Response): Promise<void> {
  if (response.ok || record.error !== undefined) return;
  if (record.endpoint !== 'token' && record.endpoint !== 'revoke') return;
  const body = (await response.clone().json()) as Record<string, unknown>;
  if (typeof body['error'] === 'string') record.error = body['error'];
}
