import { dialectOf, type OAuthClientConfiguration } from '@latchkey/oauth-client';
import { needsAnotherKey } from '@latchkey/saved-objects';
import type { ConnectorReader, DecryptedConnector } from '../../../connector_data/index.ts';
import {
  ConnectorConfigurationError,
  type ProviderClient,
  type ProviderClientFactory,
} from '../../strategies/index.ts';
import type { GrantRecord } from '../grants/grant_record.ts';
import { missingKeyError } from '../grants/token_errors.ts';

/** The part of a {@link ProviderClient} that is needed to revoke grants. */
export type RevocationClient = Pick<ProviderClient, 'fingerprint' | 'configuration'>;

/** Reads the clients that connectors had before an edit or their deletion. */
export interface FormerClientReader {
  /**
   * Finds a former client of a connector. `undefined`: the connector had no client with this
   * fingerprint, or it is no longer stored.
   */
  find(connectorId: string, fingerprint: string): Promise<RevocationClient | undefined>;
}

/** Finds the clients with which grants can be revoked. */
export class ClientResolver {
  readonly #connectors: ConnectorReader;
  readonly #clients: Pick<ProviderClientFactory, 'resolveRevocationClient'>;
  readonly #formerClients: FormerClientReader;

  constructor(
    connectors: ConnectorReader,
    clients: Pick<ProviderClientFactory, 'resolveRevocationClient'>,
    formerClients: FormerClientReader,
  ) {
    this.#connectors = connectors;
    this.#clients = clients;
    this.#formerClients = formerClients;
  }

  /**
   * Returns the client that obtained the grant: the current client of the connector, or a former
   * one. `undefined`: the client is unknown.
   * @param connector connector that the caller has just read, so that it need not be decrypted
   * twice
   * @throws SavedObjectError `store_unavailable` when this server lacks the key of the connector or
   * of its former client
   */
  async resolve(
    grant: Pick<GrantRecord, 'key' | 'spaceId' | 'clientFingerprint'>,
    connector?: DecryptedConnector,
  ): Promise<RevocationClient | undefined> {
    const known = connector && this.ofConnector(connector);
    if (known?.fingerprint === grant.clientFingerprint) return known;
    // Reads the connector even if the caller has read it: it may have been edited since, and the
    // user may have authorized its new client.
    const current = await this.current(grant);
    if (current?.fingerprint === grant.clientFingerprint) return current;
    return this.#formerClients.find(grant.key.connectorId, grant.clientFingerprint);
  }

  /**
   * Returns the current client of the connector. `undefined`: the connector was deleted or is
   * incomplete, or its secrets are corrupt.
   * @throws SavedObjectError `store_unavailable` when this server lacks the key of the secrets. It
   * must not return `undefined` then, because a grant whose client is unknown ends without a
   * revocation
   */
  async current({
    key,
    spaceId,
  }: Pick<GrantRecord, 'key' | 'spaceId'>): Promise<RevocationClient | undefined> {
    const found = await this.#connectors.find(key.connectorId, spaceId);
    if (found.kind === 'unreadable' && needsAnotherKey(found.reason))
      throw missingKeyError(found.reason);
    return found.kind === 'found' ? this.ofConnector(found.connector) : undefined;
  }

  /**
   * Returns the client of a connector that was already read. `undefined`: the connector is
   * incomplete.
   */
  ofConnector(connector: DecryptedConnector): RevocationClient | undefined {
    try {
      return this.#clients.resolveRevocationClient(connector);
    } catch (error) {
      if (error instanceof ConnectorConfigurationError) return undefined;
      throw error;
    }
  }
}

/** Returns `true` if tokens of the client can be revoked at the provider. */
export function canRevoke({ configuration }: RevocationClient): boolean {
  return dialectOf(configuration).revocationEndpoint !== undefined;
}

/** Returns `true` if both configurations belong to the same client at the provider. */
export function isSameClient(
  one: OAuthClientConfiguration,
  other: OAuthClientConfiguration,
): boolean {
  return clientOf(one) === clientOf(other);
}

/**
 * Returns the stored configuration of a waiting grant, with the current credentials of its client.
 * An administrator may have corrected the secret, or the path of the revocation URL. Current
 * credentials are used only if client, token URL and revocation origin are the same, because tokens
 * must never be sent to another client (H114).
 */
export function withCurrentCredentials(
  stored: OAuthClientConfiguration,
  current: OAuthClientConfiguration | undefined,
): OAuthClientConfiguration {
  if (current === undefined || !isSameClient(stored, current)) return stored;
  const isSameTarget = revocationOrigin(stored) === revocationOrigin(current);
  return isSameTarget ? current : stored;
}

function revocationOrigin(configuration: OAuthClientConfiguration): string | undefined {
  const { revocationEndpoint } = dialectOf(configuration);
  return revocationEndpoint === undefined ? undefined : URL.parse(revocationEndpoint)?.origin;
}

/** Returns a text that identifies the client at the provider. */
function clientOf(configuration: OAuthClientConfiguration): string {
  const { tokenEndpoint, clientId } = dialectOf(configuration);
  return JSON.stringify([tokenEndpoint, clientId]);
}
