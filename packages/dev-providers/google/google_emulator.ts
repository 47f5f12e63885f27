import { callbackPolicy } from '../callback_policy.ts';
import { type EmulatorControls, sendWebResponse, startEmulatorServer } from '../http/index.ts';
import { emailOf } from '../users.ts';
import { type GoogleClient, organisationClient } from './clients.ts';
import { startEmulator } from './emulator.ts';
import type { GoogleContext } from './google_context.ts';
import {
  createGoogleServer,
  type GoogleSettings,
  type GrantFilter,
  matches,
} from './google_grants.ts';
import { createGoogleRoutes, googleEndpointOf } from './routes.ts';

/** Options of the Google emulator. */
export interface GoogleEmulatorOptions {
  /** Port to listen on. 0 selects any free one. */
  readonly port: number;
  /** Origins besides loopback to which apps may redirect users. */
  readonly publicCallbackOrigins?: readonly string[] | undefined;
  readonly settings?: Partial<GoogleSettings> | undefined;
  readonly now?: (() => Date) | undefined;
}

/** A running Google emulator. Accounts are `ana`, `ben` or an e-mail address. */
export interface GoogleEmulator extends EmulatorControls {
  readonly origin: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint: string;
  /** The organisation's app. */
  readonly client: GoogleClient;
  /** Settings of the emulator. Changes take effect with the next request. */
  readonly settings: GoogleSettings;
  /**
   * Invalidates access tokens at the provider and keeps the refresh tokens.
   * @returns the number of tokens that were still valid
   */
  expireAccessTokens(filter?: GrantFilter): number;
  /**
   * Invalidates one access token before its expiry.
   * @param tokenHash fingerprint of the token, as requests are recorded with it
   * @returns `false` when no such token is valid
   */
  rejectAccessToken(tokenHash: string): boolean;
  /**
   * Ends grants as if the user had removed the app in their account settings.
   * @returns the number of grants that were ended
   */
  revokeGrants(filter?: GrantFilter): number;
  /** Returns `true` while the account has a grant with a refresh token, for one app or for any. */
  isGrantAlive(account: string, clientId?: string): boolean;
}

const resolve = (filter: GrantFilter = {}): GrantFilter => ({
  ...filter,
  account: filter.account === undefined ? undefined : emailOf(filter.account),
});

/**
 * Starts the Google emulator.
 * @throws Error when the port is taken
 */
export async function startGoogle(options: GoogleEmulatorOptions): Promise<GoogleEmulator> {
  const now = options.now ?? (() => new Date());
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
      await sendWebResponse(exchange, response);
    },
  });
  const { origin } = server;
  const emulator = startEmulator(origin);
  const isCallbackAllowed = callbackPolicy(options.publicCallbackOrigins);
  const google = createGoogleServer(settings, now);
  const { grants, liveGrants } = google;
  const context: GoogleContext = { ...google, origin, emulator, settings, now, isCallbackAllowed };
  routes = createGoogleRoutes(context);
  return {
    ...server.controls,
    origin,
    authorizationEndpoint: `${origin}/o/oauth2/v2/auth`,
    tokenEndpoint: `${origin}/token`,
    revocationEndpoint: `${origin}/revoke`,
    client: organisationClient,
    settings,
    expireAccessTokens: (filter) => {
      const wanted = resolve(filter);
      return grants.expireAccessTokens((grant) => matches(wanted, grant));
    },
    rejectAccessToken: (tokenHash) => grants.rejectAccessToken(tokenHash),
    revokeGrants: (filter) => {
      const ended = liveGrants(resolve(filter));
      for (const grant of ended) grants.end(grant);
      return ended.length;
    },
    isGrantAlive: (account, clientId) =>
      liveGrants({ account: emailOf(account), clientId }).length > 0,
  };
}
