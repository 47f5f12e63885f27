import type { SavedObjectError } from '@latchkey/saved-objects';
import type { DecryptedConnector } from './decrypted_connector.ts';

/**
 * Result of looking up a connector. `missing`: the connector does not exist in the space.
 * `unreadable`: the connector exists, but its secrets cannot be decrypted; `reason` is the error
 * with the code `undecryptable`.
 */
export type ConnectorLookup =
  | { readonly kind: 'found'; readonly connector: DecryptedConnector }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly reason: SavedObjectError };

/** Reads connectors as the server itself, without privilege checks. */
export interface ConnectorReader {
  /**
   * Reads a connector of a space.
   * @throws SavedObjectError `store_unavailable`, `newer_version`
   */
  find(connectorId: string, spaceId: string): Promise<ConnectorLookup>;
}

/**
 * Converts a connector that was read without an error to a {@link ConnectorLookup}. `undefined`
 * means that the connector does not exist.
 */
export function lookupOf(connector: DecryptedConnector | undefined): ConnectorLookup {
  return connector === undefined ? { kind: 'missing' } : { kind: 'found', connector };
}

/**
 * Returns the connector of a lookup, for callers that need its secrets. `undefined`: the connector
 * does not exist.
 * @throws SavedObjectError `undecryptable` if the secrets cannot be decrypted
 */
export function requireReadable(lookup: ConnectorLookup): DecryptedConnector | undefined {
  if (lookup.kind === 'unreadable') throw lookup.reason;
  return lookup.kind === 'found' ? lookup.connector : undefined;
}
