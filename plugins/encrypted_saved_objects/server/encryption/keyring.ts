import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/**
 * Separates the keys of this server from those of other programs with the same setting (RFC 5869
 * §3.1).
 */
const SALT = 'latchkey/encrypted-saved-objects/v1';
const KEY_ID_BYTES = 6;

/** A derived key. `secret` is opaque, so that no log or dump shows it by accident. */
export interface EncryptionKey {
  /** Short public name, derived one way from the key. Stored in clear with every ciphertext. */
  readonly id: string;
  /** Secret for AES-256-GCM. */
  readonly secret: KeyObject;
}

/**
 * HKDF-SHA-256 derives key material and key id from the setting with different purposes (RFC 5869),
 * so neither reveals the other.
 */
function deriveEncryptionKey(setting: string): EncryptionKey {
  return {
    id: derive(setting, 'key id', KEY_ID_BYTES).toString('base64url'),
    secret: createSecretKey(derive(setting, 'aes-256-gcm', 32)),
  };
}

function derive(setting: string, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', setting, SALT, purpose, bytes));
}

/** The keys of this process: one encrypts, older ones only decrypt. */
export class Keyring {
  readonly primary: EncryptionKey;
  readonly #byId: ReadonlyMap<string, EncryptionKey>;

  /** @param settings the encryption key, then the decryption-only keys, as configured */
  constructor(settings: { readonly primary: string; readonly decryptionOnly: readonly string[] }) {
    this.primary = deriveEncryptionKey(settings.primary);
    const others = settings.decryptionOnly.map(deriveEncryptionKey);
    this.#byId = new Map([...others, this.primary].map((key) => [key.id, key]));
  }

  /** Ids of all configured keys. */
  get ids(): readonly string[] {
    return [...this.#byId.keys()];
  }

  /** Finds a key by its id. `undefined`: no configured key has this id. */
  find(id: string): EncryptionKey | undefined {
    return this.#byId.get(id);
  }
}
