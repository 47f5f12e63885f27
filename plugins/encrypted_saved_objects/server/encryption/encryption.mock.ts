import { systemRandomness } from '@latchkey/core/server';
import { AttributeCipher } from './attribute_cipher.ts';
import { AttributeEncryption, type DecryptionListener } from './attribute_encryption.ts';
import { EncryptedTypes } from './encrypted_types.ts';
import { Keyring } from './keyring.ts';

/** Fixed keys for tests; not secret. */
export const KEY_A = 'development-only-key-a-0123456789abcdef';
export const KEY_B = 'development-only-key-b-0123456789abcdef';

/** A token of one user whose ciphertext is bound to the attributes that name its owner. */
export const TOKEN_TYPE = {
  type: 'user_connector_token',
  attributesToEncrypt: ['credentials'],
  attributesToIncludeInAAD: ['profileUid', 'connectorId', 'expiresAt'],
} as const;

/** Creates the encryption of {@link TOKEN_TYPE} with test keys. Options replace its defaults. */
export function anAttributeEncryption(
  over: {
    readonly primary?: string;
    readonly decryptionOnly?: readonly string[];
    readonly boundNames?: readonly string[];
    readonly encryptedNames?: readonly string[];
    readonly listener?: DecryptionListener;
  } = {},
): AttributeEncryption {
  const types = new EncryptedTypes();
  // A second type with the same attributes. Only the type distinguishes its objects from those of
  // the first type.
  for (const type of [TOKEN_TYPE.type, 'twin_token']) {
    types.register({
      ...TOKEN_TYPE,
      type,
      attributesToEncrypt: over.encryptedNames ?? TOKEN_TYPE.attributesToEncrypt,
      attributesToIncludeInAAD: over.boundNames ?? TOKEN_TYPE.attributesToIncludeInAAD,
    });
  }
  const keyring = new Keyring({
    primary: over.primary ?? KEY_A,
    decryptionOnly: over.decryptionOnly ?? [],
  });
  return new AttributeEncryption(
    types,
    new AttributeCipher(keyring, systemRandomness),
    over.listener,
  );
}
