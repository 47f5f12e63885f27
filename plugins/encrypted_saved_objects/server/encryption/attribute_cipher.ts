import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Randomness } from '@latchkey/core/server';
import type { SavedObjectKey } from '@latchkey/saved-objects';
import { canonicalJson } from './canonical_json.ts';
import {
  ENVELOPE_VERSION,
  type Envelope,
  EnvelopeError,
  formatEnvelope,
  NONCE_BYTES,
  parseEnvelope,
  TAG_BYTES,
} from './envelope.ts';
import type { Keyring } from './keyring.ts';

const ALGORITHM = 'aes-256-gcm';
const CIPHER_OPTIONS = { authTagLength: TAG_BYTES };

/** Place of an encrypted value. The ciphertext is valid only at this place. */
export interface AttributePlace {
  readonly key: SavedObjectKey;
  /** Name of the encrypted attribute. */
  readonly attribute: string;
  /** The unencrypted attributes of the object, including those to which the ciphertext is bound. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A parsed envelope and its additional data. */
interface Prepared {
  readonly stored: unknown;
  readonly key: SavedObjectKey;
  readonly envelope: Envelope;
  readonly covered: Buffer;
}

/** Encrypts one attribute value at a time with AES-256-GCM (NIST SP 800-38D). */
export class AttributeCipher {
  readonly #keyring: Keyring;
  readonly #randomness: Pick<Randomness, 'bytes'>;
  /**
   * Parsed envelopes by the stored attributes and the name of the encrypted one. They contain no
   * secret: only the ciphertext and the additional data that the tag covers.
   */
  readonly #prepared = new WeakMap<object, Map<string, Prepared>>();

  constructor(keyring: Keyring, randomness: Pick<Randomness, 'bytes'>) {
    this.#keyring = keyring;
    this.#randomness = randomness;
  }

  /**
   * Encrypts any JSON value with the primary key. A value that looks like an envelope is encrypted
   * like any other value.
   */
  seal(value: unknown, place: AttributePlace, boundNames: readonly string[]): string {
    const { id: keyId, secret } = this.#keyring.primary;
    const nonce = this.#randomness.bytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, secret, nonce, CIPHER_OPTIONS);
    cipher.setAAD(additionalData(place, keyId, boundNames));
    const plaintext = JSON.stringify(value) ?? 'null';
    const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
    return formatEnvelope({ keyId, boundNames, nonce, ciphertext, tag: cipher.getAuthTag() });
  }

  /**
   * Decrypts a stored attribute.
   * @throws EnvelopeError when the value is not an envelope, its key is not configured, or bound
   * data has changed
   */
  open(stored: unknown, place: AttributePlace): unknown {
    const { envelope, covered } = this.#prepare(stored, place);
    const key = this.#keyring.find(envelope.keyId);
    if (key === undefined) throw new EnvelopeError('unknown_key');
    const decipher = createDecipheriv(ALGORITHM, key.secret, envelope.nonce, CIPHER_OPTIONS);
    decipher.setAAD(covered);
    decipher.setAuthTag(envelope.tag);
    try {
      // GCM decrypts all bytes in `update`. `final` returns no bytes; it checks the tag.
      const plaintext = decipher.update(envelope.ciphertext);
      decipher.final();
      return JSON.parse(plaintext.toString('utf8'));
    } catch (error) {
      throw new EnvelopeError('not_authentic', { cause: error });
    }
  }

  /**
   * Parses an envelope. A store that keeps documents in memory returns the same frozen object for
   * each read, so the result is cached for this object.
   */
  #prepare(stored: unknown, place: AttributePlace): Prepared {
    const { attributes, attribute, key } = place;
    const known = this.#prepared.get(attributes)?.get(attribute);
    if (known !== undefined && known.stored === stored && isSameKey(known.key, key)) return known;
    const envelope = parseEnvelope(stored);
    const covered = additionalData(place, envelope.keyId, envelope.boundNames);
    const prepared = { stored, key, envelope, covered };
    if (Object.isFrozen(attributes)) {
      const byName = this.#prepared.get(attributes) ?? new Map<string, Prepared>();
      this.#prepared.set(attributes, byName.set(attribute, prepared));
    }
    return prepared;
  }

  /**
   * Encrypts the same value with the primary key, bound to the same attributes. Nothing changes
   * except the key.
   */
  reseal(stored: unknown, place: AttributePlace): string {
    const value = this.open(stored, place);
    return this.seal(value, place, parseEnvelope(stored).boundNames);
  }

  /**
   * Encrypts the same value, bound to the same attributes with their values at `to`. `undefined`:
   * it cannot be decrypted at `from`.
   */
  rebind(stored: unknown, from: AttributePlace, to: AttributePlace): string | undefined {
    try {
      return this.seal(this.open(stored, from), to, parseEnvelope(stored).boundNames);
    } catch (error) {
      if (error instanceof EnvelopeError) return undefined;
      throw error;
    }
  }
}

/** Returns `true` if two keys identify the same object. */
export function isSameKey(a: SavedObjectKey, b: SavedObjectKey): boolean {
  return a.id === b.id && a.type === b.type && a.namespace === b.namespace;
}

/**
 * Additional authenticated data: everything that the tag covers in addition to the ciphertext. An
 * absent attribute is `[name]`, a present one `[name, value]`, so absent, `null` and empty values
 * differ. Canonical JSON makes the text unambiguous.
 */
function additionalData(
  place: AttributePlace,
  keyId: string,
  boundNames: readonly string[],
): Buffer {
  const { key, attribute, attributes } = place;
  const head = [ENVELOPE_VERSION, keyId, attribute, key.type, key.id, key.namespace ?? null];
  const bound = boundNames.map((name) =>
    Object.hasOwn(attributes, name) && attributes[name] !== undefined
      ? listOf([name, attributes[name]])
      : listOf([name]),
  );
  return Buffer.from(`[${head.map(canonicalJson).join(',')},[${bound.join(',')}]]`);
}

/**
 * The canonical JSON of a list, built from its members. Written by hand because it runs at every
 * read of a token.
 */
function listOf(values: readonly unknown[]): string {
  return `[${values.map(canonicalJson).join(',')}]`;
}
