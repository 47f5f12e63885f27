import { systemClock, systemRandomness } from '@latchkey/core/server';
import { createTestEncryption } from '@latchkey/encrypted-saved-objects-plugin/server/mocks';
import {
  createSavedObjectsService,
  type EncryptionExtension,
  type SavedObjectsStart,
} from '@latchkey/saved-objects';
// The benchmark looks at one capability inside the plugin, which is not for plugins to do.
import {
  tokenEncryption,
  userConnectorTokenType,
} from '../../plugins/actions/server/oauth/tokens/index.ts';
import { FIXTURE_ENCRYPTION_KEY } from './bench_connector.ts';
import { openStoreAt, type StoreLocation } from './store_location.ts';

/** People's grants as documents, with real encryption and nothing around them. */
export interface OpenGrants {
  readonly start: SavedObjectsStart;
  readonly encryption: EncryptionExtension;
  /** What this build has as the newest model version. */
  readonly newest: number;
  close(): Promise<void>;
}

/** Starts the saved objects of this build, which migrates what is stored. @param log hears every line */
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
