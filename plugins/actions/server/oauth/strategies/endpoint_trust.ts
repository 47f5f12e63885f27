import type { DecryptedConnector, IssuerCheck } from '../../connector_data/index.ts';
import type { EndpointRefusal } from './configuration_error.ts';
import { factsFor, hasEndpointsOfType, type OAuthConnectorType } from './connector_provider.ts';
import { isCheckOf } from './issuer_check.ts';
import type { OAuthSettings } from './oauth_settings.ts';
import { isSameOrigin, isSameSite } from './same_site.ts';
import { type UserinfoTrust, userinfoTrust } from './userinfo_trust.ts';

/** Source that confirms that a revocation endpoint belongs to the issuer of the tokens. */
type RevocationVoucher = 'token_url' | 'connector_type' | 'issuer' | 'operator';

/** Result of checking the revocation endpoint of a connector. */
interface RevocationTrust {
  /**
   * Endpoint to which tokens may be sent to be revoked. `undefined`: no endpoint is known, or the
   * entered one is refused.
   */
  readonly revocationEndpoint: string | undefined;
  /**
   * Source that confirms the endpoint. `undefined`: there is no endpoint, or no source confirms
   * it.
   */
  readonly revocationVoucher: RevocationVoucher | undefined;
  /**
   * Why the entered revocation endpoint is refused. The connector works, but its grants end without
   * a revocation at the provider.
   */
  readonly revocationRefusal: EndpointRefusal | undefined;
  /**
   * `true`: the metadata of the issuer names this endpoint, and older versions trusted that issuer.
   * Current versions may not trust it.
   */
  readonly isRevocationOfIssuer: boolean;
}

/** Result of checking all endpoints of a connector. */
export interface EndpointTrust extends RevocationTrust, UserinfoTrust {
  /**
   * Why the authorization URL and the token URL are refused. If set, the connector is not used
   * until an administrator has corrected it.
   */
  readonly sitesRefusal: EndpointRefusal | undefined;
  /** Sentences for an administrator about refused endpoints without which the connector works. */
  readonly warnings: readonly string[];
}

type Endpoints = Readonly<Record<'authorizationUrl' | 'tokenUrl', string>>;

/**
 * Checks the endpoints of a connector against data that its editor cannot choose (A20, C48, H114).
 * All other endpoints are compared with the token URL, because it always receives the tokens. The
 * authorization URL may belong to an attacker who forwards to the provider.
 */
export function endpointTrust(
  connector: DecryptedConnector,
  endpoints: Endpoints,
  context: {
    readonly settings: OAuthSettings;
    readonly entry: OAuthConnectorType | undefined;
    readonly trustedRevocationOrigins: ReadonlySet<string>;
  },
): EndpointTrust {
  const { entry } = context;
  const { issuer } = context.settings;
  const stated = checkOfStated(connector, { ...endpoints, issuer });
  const check = stated !== undefined && isTrusted(stated, endpoints.tokenUrl) ? stated : undefined;
  const sitesRefusal = sitesRefusalOf(connector, endpoints, { entry, issuer, check });
  // The configuration file belongs to the operator, so its endpoints only cause warnings.
  const isOperatorOwned = connector.isPreconfigured === true;
  const revocation = revocationTrust(connector, endpoints, { ...context, check, stated });
  const userinfo = userinfoTrust(
    connector,
    {
      tokenUrl: endpoints.tokenUrl,
      userinfoUrl: context.settings.userinfoUrl,
      known: factsFor(entry, connector.authType, endpoints).userinfoUrl,
    },
    { entry, check },
  );
  const refusals = [
    isOperatorOwned ? sitesRefusal : undefined,
    revocation.revocationRefusal,
    userinfo.userinfoRefusal,
  ];
  return {
    ...revocation,
    ...userinfo,
    sitesRefusal: isOperatorOwned ? undefined : sitesRefusal,
    warnings: refusals.flatMap((one) => (one === undefined ? [] : [one.message])),
  };
}

function revocationTrust(
  connector: DecryptedConnector,
  endpoints: Endpoints,
  context: Parameters<typeof endpointTrust>[2] & {
    readonly check: IssuerCheck | undefined;
    readonly stated: IssuerCheck | undefined;
  },
): RevocationTrust {
  const { entry, trustedRevocationOrigins, check, stated } = context;
  const { revocationUrl } = context.settings;
  const { tokenUrl } = endpoints;
  const known = factsFor(entry, connector.authType, endpoints).revocationUrl;
  const isRevocationOfIssuer =
    stated?.revocationEndpoint !== undefined &&
    revocationUrl === stated.revocationEndpoint &&
    wasTrusted(stated, tokenUrl);
  const confirmedBy = (
    uri: string | undefined,
    revocationVoucher: RevocationVoucher | undefined,
  ) => ({
    revocationEndpoint: uri,
    revocationVoucher,
    revocationRefusal: undefined,
    isRevocationOfIssuer: isRevocationOfIssuer && revocationVoucher !== 'connector_type',
  });
  if (revocationUrl === undefined)
    return confirmedBy(known, known === undefined ? undefined : 'connector_type');
  if (isSameOrigin(revocationUrl, tokenUrl)) return confirmedBy(revocationUrl, 'token_url');
  if (revocationUrl === known) return confirmedBy(revocationUrl, 'connector_type');
  const isOfIssuer = revocationUrl === check?.revocationEndpoint;
  // If the trust comes from the promise of `iss`, the endpoint must also be on the site of the
  // token URL: the promise protects new authorizations, but not existing grants.
  if (isOfIssuer && (isPublishedAt(check, tokenUrl) || isSameSite(revocationUrl, tokenUrl)))
    return confirmedBy(revocationUrl, 'issuer');
  const isListed = trustedRevocationOrigins.has(URL.parse(revocationUrl)?.origin ?? '');
  if (isListed || connector.isPreconfigured === true) return confirmedBy(revocationUrl, 'operator');
  return {
    revocationEndpoint: undefined,
    revocationVoucher: undefined,
    revocationRefusal: revocationRefusalOf(connector, revocationUrl, tokenUrl),
    isRevocationOfIssuer,
  };
}

/**
 * Returns the stored check if its metadata names exactly these endpoints. The check alone proves
 * nothing, because anybody can publish metadata.
 */
function checkOfStated(
  { issuerCheck }: DecryptedConnector,
  stated: Endpoints & { readonly issuer: string | undefined },
): IssuerCheck | undefined {
  const { issuer } = stated;
  if (issuer === undefined || issuerCheck?.isConfirmed !== true) return undefined;
  return isCheckOf(issuerCheck, { ...stated, issuer }) ? issuerCheck : undefined;
}

/**
 * Returns `true` if the metadata is enough to confirm endpoints, which is so in two cases. First,
 * the origin of the token URL published it. An origin may serve content of its users below any path
 * (raw files of a repository), so for an issuer with a path, the metadata must have been at the
 * root. Second, every response must name the issuer (RFC 9207), because an honest provider never
 * names another issuer.
 */
function isTrusted(check: IssuerCheck, tokenUrl: string): boolean {
  return check.issuerRequiredInResponse || isPublishedAt(check, tokenUrl);
}

/** Returns `true` if the metadata was published at the root of the token URL's origin. */
function isPublishedAt(check: IssuerCheck, tokenUrl: string): boolean {
  const isPublishedByOrigin =
    check.isPublishedByOrigin === true || URL.parse(check.issuer)?.pathname === '/';
  return isPublishedByOrigin && isSameOrigin(check.issuer, tokenUrl);
}

/** Returns `true` if older versions trusted the metadata: they accepted an issuer with any path. */
function wasTrusted(check: IssuerCheck, tokenUrl: string): boolean {
  return check.issuerRequiredInResponse || isSameOrigin(check.issuer, tokenUrl);
}

/**
 * Refuses an authorization URL and a token URL of two providers, because a code of one would be
 * sent to the other. `undefined`: they are accepted.
 */
function sitesRefusalOf(
  connector: DecryptedConnector,
  { authorizationUrl, tokenUrl }: Endpoints,
  known: {
    readonly entry: OAuthConnectorType | undefined;
    readonly issuer: string | undefined;
    readonly check: IssuerCheck | undefined;
  },
): EndpointRefusal | undefined {
  if (isSameSite(authorizationUrl, tokenUrl) || known.check !== undefined) return undefined;
  if (hasEndpointsOfType({ authorizationUrl, tokenUrl }, connector.authType, known.entry))
    return undefined;
  const [authorize, token] = [authorizationUrl, tokenUrl].map(hostName);
  const advice =
    known.issuer === undefined
      ? 'Correct the URLs, or enter the issuer of the provider.'
      : `The issuer [${known.issuer}] does not confirm them: its metadata must name both URLs, and it must either be on the origin of the token URL (with a path: published at /.well-known/oauth-authorization-server of that origin, RFC 8414) or promise to name itself in every response (RFC 9207). Correct the URLs or the issuer, and save again.`;
  return {
    code: 'endpoints_not_confirmed',
    message: `The authorization URL of connector [${connector.id}] is at ${authorize} and its token URL at ${token}, and it is not confirmed that both belong to the same provider. ${advice}`,
  };
}

function revocationRefusalOf(
  { id }: DecryptedConnector,
  revocationUrl: string,
  tokenUrl: string,
): EndpointRefusal {
  const origin = URL.parse(revocationUrl)?.origin ?? '';
  return {
    code: 'revocation_url_refused',
    message: `The revocation URL of connector [${id}] is not on the origin of its token URL (${URL.parse(tokenUrl)?.origin}), so no token is sent there. Use that origin, or enter the issuer whose metadata names this revocation URL (published at the root of that origin, or for a host of the same site), or have an operator who trusts it add ${origin} to xpack.actions.auth.oauth_authorization_code.trustedRevocationOrigins.`,
  };
}

function hostName(uri: string): string {
  return URL.parse(uri)?.hostname ?? uri;
}
