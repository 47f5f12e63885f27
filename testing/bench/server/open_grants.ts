import { systemClock, systemRandomness } from '@latchkey/core/server';
import { createTestEncryption } from '@latchkey/encrypted-saved-objects-plugin/server/mocks';
import {
  createSavedObjectsService,
  type EncryptionExtension,
  type SavedObjectsStart,
} from '@latchkey/saved-objects';
import { openStoreAt, type StoreLocation } from '@latchkey/test-environment';
// The benchmark imports one capability from inside the plugin. Plugins must not do that.
import {
  tokenEncryption,
  userConnectorTokenType,
} from '../../../plugins/actions/server/oauth/tokens/index.ts';
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
  const service = createSavedObjectsService({
    store: openStoreAt(location),
    logger: { debug: () => undefined, info: log, warn: log, error: log },
    now: () => systemClock.now(),
    uuid: () => systemRandomness.uuid(),
  });
  const encryption = createTestEncryption([...tokenEncryption], {
    primary: FIXTURE_ENCRYPTION_KEY,
  });
  service.setup.registerType(userConnectorTokenType);
  service.setup.registerEncryption(encryption);
  return {
    start: await service.start(),
    encryption,
    newest: Object.keys(userConnectorTokenType.modelVersions).length,
    close: () => service.stop(),
  };
}
