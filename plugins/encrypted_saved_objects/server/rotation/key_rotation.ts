import type { Logger } from '@latchkey/core/server';
import type { SavedObjectsStart } from '@latchkey/saved-objects';
import type { AttributeEncryption, EncryptedTypes, Keyring } from '../encryption/index.ts';
import { countKeyUsage, type KeyUsage } from './key_usage.ts';
import { type RotationResult, rotateObjects } from './rotate_objects.ts';
import { RotationError } from './rotation_error.ts';

/** What {@link KeyRotation} needs. */
export interface KeyRotationDeps {
  readonly savedObjects: Pick<SavedObjectsStart, 'store' | 'getTypes'>;
  readonly encryption: AttributeEncryption;
  readonly types: EncryptedTypes;
  readonly keyring: Keyring;
  readonly logger: Logger;
}

/** Moves stored objects to the primary key and tells which keys are still needed. One rotation at a time per process. */
export class KeyRotation {
  readonly #deps: KeyRotationDeps;
  readonly #stopped = new AbortController();
  #running = false;

  constructor(deps: KeyRotationDeps) {
    this.#deps = deps;
  }

  /**
   * @param options.type only this type; absent: all encrypted types
   * @throws RotationError `rotation_in_progress`, `unknown_encrypted_type`, or `stopping` when the server stops midway
   */
  async rotate(options: {
    readonly batchSize: number;
    readonly type?: string | undefined;
  }): Promise<RotationResult> {
    if (this.#running) {
      throw new RotationError('rotation_in_progress', 'A key rotation is already in progress');
    }
    const types = this.#storedTypes().filter(
      ({ name }) => options.type === undefined || name === options.type,
    );
    if (types.length === 0) {
      throw new RotationError('unknown_encrypted_type', `[${options.type}] has nothing encrypted`);
    }
    this.#running = true;
    try {
      return await rotateObjects({
        store: this.#deps.savedObjects.store,
        encryption: this.#deps.encryption,
        primaryKeyId: this.#deps.keyring.primary.id,
        types,
        batchSize: options.batchSize,
        logger: this.#deps.logger,
        signal: this.#stopped.signal,
      });
    } catch (error) {
      if (!this.#stopped.signal.aborted) throw error;
      throw new RotationError('stopping', 'The server stops; call again to resume', {
        cause: error,
      });
    } finally {
      this.#running = false;
    }
  }

  /** Walks all encrypted objects: minutes for millions. */
  usage(): Promise<KeyUsage> {
    const names = this.#storedTypes().map(({ name }) => name);
    return countKeyUsage(this.#deps.savedObjects.store, this.#deps.encryption, names);
  }

  /** Objects that need a key other than the primary one. */
  async countObjectsWithOldKeys(): Promise<number> {
    const { byKeyId } = await this.usage();
    const primary = this.#deps.keyring.primary.id;
    return [...byKeyId].reduce((sum, [keyId, count]) => sum + (keyId === primary ? 0 : count), 0);
  }

  /** Ends a running rotation between two objects. */
  stop(): void {
    this.#stopped.abort();
  }

  #storedTypes() {
    return this.#deps.savedObjects
      .getTypes()
      .filter(({ name }) => this.#deps.types.find(name) !== undefined);
  }
}
