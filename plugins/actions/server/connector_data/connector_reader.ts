import type { SavedObjectError } from '@latchkey/saved-objects';
import type { DecryptedConnector } from './decrypted_connector.ts';

/**
 * Result of looking for a connector. `missing`: it does not exist in that space. `unreadable`: it
 * exists, but its secrets cannot be decrypted; `reason` has the code `undecryptable`.
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
 * Returns the {@link ConnectorLookup} of a connector that was read. `undefined`: it does not exist.
 */
export function lookupOf(connector: DecryptedConnector | undefined): ConnectorLookup {
  return connector === undefined ? { kind: 'missing' } : { kind: 'found', connector };
}

/**
 * Returns the connector, for callers that need its secrets. `undefined`: it does not exist.
 * @throws SavedObjectError `undecryptable`
 */
export function requireReadable(lookup: ConnectorLookup): DecryptedConnector | undefined {
  if (lookup.kind === 'unreadable') throw lookup.reason;
  return lookup.kind === 'found' ? lookup.connector : undefined;
}
