import type { DecryptedConnector, IssuerCheck } from '../../connector_data/index.ts';
import { buildApiOrigins } from '../../connector_types/index.ts';
import type { EndpointRefusal } from './configuration_error.ts';
import type { OAuthConnectorType } from './connector_provider.ts';
import { isSameOrigin, isSameSite } from './same_site.ts';

/** Result of checking the userinfo endpoint of a connector, which receives access tokens. */
export interface UserinfoTrust {
  /**
   * Endpoint from which the account may be read. `undefined`: no endpoint is known, or the entered
   * one is refused.
   */
  readonly userinfoEndpoint: string | undefined;
  /** Why the entered endpoint is refused. `undefined`: it is accepted, or none was entered. */
  readonly userinfoRefusal: EndpointRefusal | undefined;
}

/**
 * Checks the userinfo URL of a connector, because access tokens are sent there. It must be on an
 * origin that receives the connector's credentials anyway (token URL, API), or in the connector
 * type, or in the metadata of a confirmed issuer and on the site of the token URL.
 */
export function userinfoTrust(
  connector: DecryptedConnector,
  urls: {
    readonly tokenUrl: string;
    /** URL that an editor entered. */
    readonly userinfoUrl: string | undefined;
    /** URL of the connector type. */
    readonly known: string | undefined;
  },
  context: {
    readonly entry: OAuthConnectorType | undefined;
    readonly check: IssuerCheck | undefined;
  },
): UserinfoTrust {
  const { tokenUrl, userinfoUrl, known } = urls;
  const { entry, check } = context;
  const apiOrigins = entry === undefined ? [] : (buildApiOrigins(entry)(connector.config) ?? []);
  const isOfApi = (uri: string) => apiOrigins.some((origin) => isSameOrigin(uri, origin));
  const named = check?.userinfoEndpoint;
  // The metadata of an issuer may only name hosts of the issuer's own site.
  const ofIssuer =
    named !== undefined && (isSameSite(named, tokenUrl) || isOfApi(named)) ? named : undefined;
  if (userinfoUrl === undefined)
    return { userinfoEndpoint: known ?? ofIssuer, userinfoRefusal: undefined };
  const isConfirmed =
    isSameOrigin(userinfoUrl, tokenUrl) ||
    isOfApi(userinfoUrl) ||
    userinfoUrl === known ||
    userinfoUrl === ofIssuer ||
    // The configuration file belongs to the operator, so its URL is accepted.
    connector.isPreconfigured === true;
  if (isConfirmed) return { userinfoEndpoint: userinfoUrl, userinfoRefusal: undefined };
  const allowed = [URL.parse(tokenUrl)?.origin, ...apiOrigins].join(', ');
  return {
    userinfoEndpoint: undefined,
    userinfoRefusal: {
      code: 'userinfo_url_refused',
      message: `The userinfo URL of connector [${connector.id}] is on none of the origins its tokens go to (${allowed}), so no token is sent there. Use one of those origins, or, for a host of the site of the token URL, enter the issuer whose metadata names this URL.`,
    },
  };
}
