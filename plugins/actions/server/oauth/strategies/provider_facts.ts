import type { ConnectorSpec, OAuthProviderFacts } from '@latchkey/connector-specs';
import { isSameOrigin, isSameSite } from './same_site.ts';

/** The parts of a connector type that a provider client needs. */
export type ProviderEntry = Pick<
  ConnectorSpec,
  'apiOrigins' | 'auth' | 'formerId' | 'oauth' | 'schema' | 'validateUrls'
>;

/**
 * RFC 6749 makes the lifetime optional. Most providers use an hour, and a 401 response causes a
 * refresh anyway.
 */
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

/** The endpoints that an administrator configured. */
interface Endpoints {
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
}

/**
 * The parts of a connector type's entry that apply to these endpoints. An administrator may
 * configure another server (a self-hosted edition, a regional one). Issuer and revocation endpoint
 * of the entry then belong to another provider, and no token may be sent there. Only the token URL
 * identifies the server.
 */
export function factsFor(
  entry: ProviderEntry | undefined,
  authType: string,
  endpoints: Endpoints,
): {
  readonly issuer: string | undefined;
  readonly issuerRequiredInResponse: boolean;
  readonly revocationUrl: string | undefined;
  readonly userinfoUrl: string | undefined;
} {
  const facts = entry?.oauth;
  const isOfType = hasEndpointsOfType(endpoints, authType, entry);
  const belongs = (uri: string | undefined): string | undefined =>
    uri !== undefined && (isOfType || isSameSite(uri, endpoints.tokenUrl)) ? uri : undefined;
  return {
    issuer: belongs(facts?.issuer),
    issuerRequiredInResponse: facts?.issuerRequiredInResponse === true,
    revocationUrl: belongs(facts?.revocationUrl),
    userinfoUrl: belongs(facts?.userinfoUrl),
  };
}

/**
 * Returns `true` if both endpoints are on the origins that the connector type itself names for
 * them.
 */
export function hasEndpointsOfType(
  { authorizationUrl, tokenUrl }: Endpoints,
  authType: string,
  entry: ProviderEntry | undefined,
): boolean {
  return (entry?.auth?.types ?? []).some((one) => {
    if (typeof one === 'string' || one.type !== authType) return false;
    const { authorizationUrl: authorize, tokenUrl: token } = one.defaults;
    if (typeof authorize !== 'string' || typeof token !== 'string') return false;
    return isSameOrigin(authorize, authorizationUrl) && isSameOrigin(token, tokenUrl);
  });
}
