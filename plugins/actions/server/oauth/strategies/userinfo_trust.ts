import type { DecryptedConnector, IssuerCheck } from '../../connector_data/index.ts';
import { buildApiOrigins } from '../../connector_types/index.ts';
import type { EndpointRefusal } from './configuration_error.ts';
import type { OAuthConnectorType } from './connector_provider.ts';
import { isSameOrigin, isSameSite } from './same_site.ts';

/** The endpoint to which access tokens may be sent to read the account. */
export interface UserinfoTrust {
  /** Userinfo endpoint. `undefined`: no endpoint is known, or the entered one is refused. */
  readonly userinfoEndpoint: string | undefined;
  /** Reason why the entered endpoint is refused. `undefined`: it is not, or none was entered. */
  readonly userinfoRefusal: EndpointRefusal | undefined;
}

/**
 * Checks the userinfo URL of a connector. An access token is sent there. So it must be on an origin
 * that receives the connector's credentials anyway (token URL, API), or be named by the connector
 * type, or be named by the metadata of a confirmed issuer on the site of the token URL.
 */
export function userinfoTrust(
  connector: DecryptedConnector,
  urls: {
    readonly tokenUrl: string;
    /** URL as an editor entered it. */
    readonly userinfoUrl: string | undefined;
    /** URL as the connector type names it. */
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
  // An issuer may name hosts of its own site only.
  const ofIssuer =
    named !== undefined && (isSameSite(named, tokenUrl) || isOfApi(named)) ? named : undefined;
  if (userinfoUrl === undefined)
    return { userinfoEndpoint: known ?? ofIssuer, userinfoRefusal: undefined };
  const isConfirmed =
    isSameOrigin(userinfoUrl, tokenUrl) ||
    isOfApi(userinfoUrl) ||
    userinfoUrl === known ||
    userinfoUrl === ofIssuer ||
    // The configuration file belongs to the operator, not to an editor.
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
