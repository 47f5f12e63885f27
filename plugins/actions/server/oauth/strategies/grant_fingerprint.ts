import { createHash } from 'node:crypto';
import { configFieldIn, endpointConfigFields } from '@latchkey/connector-specs';
import {
  dialectOf,
  hostWithPort,
  type OAuthClientConfiguration,
  type StandardClient,
} from '@latchkey/oauth-client';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import { urlConfigFields, usedGrantFacts } from '../../connector_types/index.ts';
import type { OAuthConnectorType } from './connector_provider.ts';
import { isSameOrigin } from './same_site.ts';
import { isAccessTokenPath } from './settings_refusals.ts';

/** Length of a fingerprint in base64url characters: 132 bits. */
const LENGTH = 22;

/** A revocation endpoint that an editor entered or the connector type has. */
export interface NamedRevocation {
  readonly uri: string;
  /** `true`: the metadata of an issuer that an editor entered contains the endpoint. */
  readonly isOfIssuer: boolean;
}

/**
 * Hash of the client of a connector and of all destinations of its tokens. It changes with
 * connector type, auth type, hosts, tenant, client id, origin of the revocation endpoint, entered
 * grant facts that requests contain, and EARS provider. It does not change with the name, the
 * client secret, the scope, or a new id of the connector type, so such edits keep every user
 * connected.
 * @param context.entry properties of the connector type, among them the config fields with the
 * address of the API
 * @param context.revocation revocation endpoint. Default: that of `configuration`
 */
export function grantFingerprint(
  connector: DecryptedConnector,
  configuration: OAuthClientConfiguration,
  context: {
    readonly entry: OAuthConnectorType | undefined;
    readonly revocation?: NamedRevocation | undefined;
  },
): string {
  const { entry } = context;
  const { identity, registeredClient } = dialectOf(configuration);
  const who = [
    ...identity,
    ...(registeredClient === undefined ? [] : revocationPart(registeredClient, context.revocation)),
  ];
  const urlFields = entry === undefined ? [] : urlConfigFields(entry);
  const apiHosts = urlFields.toSorted().map((field) => {
    const url = connector.config[field];
    return typeof url === 'string' ? hostWithPort(url) : '';
  });
  // Serialized as JSON, so that different parts never result in the same text.
  const typeId = entry?.formerId ?? connector.connectorTypeId;
  const parts = [
    typeId,
    connector.authType,
    who,
    apiHosts,
    ...refusedPath(connector, registeredClient),
    ...derivedPaths(connector, registeredClient, entry),
    ...configuredOrigins(connector, entry),
    // Without such facts nothing is added, so that grants of older versions stay valid.
    ...(entry === undefined ? [] : usedGrantFacts(entry, connector.config)),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, LENGTH);
}

/**
 * Returns the paths of endpoints that are derived from the config, because a path may contain the
 * tenant whose accounts authorize. Entered endpoints add nothing.
 */
function derivedPaths(
  connector: DecryptedConnector,
  client: StandardClient | undefined,
  entry: OAuthConnectorType | undefined,
): readonly (readonly string[])[] {
  if (client === undefined || entry === undefined) return [];
  const isDerived = endpointConfigFields(entry, connector.authType).length > 0;
  if (!isDerived || hasOwnEndpoints(connector)) return [];
  return [[client.authorizationEndpoint, client.tokenEndpoint].map((uri) => new URL(uri).pathname)];
}

/**
 * Returns the config values that are part of origins of the API. Only needed for entered endpoints:
 * derived endpoints contain the same config values, so the hash already depends on them.
 */
function configuredOrigins(
  connector: DecryptedConnector,
  entry: OAuthConnectorType | undefined,
): readonly string[] {
  if (!hasOwnEndpoints(connector)) return [];
  const fields = (entry?.apiOrigins ?? []).map(configFieldIn).filter((name) => name !== undefined);
  return fields.map((name) => `${name}=${String(connector.config[name] ?? '')}`);
}

const hasOwnEndpoints = ({ secrets, config }: DecryptedConnector): boolean =>
  [secrets, config].some((place) => hasText(place['tokenUrl']));

/**
 * Returns the path to the access token if it is refused today. An older version may have stored
 * another token of the response as the access token, so its grants must not be used. All other
 * paths add nothing, so that the upgrade ends no other grants.
 */
function refusedPath(
  { isPreconfigured }: DecryptedConnector,
  client: StandardClient | undefined,
): readonly string[] {
  if (isPreconfigured === true || client === undefined) return [];
  const { accessTokenPath } = client;
  return accessTokenPath === undefined || isAccessTokenPath(accessTokenPath)
    ? []
    : [accessTokenPath];
}

/**
 * Returns the part for the origin of the revocation endpoint, to which tokens are sent too. Nothing
 * is added if the origin is that of the token URL. An entered origin that only an issuer confirms
 * is added completely. An origin that the connector type or an operator names, or that is refused,
 * adds what older versions added, because otherwise the upgrade would end all grants; no editor can
 * choose such an origin.
 */
function revocationPart(
  client: StandardClient,
  revocation: NamedRevocation | undefined = knownRevocation(client),
): string[] {
  const { authorizationEndpoint, tokenEndpoint } = client;
  if (revocation === undefined || isSameOrigin(revocation.uri, tokenEndpoint)) return [];
  const { origin, host } = new URL(revocation.uri);
  if (revocation.isOfIssuer) return [origin];
  const hosts = [hostWithPort(authorizationEndpoint), hostWithPort(tokenEndpoint)];
  return hosts.includes(host) ? [] : [host];
}

function knownRevocation({ revocationEndpoint: uri }: StandardClient): NamedRevocation | undefined {
  return uri === undefined ? undefined : { uri, isOfIssuer: false };
}

const hasText = (value: unknown): boolean => typeof value === 'string' && value !== '';
