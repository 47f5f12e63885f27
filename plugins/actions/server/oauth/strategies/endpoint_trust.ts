import type { DecryptedConnector, IssuerCheck } from '../../connector_data/index.ts';
import type { EndpointRefusal } from './configuration_error.ts';
import { factsFor, hasEndpointsOfType, type OAuthConnectorType } from './connector_provider.ts';
import { isCheckOf } from './issuer_check.ts';
import type { OAuthSettings } from './oauth_settings.ts';
import { isSameOrigin, isSameSite } from './same_site.ts';
import { type UserinfoTrust, userinfoTrust } from './userinfo_trust.ts';

/**
 * Source that confirms that a revocation endpoint belongs to the provider that issued the tokens.
 */
type RevocationVoucher = 'token_url' | 'connector_type' | 'issuer' | 'operator';

/** The endpoint to which tokens may be sent for revocation. */
interface RevocationTrust {
  /**
   * Tokens may be sent there to be revoked. `undefined`: no endpoint is known, or the entered one
   * is refused.
   */
  readonly revocationEndpoint: string | undefined;
  /**
   * Source that confirms the revocation endpoint. `undefined`: there is no endpoint, or no source
   * confirms it.
   */
  readonly revocationVoucher: RevocationVoucher | undefined;
  /** The connector works, but its grants end without a revocation at the provider. */
  readonly revocationRefusal: EndpointRefusal | undefined;
  /**
   * `true`: the metadata of an issuer that older versions trusted names this endpoint, even if
   * such metadata confirms nothing now.
   */
  readonly isRevocationOfIssuer: boolean;
}

/** The endpoints of a connector that may be used, and the refused ones. */
export interface EndpointTrust extends RevocationTrust, UserinfoTrust {
  /** Set: no call may be made until an administrator has corrected the connector. */
  readonly sitesRefusal: EndpointRefusal | undefined;
  /** Problems for an administrator although the connector works. */
  readonly warnings: readonly string[];
}

type Endpoints = Readonly<Record<'authorizationUrl' | 'tokenUrl', string>>;

/**
 * Checks the endpoints of a connector against facts that its editor cannot choose (A20, C48
 * and H114). Only the token URL receives tokens in every case, so all other endpoints are compared
 * with it. The authorization URL may belong to an attacker who forwards to the provider.
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
  // The configuration file belongs to the operator, not to an editor.
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
  // The promise to name itself (`iss`) protects new authorizations but not existing grants, so the
  // endpoint must also be on the site of the token URL.
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
 * Metadata that names these endpoints. Anyone can publish metadata, so this alone proves nothing.
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
 * Returns `true` if the metadata may confirm endpoints. There are two ways. Either the origin of
 * the token URL published it: an origin may serve content of its users below any path (raw files of
 * a repository), so an issuer with a path counts only if its metadata was at the root. Or every
 * response must name the issuer (RFC 9207): an honest provider never names another issuer.
 */
function isTrusted(check: IssuerCheck, tokenUrl: string): boolean {
  return check.issuerRequiredInResponse || isPublishedAt(check, tokenUrl);
}

/** Returns `true` if the root of the token URL's origin published the metadata. */
function isPublishedAt(check: IssuerCheck, tokenUrl: string): boolean {
  const isPublishedByOrigin =
    check.isPublishedByOrigin === true || URL.parse(check.issuer)?.pathname === '/';
  return isPublishedByOrigin && isSameOrigin(check.issuer, tokenUrl);
}

/** The rule of older versions, which accepted an issuer with any path. */
function wasTrusted(check: IssuerCheck, tokenUrl: string): boolean {
  return check.issuerRequiredInResponse || isSameOrigin(check.issuer, tokenUrl);
}

/** A code that was requested at one provider must not be sent to another. */
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
