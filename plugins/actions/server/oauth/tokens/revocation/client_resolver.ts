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

/** The part of a {@link ProviderClient} that is needed to revoke its grants. */
export type RevocationClient = Pick<ProviderClient, 'fingerprint' | 'configuration'>;

/** Clients that connectors had before an edit or their deletion. */
export interface FormerClientReader {
  /**
   * Finds a former client. `undefined`: the connector had none with this fingerprint, or it is no
   * longer stored.
   */
  find(connectorId: string, fingerprint: string): Promise<RevocationClient | undefined>;
}

/** Finds the clients that can revoke grants. */
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
   * Returns the client that made the grant: the current client of the connector, or the client it
   * had before an edit or its deletion. `undefined`: the client is unknown.
   * @param connector as the caller has just read it, so that it is not decrypted twice
   * @throws SavedObjectError `store_unavailable` when this server lacks the key of the connector or
   *   of its former client
   */
  async resolve(
    grant: Pick<GrantRecord, 'key' | 'spaceId' | 'clientFingerprint'>,
    connector?: DecryptedConnector,
  ): Promise<RevocationClient | undefined> {
    const known = connector && this.ofConnector(connector);
    if (known?.fingerprint === grant.clientFingerprint) return known;
    // Read again, also when the caller has read it: the connector may have been edited since, and
    // the user may have authorized it for its new client.
    const current = await this.current(grant);
    if (current?.fingerprint === grant.clientFingerprint) return current;
    return this.#formerClients.find(grant.key.connectorId, grant.clientFingerprint);
  }

  /**
   * Returns the current client of the connector. `undefined`: the connector was deleted, is
   * incomplete, or its secrets are corrupt.
   * @throws SavedObjectError `store_unavailable` when this server lacks the key of the secrets. An
   *   unknown client would end grants without revoking their tokens.
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

  /** Returns the client of a connector that was read. `undefined`: the connector is incomplete. */
  ofConnector(connector: DecryptedConnector): RevocationClient | undefined {
    try {
      return this.#clients.resolveRevocationClient(connector);
    } catch (error) {
      if (error instanceof ConnectorConfigurationError) return undefined;
      throw error;
    }
  }
}

/** Tells if the provider can revoke tokens. */
export function canRevoke({ configuration }: RevocationClient): boolean {
  return dialectOf(configuration).revocationEndpoint !== undefined;
}

/** Tells if both configurations belong to the same client at the provider. */
export function isSameClient(
  one: OAuthClientConfiguration,
  other: OAuthClientConfiguration,
): boolean {
  return clientOf(one) === clientOf(other);
}

/**
 * Returns the current credentials of the client for a waiting grant. An administrator may have
 * corrected the secret, or the path of the revocation URL. They are used only for the same client,
 * token URL and revocation origin: tokens are never sent to another client (H114).
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

/** Identity of the client at the provider. */
function clientOf(configuration: OAuthClientConfiguration): string {
  const { tokenEndpoint, clientId } = dialectOf(configuration);
  return JSON.stringify([tokenEndpoint, clientId]);
}
