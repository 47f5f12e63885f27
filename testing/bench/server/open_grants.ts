import { openActionsStore, userConnectorTokenType } from '@latchkey/actions-plugin/server/testing';
import type { EncryptionExtension, SavedObjectsStart } from '@latchkey/saved-objects';
import { openStoreAt, type StoreLocation } from '@latchkey/test-environment';
import { FIXTURE_ENCRYPTION_KEY } from './bench_connector.ts';

/** Users' grants as documents, with real encryption and no other services. */
export interface OpenGrants {
  readonly start: SavedObjectsStart;
  readonly encryption: EncryptionExtension;
  /** Newest model version of this build. */
  readonly newest: number;
  close(): Promise<void>;
}

/**
 * Starts the saved objects of this build, which migrates stored documents.
 * @param log called with every line
 */
export async function openGrants(
  location: StoreLocation,
  log: (line: string) => void,
): Promise<OpenGrants> {
  const { savedObjects, encryption, close } = await openActionsStore({
    store: openStoreAt(location),
    logger: { debug: () => undefined, info: log, warn: log, error: log },
    keys: { primary: FIXTURE_ENCRYPTION_KEY },
  });
  const newest = Object.keys(userConnectorTokenType.modelVersions).length;
  return { start: savedObjects, encryption, newest, close };
}
