import { type Clock, type Randomness, systemClock, systemRandomness } from '@latchkey/core/server';
import { createLoggerMock } from '@latchkey/core/server/mocks';
import type { EncryptedTypeRegistration } from '@latchkey/encrypted-saved-objects-plugin/server';
import { createTestEncryption } from '@latchkey/encrypted-saved-objects-plugin/server/mocks';
import {
  createSavedObjectsService,
  type DocumentStore,
  type EncryptionExtension,
  type SavedObjectsLogger,
  type SavedObjectsRepository,
  type SavedObjectsSetup,
  type SavedObjectsStart,
  type SavedObjectsType,
} from '@latchkey/saved-objects';
import { HIDDEN_TYPES, registerSavedObjects } from '../register_saved_objects.ts';

/** Saved-object types and encryption that a test needs in addition to those of the plugin. */
export interface SavedObjectsOptions {
  /** Further types. The repository can read them even if they are hidden. */
  readonly types?: readonly SavedObjectsType[];
  /** Encrypted attributes of `types`. */
  readonly encrypted?: readonly EncryptedTypeRegistration[];
  /** Encryption keys. Default: one fixed key. */
  readonly keys?: Parameters<typeof createTestEncryption>[1];
  /** Encryption of attributes. Default: the real encryption with `keys`. */
  readonly encryption?: (
    registrations: readonly EncryptedTypeRegistration[],
  ) => EncryptionExtension;
}

/** Options of {@link openActionsStore}. */
export interface ActionsStoreOptions extends SavedObjectsOptions {
  readonly store: DocumentStore;
  /** Clock of the saved objects. Default: the clock of the machine. */
  readonly clock?: Clock;
  /** Source of generated ids. Default: random. */
  readonly randomness?: Randomness;
  /** Logger of the saved objects. Default: a logger that records its lines. */
  readonly logger?: SavedObjectsLogger;
}

/** A store with the saved objects of the plugin. */
export interface ActionsStore {
  readonly store: DocumentStore;
  readonly savedObjects: SavedObjectsStart;
  /** Reads and writes all types of the plugin and those of the options. */
  readonly repository: SavedObjectsRepository;
  readonly encryption: EncryptionExtension;
  /** Closes the saved objects and the store. */
  close(): Promise<void>;
}

/** Returns all saved-object types of the plugin, and the registrations of the encrypted ones. */
export function pluginTypes(): {
  readonly types: readonly SavedObjectsType[];
  readonly encrypted: readonly EncryptedTypeRegistration[];
} {
  const types: SavedObjectsType[] = [];
  const encrypted: EncryptedTypeRegistration[] = [];
  registerSavedObjects(
    { savedObjects: { registerType: (type) => void types.push(type) } },
    { encryptedSavedObjects: { registerType: (one) => void encrypted.push(one) } },
  );
  return { types, encrypted };
}

/**
 * Registers the types of the plugin, those of the options, and their encryption.
 * @returns the encryption
 */
export function registerActionsTypes(
  savedObjects: SavedObjectsSetup,
  { types = [], encrypted = [], keys, encryption }: SavedObjectsOptions = {},
): EncryptionExtension {
  const plugin = pluginTypes();
  for (const type of [...plugin.types, ...types]) savedObjects.registerType(type);
  const registrations = [...plugin.encrypted, ...encrypted];
  const extension = encryption?.(registrations) ?? createTestEncryption(registrations, keys);
  savedObjects.registerEncryption(extension);
  return extension;
}

/** Opens a store with all types of the plugin, as a server does, and migrates its documents. */
export async function openActionsStore(options: ActionsStoreOptions): Promise<ActionsStore> {
  const { store, clock = systemClock, randomness = systemRandomness, types = [] } = options;
  const service = createSavedObjectsService({
    store,
    logger: options.logger ?? createLoggerMock('savedobjects'),
    now: () => clock.now(),
    uuid: () => randomness.uuid(),
  });
  const encryption = registerActionsTypes(service.setup, options);
  const savedObjects = await service.start();
  const repository = savedObjects.createRepository({
    includedHiddenTypes: [...HIDDEN_TYPES, ...types.map(({ name }) => name)],
  });
  return { store, savedObjects, repository, encryption, close: () => service.stop() };
}
