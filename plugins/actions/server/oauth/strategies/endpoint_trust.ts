import type { DecryptedConnector, EndpointRefusal, IssuerCheck } from '../../types.ts';
import { isCheckOf } from './issuer_check.ts';
import type { OAuthSettings } from './oauth_settings.ts';
import { factsFor, hasEndpointsOfType, type ProviderEntry } from './provider_facts.ts';
import { isSameOrigin, isSameSite } from './same_site.ts';
import { type UserinfoTrust, userinfoTrust } from './userinfo_trust.ts';

/** Who says that a revocation endpoint belongs to the provider that issued the tokens. */
export type RevocationVoucher = 'token_url' | 'connector_type' | 'issuer' | 'operator';

/** Where tokens may be revoked. */
interface RevocationTrust {
  /**
   * Tokens may be sent there to be revoked. `undefined`: none is known, or the one entered is
   * refused.
   */
  readonly revocationEndpoint: string | undefined;
  /** `undefined`: there is no endpoint, or nobody vouches for it. */
  readonly revocationVoucher: RevocationVoucher | undefined;
  /** The connector works, and ends grants without telling the provider. */
  readonly revocationRefusal: EndpointRefusal | undefined;
  /** The metadata of an issuer that older builds trusted names it, whether or not that counts. */
  readonly isRevocationOfIssuer: boolean;
}

/** What may be used of the endpoints an editor entered, and what is refused. */
export interface EndpointTrust extends RevocationTrust, UserinfoTrust {
  /** Nothing may be sent anywhere until an administrator has acted. */
  readonly sitesRefusal: EndpointRefusal | undefined;
  /** What an administrator should look at although the connector works. */
  readonly warnings: readonly string[];
}

type Endpoints = Readonly<Record<'authorizationUrl' | 'tokenUrl', string>>;

/**
 * Judges the endpoints of a connector by what its editor cannot choose (attacks 20, 48 and 114).
 * Only the token URL has ever seen the tokens, so it is what everything else is compared with: the
 * authorization URL may be at a stranger's who merely forwards to the provider.
 */
export function endpointTrust(
  connector: DecryptedConnector,
  endpoints: Endpoints,
  context: {
    readonly settings: OAuthSettings;
    readonly entry: ProviderEntry | undefined;
    readonly trustedRevocationOrigins: ReadonlySet<string>;
  },
): EndpointTrust {
  const { entry } = context;
  const { issuer } = context.settings;
  const stated = checkOfStated(connector, { ...endpoints, issuer });
  const check = stated !== undefined && isTrusted(stated, endpoints.tokenUrl) ? stated : undefined;
  const doubt = sitesRefusalOf(connector, endpoints, { entry, issuer, check });
  // What is in the configuration file is the operator's, not an editor's.
  const isOperators = connector.isPreconfigured === true;
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
  const doubts = [
    isOperators ? doubt : undefined,
    revocation.revocationRefusal,
    userinfo.userinfoRefusal,
  ];
  return {
    ...revocation,
    ...userinfo,
    sitesRefusal: isOperators ? undefined : doubt,
    warnings: doubts.flatMap((one) => (one === undefined ? [] : [one.message])),
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
  const vouched = (uri: string | undefined, revocationVoucher: RevocationVoucher | undefined) => ({
    revocationEndpoint: uri,
    revocationVoucher,
    revocationRefusal: undefined,
    isRevocationOfIssuer: isRevocationOfIssuer && revocationVoucher !== 'connector_type',
  });
  if (revocationUrl === undefined)
    return vouched(known, known === undefined ? undefined : 'connector_type');
  if (isSameOrigin(revocationUrl, tokenUrl)) return vouched(revocationUrl, 'token_url');
  if (revocationUrl === known) return vouched(revocationUrl, 'connector_type');
  const isOfIssuer = revocationUrl === check?.revocationEndpoint;
  // A promised `iss` protects new authorizations, not the grants that exist, so it is bounded.
  if (isOfIssuer && (isPublishedAt(check, tokenUrl) || isSameSite(revocationUrl, tokenUrl)))
    return vouched(revocationUrl, 'issuer');
  const isListed = trustedRevocationOrigins.has(URL.parse(revocationUrl)?.origin ?? '');
  if (isListed || connector.isPreconfigured === true) return vouched(revocationUrl, 'operator');
  return {
    revocationEndpoint: undefined,
    revocationVoucher: undefined,
    revocationRefusal: revocationRefusalOf(connector, revocationUrl, tokenUrl),
    isRevocationOfIssuer,
  };
}

/** Metadata that confirmed these endpoints. Anybody can publish some, so it proves nothing yet. */
function checkOfStated(
  { issuerCheck }: DecryptedConnector,
  stated: Endpoints & { readonly issuer: string | undefined },
): IssuerCheck | undefined {
  const { issuer } = stated;
  if (issuer === undefined || issuerCheck?.isConfirmed !== true) return undefined;
  return isCheckOf(issuerCheck, { ...stated, issuer }) ? issuerCheck : undefined;
}

/**
 * Tells if the metadata may confirm endpoints. Either the origin of the token URL published it: an
 * origin may serve content of its users below any path (raw files of a repository), so an issuer
 * with a path counts only if its metadata was at the root. Or every response must name the issuer
 * (RFC 9207): an honest provider never names a stranger.
 */
function isTrusted(check: IssuerCheck, tokenUrl: string): boolean {
  return check.issuerRequiredInResponse || isPublishedAt(check, tokenUrl);
}

/** Whether the root of the origin that receives the tokens anyway published the metadata. */
function isPublishedAt(check: IssuerCheck, tokenUrl: string): boolean {
  const isPublishedByOrigin =
    check.isPublishedByOrigin === true || URL.parse(check.issuer)?.pathname === '/';
  return isPublishedByOrigin && isSameOrigin(check.issuer, tokenUrl);
}

/** The rule of older builds, which accepted an issuer with any path. */
function wasTrusted(check: IssuerCheck, tokenUrl: string): boolean {
  return check.issuerRequiredInResponse || isSameOrigin(check.issuer, tokenUrl);
}

/** A code that is asked for at one provider must not be shown to another. */
function sitesRefusalOf(
  connector: DecryptedConnector,
  { authorizationUrl, tokenUrl }: Endpoints,
  known: {
    readonly entry: ProviderEntry | undefined;
    readonly issuer: string | undefined;
    readonly check: IssuerCheck | undefined;
  },
): EndpointRefusal | undefined {
  if (isSameSite(authorizationUrl, tokenUrl) || known.check !== undefined) return undefined;
  if (hasEndpointsOfType({ authorizationUrl, tokenUrl }, connector.authType, known.entry))
    return undefined;
  const [authorize, token] = [authorizationUrl, tokenUrl].map(hostOf);
  const advice =
    known.issuer === undefined
      ? 'Correct the URLs, or enter the issuer of the provider.'
      : `The issuer [${known.issuer}] does not confirm them: its metadata must name both URLs, and it must either be on the origin of the token URL (with a path: published at /.well-known/oauth-authorization-server of that origin, RFC 8414) or promise to name itself in every response (RFC 9207). Correct the URLs or the issuer, and save again.`;
  return {
    code: 'endpoints_not_confirmed',
    message: `The authorization URL of connector [${connector.id}] is at ${authorize} and its token URL at ${token}, and nothing confirms that both belong to the same provider. ${advice}`,
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

function hostOf(uri: string): string {
  return URL.parse(uri)?.hostname ?? uri;
}
