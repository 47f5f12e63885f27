import type { SpacesStart } from '@latchkey/spaces-plugin/server';
import type { ConnectorReader } from '../connector_data/index.ts';

/**
 * Reads connectors for callers that execute or authorize them. Finds no connector of a space that
 * is being deleted, not even a preconfigured one, and reads the state of the space from the store,
 * not from a cache. Code that ends grants reads all connectors instead.
 */
export function connectorsInOpenSpaces(
  connectors: ConnectorReader,
  spaces: Pick<SpacesStart, 'isOpen'>,
): ConnectorReader {
  return {
    find: async (connectorId, spaceId) => {
      const [isOpen, found] = await Promise.all([
        spaces.isOpen(spaceId),
        connectors.find(connectorId, spaceId),
      ]);
      return isOpen ? found : { kind: 'missing' };
    },
  };
}
