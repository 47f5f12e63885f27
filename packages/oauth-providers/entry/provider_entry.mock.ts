import { defineProvider } from './define_provider.ts';
import type { ProviderEntry, ProviderEntryInput } from './provider_entry.ts';

const SOURCES = {
  authorize: 'invented',
  token: 'invented',
  response: 'invented',
  accessToken: 'invented',
  account: 'invented',
  grantFacts: 'invented',
  lifetime: 'invented',
  refreshToken: 'invented',
  revocation: 'invented',
  failures: 'invented',
  api: 'invented',
} as const;

/** An invented provider on example.com that follows the RFCs. */
export const aProvider = (over: Partial<ProviderEntryInput> = {}): ProviderEntry =>
  defineProvider({
    name: 'example',
    displayName: 'Example',
    documentationUrl: 'https://example.com/docs',
    hosts: ['auth.example.com'],
    authorize: { url: 'https://auth.example.com/authorize' },
    token: { url: 'https://auth.example.com/token' },
    sources: SOURCES,
    ...over,
  });

/** Parts of the entry of a test server, whose URLs may be on loopback. */
export interface LocalProviderOptions {
  readonly issuer?: string;
  readonly issuerRequiredInResponse?: boolean;
  readonly authorizationParams?: Readonly<Record<string, string>>;
  readonly revocationUrl?: string;
  readonly defaultLifetimeSeconds?: number | null;
  readonly refreshMarginSeconds?: number;
  readonly idleLimitDays?: number;
  readonly tokenRejected?: ProviderEntry['api']['tokenRejected'];
  readonly missingScope?: ProviderEntry['api']['missingScope'];
}

/**
 * An entry with addresses that no entry of the product may have. The addresses are not checked.
 * Connectors of tests have their own endpoints, on other hosts.
 */
export function aLocalProvider(options: LocalProviderOptions = {}): ProviderEntry {
  const entry = aProvider();
  const { issuer, issuerRequiredInResponse = false, authorizationParams = {} } = options;
  const { revocationUrl, tokenRejected = [], refreshMarginSeconds, idleLimitDays } = options;
  const { missingScope = [] } = options;
  const { defaultLifetimeSeconds = entry.lifetime.defaultSeconds } = options;
  return {
    ...entry,
    ...(issuer === undefined ? {} : { issuer }),
    issuerRequiredInResponse,
    authorize: {
      ...entry.authorize,
      url: 'https://unused.example.net/authorize',
      parameters: { ...authorizationParams },
    },
    token: { ...entry.token, url: 'https://unused.example.net/token' },
    ...(revocationUrl === undefined
      ? {}
      : {
          revocation: {
            url: revocationUrl,
            tokens: ['refresh_token', 'access_token'],
            ends: 'grant',
          },
        }),
    lifetime: {
      defaultSeconds: defaultLifetimeSeconds,
      ...(refreshMarginSeconds === undefined ? {} : { refreshMarginSeconds }),
      ...(idleLimitDays === undefined ? {} : { idleLimitDays }),
    },
    api: { ...entry.api, tokenRejected, missingScope },
  };
}

/** Value of a config field of each kind. */
const SAMPLES = {
  label: 'acme',
  segment: 'acme',
  host: 'acme.example.com',
  tenant: 'common',
} as const;

/** A permitted value of each config field of an entry that has no default. */
export function sampleConfigOf({ config }: ProviderEntry): Readonly<Record<string, string>> {
  const required = Object.entries(config).filter(([, field]) => field.default === undefined);
  return Object.fromEntries(
    required.map(([name, { kind, hosts = [] }]) => {
      const [host = SAMPLES.host] = hosts;
      return [name, kind === 'host' ? host.replace('*', 'acme') : SAMPLES[kind]];
    }),
  );
}
