import type { SavedObjectKey } from '../types/saved_object.ts';
import type { EncryptionExtension } from './encryption_extension.ts';
import { SavedObjectError } from './saved_object_error.ts';

const PREFIX = 'sealed:';

/** Encryption of one type in {@link createEncryptionMock}. */
export interface SealedType {
  /** Names of the encrypted attributes. */
  readonly encrypted: readonly string[];
  /** Names of the attributes that the ciphertext is bound to. */
  readonly bound?: readonly string[];
}

/** A ciphertext that no key can decrypt. */
export const DAMAGED = `${PREFIX}damaged`;

/**
 * A fake encryption extension. It encodes values without a key, but fails closed like a real one: a
 * ciphertext can be decrypted only in the same attribute of the same object, with the same bound
 * attributes.
 */
export function createEncryptionMock(
  types: Readonly<Record<string, SealedType>>,
): EncryptionExtension {
  const place = (
    key: SavedObjectKey,
    attributes: Readonly<Record<string, unknown>>,
    name: string,
  ) => {
    const bound = types[key.type]?.bound ?? [];
    return JSON.stringify([key.type, key.id, key.namespace, name, bound.map((b) => attributes[b])]);
  };
  const seal = (where: string, value: unknown): string =>
    PREFIX + Buffer.from(JSON.stringify({ where, value })).toString('base64');
  const open = (key: SavedObjectKey, where: string, name: string, sealed: unknown): unknown => {
    try {
      const json = Buffer.from(String(sealed).slice(PREFIX.length), 'base64').toString();
      const opened: { where: string; value: unknown } = JSON.parse(json);
      if (opened.where === where) return opened.value;
    } catch {
      // The value is not a ciphertext of this fake, or it is damaged. The error below reports both.
    }
    throw new SavedObjectError('undecryptable', `[${name}] cannot be decrypted.`, {
      type: key.type,
      id: key.id,
      attribute: name,
    });
  };
  const replace = (
    key: SavedObjectKey,
    attributes: Readonly<Record<string, unknown>>,
    by: (where: string, name: string, value: unknown) => unknown,
  ): Record<string, unknown> => {
    const result = { ...attributes };
    for (const name of types[key.type]?.encrypted ?? []) {
      if (result[name] === undefined) continue;
      result[name] = by(place(key, attributes, name), name, result[name]);
    }
    return result;
  };
  return {
    isEncryptedType: (type) => Object.hasOwn(types, type),
    encrypt: (key, attributes) => replace(key, attributes, (where, _, value) => seal(where, value)),
    decrypt: (key, attributes) =>
      replace(key, attributes, (where, name, value) => open(key, where, name, value)),
    strip: (type, attributes) => {
      const encrypted = types[type]?.encrypted ?? [];
      return Object.fromEntries(
        Object.entries(attributes).filter(([name]) => !encrypted.includes(name)),
      );
    },
    rebindUnknown: (key, before, after) => {
      const known = types[key.type]?.encrypted ?? [];
      const rebound = Object.entries(after).map(([name, value]) => {
        const isCarried = String(value).startsWith(PREFIX) && value === before[name];
        if (known.includes(name) || !isCarried) return [name, value];
        const opened = open(key, place(key, before, name), name, value);
        return [name, seal(place(key, after, name), opened)];
      });
      return Object.fromEntries(rebound);
    },
  };
}
