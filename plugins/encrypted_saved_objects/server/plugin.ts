import type { CoreSetup, CoreStart, Plugin, PluginInitializerContext } from '@latchkey/core/server';
import type { EncryptedSavedObjectsConfig } from './config.ts';
import {
  AttributeCipher,
  AttributeEncryption,
  DecryptionHealth,
  EncryptedTypes,
  Keyring,
} from './encryption/index.ts';
import {
  createKeyedHash,
  KEYRING_TYPE,
  KeyringOpener,
  keyringEncryption,
  keyringType,
  resolveKeys,
} from './keys/index.ts';
import {
  KeyRotation,
  mapRotationError,
  ROTATION_TYPE,
  type RotationServices,
  registerRotationRoutes,
  rotationType,
} from './rotation/index.ts';
import type {
  EncryptedSavedObjectsSetup,
  EncryptedSavedObjectsStart,
  KeyAdministrationEvent,
} from './types.ts';

/** Connects encryption to saved objects. The README describes what happens to a value. */
export class EncryptedSavedObjectsPlugin
  implements Plugin<EncryptedSavedObjectsSetup, EncryptedSavedObjectsStart>
{
  readonly #context: PluginInitializerContext<EncryptedSavedObjectsConfig>;
  readonly #types = new EncryptedTypes();
  readonly #listeners: ((event: KeyAdministrationEvent) => void)[] = [];
  #wired: { readonly keyring: Keyring; readonly encryption: AttributeEncryption } | undefined;
  #rotation: KeyRotation | undefined;

  constructor(context: PluginInitializerContext<EncryptedSavedObjectsConfig>) {
    this.#context = context;
  }

  /**
   * Registers types, tasks, routes and the encryption.
   * @throws EncryptionKeyError when no usable key is configured
   */
  setup(core: CoreSetup<object, EncryptedSavedObjectsStart>): EncryptedSavedObjectsSetup {
    const { config, env, logger, randomness } = this.#context;
    const keyring = new Keyring(resolveKeys(config, { env, logger, randomness }));
    const failures = core.metrics.counter(
      'latchkey_decryption_failures_total',
      'Stored objects whose decryption failed when they were read',
      ['type'],
    );
    const health = new DecryptionHealth(({ type, id }, isNew) => {
      failures.inc({ type });
      if (isNew) logger.warn('A stored object cannot be decrypted', { type, id });
    });
    const cipher = new AttributeCipher(keyring, randomness);
    const encryption = new AttributeEncryption(this.#types, cipher, health);
    this.#wired = { keyring, encryption };
    core.savedObjects.registerEncryption(encryption);
    core.savedObjects.registerType(keyringType);
    core.savedObjects.registerType(rotationType);
    this.#types.register(keyringEncryption);
    core.status.register('encryptedSavedObjects', () => health.status());
    const services = async (): Promise<RotationServices> => ({
      rotation: await this.#startedRotation(core),
      primaryKeyId: keyring.primary.id,
      keyIds: keyring.ids,
      administered: (event) => {
        for (const listener of this.#listeners) listener(event);
      },
    });
    registerRotationRoutes(core.http.createRouter({ mapError: mapRotationError, services }));
    return {
      registerType: (registration) => this.#types.register(registration),
      onKeyAdministration: (listener) => void this.#listeners.push(listener),
    };
  }

  /**
   * Checks that the configured keys match the store.
   * @throws EncryptionKeyError when they do not
   */
  async start(core: CoreStart): Promise<EncryptedSavedObjectsStart> {
    if (this.#wired === undefined)
      throw new Error('The plugin encrypted_saved_objects: start() was called before setup()');
    const { clock, logger, randomness } = this.#context;
    const { keyring, encryption } = this.#wired;
    this.#types.close();
    const rotation = new KeyRotation({
      savedObjects: core.savedObjects,
      repository: core.savedObjects.createRepository({ includedHiddenTypes: [ROTATION_TYPE] }),
      encryption,
      types: this.#types,
      keyring,
      clock,
      randomness,
      logger,
    });
    const hashSecret = await new KeyringOpener({
      repository: core.savedObjects.createRepository({ includedHiddenTypes: [KEYRING_TYPE] }),
      keyring,
      countObjectsByKey: async () => (await rotation.usage()).byKeyId,
      clock,
      randomness,
      logger,
    }).open();
    this.#rotation = rotation;
    rotation.resumeLater();
    return {
      keyedHash: createKeyedHash(hashSecret),
      countObjectsWithOldKeys: () => rotation.countObjectsWithOldKeys(),
    };
  }

  async stop(): Promise<void> {
    await this.#rotation?.stop();
  }

  async #startedRotation(
    core: CoreSetup<object, EncryptedSavedObjectsStart>,
  ): Promise<KeyRotation> {
    await core.getStartServices();
    if (this.#rotation === undefined)
      throw new Error('The plugin encrypted_saved_objects was used before start() was called');
    return this.#rotation;
  }
}
