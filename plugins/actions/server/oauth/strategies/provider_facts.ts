import type { ConnectorSpec, OAuthProviderFacts } from '@latchkey/connector-specs';
import { isSameSite } from './registrable_host.ts';

/** What a grant client needs to know of a connector type. */
export type ProviderEntry = Pick<ConnectorSpec, 'auth' | 'oauth' | 'schema' | 'validateUrls'>;

/** RFC 6749 leaves the lifetime open; an hour is what most providers use, and a 401 refreshes anyway. */
const DEFAULT_LIFETIME_SECONDS = 3600;

/** Lifetime, margin and idle limit, which do not depend on the dialect. */
export function grantLimits(facts: OAuthProviderFacts | undefined): {
  readonly defaultLifetimeSeconds: number;
  readonly refreshMarginSeconds: number | undefined;
  readonly idleLimitDays: number | undefined;
} {
  return {
    defaultLifetimeSeconds: facts?.defaultLifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS,
    refreshMarginSeconds: facts?.refreshMarginSeconds,
    idleLimitDays: facts?.idleLimitDays,
  };
}

/** The endpoints an administrator configured. */
interface Endpoints {
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
}

/**
 * The parts of a connector type's entry that hold for these endpoints. An administrator may point a connector at another server (a
 * self-hosted edition, a regional one); the entry's issuer and revocation endpoint then speak of somebody else, and a token must never be
 * sent there.
 */
export function factsFor(
  facts: OAuthProviderFacts | undefined,
  endpoints: Endpoints,
): {
  readonly issuer: string | undefined;
  readonly issuerRequiredInResponse: boolean;
  readonly revocationUrl: string | undefined;
} {
  const belongs = (uri: string | undefined): string | undefined =>
    uri !== undefined &&
    (isSameSite(uri, endpoints.tokenUrl) || isSameSite(uri, endpoints.authorizationUrl))
      ? uri
      : undefined;
  return {
    issuer: belongs(facts?.issuer),
    issuerRequiredInResponse: facts?.issuerRequiredInResponse === true,
    revocationUrl: belongs(facts?.revocationUrl),
  };
}

/** What an administrator should look at although it works. */
export function endpointWarnings(endpoints: Endpoints, issuer: string | undefined): string[] {
  if (issuer !== undefined || isSameSite(endpoints.authorizationUrl, endpoints.tokenUrl)) return [];
  const [authorize, token] = [endpoints.authorizationUrl, endpoints.tokenUrl].map(
    (uri) => URL.parse(uri)?.hostname ?? uri,
  );
  return [
    `The authorization URL is at ${authorize} and the token URL at ${token}, and no issuer ties them together. Make sure that both belong to the same provider.`,
  ];
}
