import { createHash } from 'node:crypto';
import type { OAuthClientConfiguration, StandardClient } from '@latchkey/oauth-client';
import { urlConfigFields } from '../../connector_types/index.ts';
import type { DecryptedConnector } from '../../types.ts';
import type { RevocationVoucher } from './endpoint_trust.ts';
import type { ProviderEntry } from './provider_facts.ts';
import { isSameOrigin } from './same_site.ts';

/** 22 base64url characters are 132 bits. */
const LENGTH = 22;

/** A revocation endpoint as entered, or as the connector type knows it. */
export interface NamedRevocation {
  readonly uri: string;
  /** `undefined`: it is refused, so no token goes there. */
  readonly voucher: RevocationVoucher | undefined;
}

/**
 * Hash of where tokens go and who asks. Stays the same through a rename, a new client secret or another scope, so that those edits keep
 * everybody connected; so does a new id of the connector's type. Changes with type, auth type, hosts, client id, revocation origin or EARS provider.
 * @param context.entry of the connector type: says which config fields hold the address of the API
 * @param context.revocation default: the configuration's
 */
export function grantFingerprint(
  connector: DecryptedConnector,
  configuration: OAuthClientConfiguration,
  context: {
    readonly entry: ProviderEntry | undefined;
    readonly revocation?: NamedRevocation | undefined;
  },
): string {
  const { entry } = context;
  const who =
    configuration.dialect === 'ears'
      ? [configuration.baseUrl, configuration.provider]
      : standardClient(configuration, context.revocation ?? knownRevocation(configuration));
  const urlFields = entry === undefined ? [] : urlConfigFields(entry);
  const apiHosts = urlFields.sort().map((field) => hostOf(connector.config[field]));
  // JSON keeps the parts apart: no value can run into its neighbour.
  const typeId = entry?.formerId ?? connector.connectorTypeId;
  const parts = [typeId, connector.authType, who, apiHosts];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, LENGTH);
}

function standardClient(
  configuration: StandardClient,
  revocation: NamedRevocation | undefined,
): string[] {
  const { authorizationEndpoint, tokenEndpoint, clientId } = configuration;
  const hosts = [hostOf(authorizationEndpoint), hostOf(tokenEndpoint)];
  return [...hosts, clientId, ...revocationPart(revocation, { hosts, tokenEndpoint })];
}

/**
 * Tokens also go to the revocation endpoint, so its origin is always part of the hash: no part stands for the
 * origin of the token URL, where tokens go anyway. An origin that only an issuer vouches for, which an editor
 * enters, is written out. One that the connector type or an operator vouches for keeps the part that older
 * builds computed, and so does one that is refused: otherwise the upgrade would end everybody's grants, and
 * no editor can choose where these tokens go.
 */
function revocationPart(
  revocation: NamedRevocation | undefined,
  known: { readonly hosts: readonly string[]; readonly tokenEndpoint: string },
): string[] {
  if (revocation === undefined || isSameOrigin(revocation.uri, known.tokenEndpoint)) return [];
  const { origin, host } = new URL(revocation.uri);
  if (revocation.voucher === 'issuer') return [origin];
  return known.hosts.includes(host) ? [] : [host];
}

function knownRevocation({ revocationEndpoint: uri }: StandardClient): NamedRevocation | undefined {
  return uri === undefined ? undefined : { uri, voucher: 'connector_type' };
}

/** Host and port; anything that is not a URL stands for itself. */
function hostOf(value: unknown): string {
  if (typeof value !== 'string') return '';
  return URL.parse(value)?.host ?? value;
}
