import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/** Salt (RFC 5869 §3.1), so that other programs with the same setting derive other keys. */
const SALT = 'latchkey/encrypted-saved-objects/v1';
const KEY_ID_BYTES = 6;

/** A derived key. `secret` is a KeyObject, so that no log or dump shows it by accident. */
export interface EncryptionKey {
  /**
   * Short public id that is derived from the key and does not reveal it. It is stored unencrypted
   * with every ciphertext.
   */
  readonly id: string;
  /** Secret for AES-256-GCM. */
  readonly secret: KeyObject;
}

/**
 * Derives a key and its id from the setting by HKDF-SHA-256 (RFC 5869). Both have different
 * purposes, so neither reveals the other.
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

/** The keys of this process. One encrypts and decrypts; older ones only decrypt. */
export class Keyring {
  readonly primary: EncryptionKey;
  readonly #byId: ReadonlyMap<string, EncryptionKey>;

  /** @param settings keys as configured: the encryption key and the decryption-only keys */
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
