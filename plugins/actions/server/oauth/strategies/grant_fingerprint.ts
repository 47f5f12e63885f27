import { createHash } from 'node:crypto';
import { configFieldIn, endpointConfigFields } from '@latchkey/connector-specs';
import {
  dialectOf,
  hostWithPort,
  type OAuthClientConfiguration,
  type StandardClient,
} from '@latchkey/oauth-client';
import type { DecryptedConnector } from '../../connector_data/index.ts';
import { urlConfigFields } from '../../connector_types/index.ts';
import type { OAuthConnectorType } from './connector_provider.ts';
import { isSameOrigin } from './same_site.ts';
import { isAccessTokenPath } from './settings_refusals.ts';

/** 22 base64url characters are 132 bits. */
const LENGTH = 22;

/** A revocation endpoint, as entered or from the connector type. */
export interface NamedRevocation {
  readonly uri: string;
  /** `true`: the metadata of an issuer that an editor entered names it. */
  readonly isOfIssuer: boolean;
}

/**
 * Hash of the client and of all destinations of its tokens. A rename, a new client secret, another
 * scope or a new id of the connector's type do not change it, so these edits keep every user
 * connected. Type, auth type, hosts, tenant, client id, revocation origin and EARS provider change
 * it.
 * @param context.entry of the connector type; names the config fields that hold the address of the
 * API
 * @param context.revocation default: the endpoint of `configuration`
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
  const apiHosts = urlFields.sort().map((field) => {
    const url = connector.config[field];
    return typeof url === 'string' ? hostWithPort(url) : '';
  });
  // JSON separates the parts, so that two values cannot be confused.
  const typeId = entry?.formerId ?? connector.connectorTypeId;
  const parts = [
    typeId,
    connector.authType,
    who,
    apiHosts,
    ...refusedPath(connector, registeredClient),
    ...derivedPaths(connector, registeredClient, entry),
    ...configuredOrigins(connector, entry),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, LENGTH);
}

/**
 * Paths of endpoints that the provider derives from the config: a path may name the tenant whose
 * accounts authorize. Endpoints that an administrator enters add no part.
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
 * Config values in the origins of the API. With endpoints that are derived from the same config the
 * hash covers their hosts already, so only entered endpoints add this part.
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
 * A grant that an older version read by a path that is refused now may hold another token as its
 * access token. Every other path adds no part, so that the upgrade ends no other grant.
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
 * Tokens are also sent to the revocation endpoint, so the hash covers its origin. The origin of the
 * token URL adds no part, because tokens are sent there anyway. An origin that an editor enters and
 * only an issuer confirms is added in full. An origin that the connector type or an operator names,
 * and one that is refused, keeps the part that older versions computed: otherwise the upgrade would
 * end all grants. No editor can choose where these tokens are sent.
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
