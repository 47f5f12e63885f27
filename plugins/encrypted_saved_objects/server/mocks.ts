import { systemRandomness } from '@latchkey/core/server';
import type { EncryptionExtension } from '@latchkey/saved-objects';
import {
  AttributeCipher,
  AttributeEncryption,
  EncryptedTypes,
  Keyring,
} from './encryption/index.ts';
import { createKeyedHash } from './keys/index.ts';
import type {
  EncryptedSavedObjectsSetup,
  EncryptedSavedObjectsStart,
  EncryptedTypeRegistration,
} from './types.ts';

/** Fixed key for tests; not secret. */
export const TEST_ENCRYPTION_KEY = 'development-only-key-0123456789abcdef';

/** A setup contract that records registrations. */
export interface EncryptedSavedObjectsSetupMock extends EncryptedSavedObjectsSetup {
  readonly registrations: EncryptedTypeRegistration[];
}

/** Creates the setup contract for tests of plugins that register encrypted types. */
export function createEncryptedSavedObjectsSetupMock(): EncryptedSavedObjectsSetupMock {
  const registrations: EncryptedTypeRegistration[] = [];
  return {
    registrations,
    registerType: (registration) => {
      registrations.push(registration);
    },
    onKeyAdministration: () => undefined,
  };
}

/**
 * Creates the start contract for tests. It has a real keyed hash with a fixed secret: the same
 * purpose and value always give the same hash.
 */
export function createEncryptedSavedObjectsStartMock(
  over: Partial<EncryptedSavedObjectsStart> = {},
): EncryptedSavedObjectsStart {
  return {
    keyedHash: createKeyedHash(Buffer.alloc(32, 'development-only')),
    countObjectsWithOldKeys: async () => 0,
    ...over,
  };
}

/** The real encryption of attributes with a test key, for tests that use a real repository. */
export function createTestEncryption(
  registrations: readonly EncryptedTypeRegistration[],
  keys: { readonly primary?: string; readonly decryptionOnly?: readonly string[] } = {},
): EncryptionExtension {
  const types = new EncryptedTypes();
  for (const registration of registrations) types.register(registration);
  const keyring = new Keyring({
    primary: keys.primary ?? TEST_ENCRYPTION_KEY,
    decryptionOnly: keys.decryptionOnly ?? [],
  });
  return new AttributeEncryption(types, new AttributeCipher(keyring, systemRandomness));
}
