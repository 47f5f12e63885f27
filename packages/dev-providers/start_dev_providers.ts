import {
  type EarsEmulator,
  type EarsProvider,
  type EarsSettings,
  startEars,
} from './ears/index.ts';
import {
  earsGoogleClient,
  type GoogleEmulator,
  type GoogleSettings,
  startGoogle,
} from './google/index.ts';
import {
  type FakeOAuthServer,
  type StrictSettings,
  startStrict,
  strictClients,
} from './strict/index.ts';
import { type TestUser, type UserId, users } from './users.ts';

/** Default ports of the providers. */
export const defaultPorts = Object.freeze({
  google: 4010,
  ears: 4020,
  strict: 4030,
  control: 4040,
});

/**
 * Ports of the providers, with 0 for any free one, and the origins to which users may be
 * redirected.
 */
export interface DevProvidersOptions {
  readonly google?: { readonly port?: number; readonly settings?: Partial<GoogleSettings> };
  readonly ears?: {
    readonly port?: number;
    readonly settings?: Partial<EarsSettings>;
    /**
     * Origin at which EARS finds Google. Default: that of the Google emulator that is started here.
     */
    readonly googleOrigin?: string;
  };
  readonly strict?: { readonly port?: number; readonly settings?: Partial<StrictSettings> };
  /** Origins besides loopback to which the apps may redirect users. */
  readonly publicCallbackOrigins?: readonly string[];
}

/** All running test providers. */
export interface DevProviders {
  readonly google: GoogleEmulator;
  readonly ears: EarsEmulator;
  readonly strict: FakeOAuthServer;
  readonly users: Readonly<Record<UserId, TestUser>>;
  /** Stops all providers. Safe to call twice. */
  stop(): Promise<void>;
}

const SIX_MONTHS_SECONDS = 15_552_000;

function earsProviders(
  googleOrigin: string,
  strict: FakeOAuthServer,
): Record<string, EarsProvider> {
  const overStrict: EarsProvider = {
    authorizationEndpoint: strict.authorizationEndpoint,
    tokenEndpoint: strict.tokenEndpoint,
    revocationEndpoint: strict.revocationEndpoint,
    clientId: strictClients.ears.clientId,
    clientSecret: strictClients.ears.clientSecret,
    authorizationParams: { prompt: 'consent' },
    refreshTokenLifetimeSeconds: strict.settings.refreshTokenTtlSeconds,
  };
  return {
    google: {
      authorizationEndpoint: `${googleOrigin}/o/oauth2/v2/auth`,
      tokenEndpoint: `${googleOrigin}/token`,
      revocationEndpoint: `${googleOrigin}/revoke`,
      clientId: earsGoogleClient.clientId,
      clientSecret: earsGoogleClient.clientSecret,
      authorizationParams: { access_type: 'offline', prompt: 'consent' },
      refreshTokenLifetimeSeconds: SIX_MONTHS_SECONDS,
    },
    microsoft: overStrict,
    slack: overStrict,
  };
}

/**
 * Starts the Google emulator, the strict server, and EARS in front of both.
 * @throws Error naming the provider whose port is taken; then no provider is left running
 */
export async function startDevProviders(options: DevProvidersOptions = {}): Promise<DevProviders> {
  const { publicCallbackOrigins } = options;
  const started: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((emulator) => emulator.stop()));
  };
  const keep = <T extends { stop(): Promise<void> }>(emulator: T): T => {
    started.push(emulator);
    return emulator;
  };
  try {
    const google = keep(
      await startGoogle({ port: defaultPorts.google, ...options.google, publicCallbackOrigins }),
    );
    const strict = keep(
      await startStrict({ port: defaultPorts.strict, ...options.strict, publicCallbackOrigins }),
    );
    const { googleOrigin = google.origin, ...earsOptions } = options.ears ?? {};
    const providers = earsProviders(googleOrigin, strict);
    const ears = keep(
      await startEars({
        port: defaultPorts.ears,
        ...earsOptions,
        providers,
        publicCallbackOrigins,
      }),
    );
    return { google, ears, strict, users, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
