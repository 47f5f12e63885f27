import type { DecryptedConnector } from './decrypted_connector.ts';

/** Reads connectors as the server itself, without privilege checks. */
export interface ConnectorReader {
  /**
   * `undefined`: the connector does not exist in that space. @throws SavedObjectError
   * `undecryptable`, `store_unavailable`
   */
  readDecrypted(connectorId: string, spaceId: string): Promise<DecryptedConnector | undefined>;
}
