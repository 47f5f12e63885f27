import type { SpacesStart } from '@latchkey/spaces-plugin/server';
import type { ConnectorReader } from '../connector_data/index.ts';

/**
 * Reads connectors for callers that execute or authorize them. A space that is being deleted has no
 * connectors, not even preconfigured ones, whatever this process has cached. Code that ends grants
 * reads all connectors instead.
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
