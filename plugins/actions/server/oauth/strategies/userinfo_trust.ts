import { buildApiOrigins } from '../../connector_types/index.ts';
import type { DecryptedConnector, EndpointRefusal, IssuerCheck } from '../../types.ts';
import type { ProviderEntry } from './provider_facts.ts';
import { isSameOrigin, isSameSite } from './same_site.ts';

/** Where access tokens may be shown to learn whose they are. */
export interface UserinfoTrust {
  /** `undefined`: none is known, or the one entered is refused. */
  readonly userinfoEndpoint: string | undefined;
  readonly userinfoRefusal: EndpointRefusal | undefined;
}

/**
 * Judges the userinfo URL of a connector. An access token is sent there, so it must be where the
 * connector's credentials go anyhow (the token URL, the API), or what the connector type names, or
 * what the metadata of a confirmed issuer names on the site of the token URL.
 */
export function userinfoTrust(
  connector: DecryptedConnector,
  urls: {
    readonly tokenUrl: string;
    /** As an editor entered it. */
    readonly userinfoUrl: string | undefined;
    /** As the connector type names it. */
    readonly known: string | undefined;
  },
  context: {
    readonly entry: ProviderEntry | undefined;
    readonly check: IssuerCheck | undefined;
  },
): UserinfoTrust {
  const { tokenUrl, userinfoUrl, known } = urls;
  const { entry, check } = context;
  const apiOrigins = entry === undefined ? [] : (buildApiOrigins(entry)(connector.config) ?? []);
  const isOfApi = (uri: string) => apiOrigins.some((origin) => isSameOrigin(uri, origin));
  const named = check?.userinfoEndpoint;
  // An issuer knows the hosts of its own site. It must not send tokens to another one.
  const ofIssuer =
    named !== undefined && (isSameSite(named, tokenUrl) || isOfApi(named)) ? named : undefined;
  if (userinfoUrl === undefined)
    return { userinfoEndpoint: known ?? ofIssuer, userinfoRefusal: undefined };
  const isVouched =
    isSameOrigin(userinfoUrl, tokenUrl) ||
    isOfApi(userinfoUrl) ||
    userinfoUrl === known ||
    userinfoUrl === ofIssuer ||
    // What is in the configuration file is the operator's, not an editor's.
    connector.isPreconfigured === true;
  if (isVouched) return { userinfoEndpoint: userinfoUrl, userinfoRefusal: undefined };
  const allowed = [URL.parse(tokenUrl)?.origin, ...apiOrigins].join(', ');
  return {
    userinfoEndpoint: undefined,
    userinfoRefusal: {
      code: 'userinfo_url_refused',
      message: `The userinfo URL of connector [${connector.id}] is on none of the origins its tokens go to (${allowed}), so no token is sent there. Use one of those origins, or, for a host of the site of the token URL, enter the issuer whose metadata names this URL.`,
    },
  };
}
