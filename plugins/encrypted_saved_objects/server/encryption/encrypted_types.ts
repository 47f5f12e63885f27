import type { EncryptedTypeRegistration } from '../types.ts';

/**
 * The registered types with encrypted attributes. Nothing can be added after plugins have started.
 */
export class EncryptedTypes {
  readonly #byName = new Map<string, EncryptedTypeRegistration>();
  #closed = false;

  /**
   * Adds a type with encrypted attributes.
   * @throws Error on a duplicate type, a type without encrypted attributes, an attribute that is
   * both encrypted and bound, or after {@link close}
   */
  register(registration: EncryptedTypeRegistration): void {
    const { type, attributesToEncrypt, attributesToIncludeInAAD } = registration;
    if (this.#closed) {
      throw new Error(`Encrypted type [${type}] must be registered during setup, not after start`);
    }
    if (this.#byName.has(type)) throw new Error(`Encrypted type [${type}] is registered twice`);
    if (attributesToEncrypt.length === 0) {
      throw new Error(`Encrypted type [${type}] names no attribute to encrypt`);
    }
    const both = attributesToEncrypt.find((name) => attributesToIncludeInAAD.includes(name));
    if (both !== undefined) {
      throw new Error(`Attribute [${both}] of type [${type}] cannot be both encrypted and bound`);
    }
    this.#byName.set(type, {
      type,
      attributesToEncrypt: [...new Set(attributesToEncrypt)],
      // Sorted, so that envelopes do not depend on the order in source code.
      attributesToIncludeInAAD: [...new Set(attributesToIncludeInAAD)].sort(),
    });
  }

  /** Closes the registration. Later calls of {@link register} throw. */
  close(): void {
    this.#closed = true;
  }

  /** Finds the registration of a type. `undefined` for types without encrypted attributes. */
  find(type: string): EncryptedTypeRegistration | undefined {
    return this.#byName.get(type);
  }

  /** Names of all registered types. */
  get names(): readonly string[] {
    return [...this.#byName.keys()];
  }
}
