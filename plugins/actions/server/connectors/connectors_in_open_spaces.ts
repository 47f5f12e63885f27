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
    readDecrypted: async (connectorId, spaceId) => {
      const [isOpen, connector] = await Promise.all([
        spaces.isOpen(spaceId),
        connectors.readDecrypted(connectorId, spaceId),
      ]);
      return isOpen ? connector : undefined;
    },
  };
}
