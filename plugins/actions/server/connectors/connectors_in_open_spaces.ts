import type { SpacesStart } from '@latchkey/spaces-plugin/server';
import type { ConnectorReader } from '../types.ts';

/**
 * Connectors as those see them who execute or authorize them: in a space that is being deleted there is none, preconfigured ones included, and whatever the
 * process remembers of the space. Work that ends grants reads the others, too.
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
