import { SavedObjectError, type SavedObjectKey } from '@latchkey/saved-objects';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anAttributeEncryption, KEY_A, KEY_B, TOKEN_TYPE } from './encryption.mock.ts';

const ANA: SavedObjectKey = { type: TOKEN_TYPE.type, id: 'ana-drive' };
const PLAIN = {
  credentials: { accessToken: 'at-canary', refreshToken: 'rt-canary' },
  profileUid: 'u_ana',
  connectorId: 'drive',
};

/** Returns code and message of the error that `act` throws. Callers must not show anything else. */
function failure(act: () => unknown): { code: string; message: string } | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!(error instanceof SavedObjectError)) throw error;
    return { code: error.code, message: error.message };
  }
}

const UNDECRYPTABLE = {
  code: 'undecryptable',
  message: 'Attribute [credentials] of [user_connector_token:ana-drive] cannot be decrypted',
};

/** `text` with one bit of one character flipped. */
function flipBit(text: string, bit: number): string {
  const bytes = Buffer.from(text, 'latin1');
  const index = (bit >> 3) % bytes.length;
  bytes[index] = (bytes[index] ?? 0) ^ (1 << (bit & 7));
  return bytes.toString('latin1');
}

describe('the encryption of attributes', () => {
  it('returns any JSON value that was encrypted, bound to any attributes', () => {
    const encryption = anAttributeEncryption();
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.string(), (value, bound, id) => {
        const key = { type: TOKEN_TYPE.type, id };
        const attributes = JSON.parse(
          JSON.stringify({ credentials: value, profileUid: bound, other: 1 }),
        );
        const stored = JSON.parse(JSON.stringify(encryption.encrypt(key, attributes)));
        expect(encryption.decrypt(key, stored)).toEqual(attributes);
      }),
    );
  });

  it('keeps plaintext out of the stored attributes, and out of attributes that are returned without decryption', () => {
    const stored = anAttributeEncryption().encrypt(ANA, PLAIN);
    expect(JSON.stringify(stored)).not.toContain('canary');
    expect(stored).toMatchObject({ profileUid: 'u_ana', connectorId: 'drive' });
  });

  it('D55: refuses an envelope with any single bit flipped', () => {
    const encryption = anAttributeEncryption();
    const stored = encryption.encrypt(ANA, PLAIN);
    fc.assert(
      fc.property(fc.nat({ max: String(stored['credentials']).length * 8 - 1 }), (bit) => {
        const damaged = { ...stored, credentials: flipBit(String(stored['credentials']), bit) };
        expect(failure(() => encryption.decrypt(ANA, damaged))).toEqual(UNDECRYPTABLE);
      }),
      { numRuns: 1000 },
    );
  });

  it('D55: refuses an envelope cut short at any position, as with a truncated tag', () => {
    const encryption = anAttributeEncryption();
    const stored = encryption.encrypt(ANA, PLAIN);
    const envelope = String(stored['credentials']);
    for (let length = 0; length < envelope.length; length += 1) {
      const damaged = { ...stored, credentials: envelope.slice(0, length) };
      expect(failure(() => encryption.decrypt(ANA, damaged))).toEqual(UNDECRYPTABLE);
    }
  });

  it.each([
    ['of another user', { ...ANA, id: 'bob-drive' }, {}],
    ['of another type', { ...ANA, type: 'twin_token' }, {}],
    ['in another space', { ...ANA, namespace: 'finance' }, {}],
    ['with another bound attribute', ANA, { connectorId: 'gmail' }],
    ['with a bound attribute added', ANA, { expiresAt: '2031-01-01T00:00:00Z' }],
    ['with a bound attribute that is null instead of absent', ANA, { expiresAt: null }],
    ['with a bound attribute that is empty instead of absent', ANA, { expiresAt: '' }],
    ['with a bound attribute removed', ANA, { profileUid: undefined }],
  ])('D54: refuses a ciphertext that was moved to an object %s', (_title, key, changes) => {
    const encryption = anAttributeEncryption();
    const stored = encryption.encrypt(ANA, PLAIN);
    const code = failure(() => encryption.decrypt(key, { ...stored, ...changes }))?.code;
    expect(code).toBe('undecryptable');
  });

  it('D54: refuses plaintext in place of a ciphertext', () => {
    const encryption = anAttributeEncryption();
    for (const credentials of [PLAIN.credentials, 'planted', null, 7, '']) {
      const planted = { ...PLAIN, credentials };
      expect(failure(() => encryption.decrypt(ANA, planted))).toEqual(UNDECRYPTABLE);
    }
  });

  it('encrypts a value that looks like an envelope like any other value', () => {
    const encryption = anAttributeEncryption();
    const once = encryption.encrypt(ANA, PLAIN);
    const twice = encryption.encrypt(ANA, once);
    expect(encryption.decrypt(ANA, twice)).toEqual(once);
    expect(encryption.decrypt(ANA, encryption.decrypt(ANA, twice))).toEqual(PLAIN);
  });

  it('leaves out absent attributes and keeps null', () => {
    const encryption = anAttributeEncryption();
    expect(encryption.encrypt(ANA, { credentials: undefined, a: 1 })).toEqual({ a: 1 });
    const stored = encryption.encrypt(ANA, { credentials: null });
    expect(encryption.decrypt(ANA, stored)).toEqual({ credentials: null });
  });

  it('leaves out only the encrypted attributes when stripping', () => {
    const encryption = anAttributeEncryption();
    expect(encryption.strip(TOKEN_TYPE.type, PLAIN)).toEqual({
      profileUid: 'u_ana',
      connectorId: 'drive',
    });
    expect(encryption.strip('space', PLAIN)).toEqual(PLAIN);
    expect(encryption.isEncryptedType('space')).toBe(false);
  });

  it('can read an envelope of an older build that did not bind a newer attribute', () => {
    const older = anAttributeEncryption({ boundNames: ['profileUid'] });
    const newer = anAttributeEncryption({ boundNames: ['profileUid', 'userCloudId'] });
    const stored = older.encrypt(ANA, PLAIN);
    expect(newer.decrypt(ANA, { ...stored, userCloudId: 'backfilled' })).toMatchObject(PLAIN);
  });

  it('lets an older build read an envelope that is bound to more attributes than it knows', () => {
    const older = anAttributeEncryption({ boundNames: ['profileUid'] });
    const newer = anAttributeEncryption({ boundNames: ['profileUid', 'userCloudId'] });
    const stored = newer.encrypt(ANA, { ...PLAIN, userCloudId: 'c1' });
    expect(older.decrypt(ANA, stored)).toMatchObject(PLAIN);
  });

  it('binds unknown encrypted attributes again when an older build changes a bound attribute', () => {
    const older = anAttributeEncryption({ encryptedNames: ['credentials'] });
    const newer = anAttributeEncryption({ encryptedNames: ['credentials', 'idToken'] });
    const before = newer.encrypt(ANA, { ...PLAIN, idToken: 'id-canary' });
    const after = older.encrypt(ANA, {
      ...older.decrypt(ANA, before),
      expiresAt: '2031-01-01T00:00:00Z',
    });
    expect(failure(() => newer.decrypt(ANA, after))?.code).toBe('undecryptable');
    const rebound = older.rebindUnknown(ANA, before, after);
    expect(newer.decrypt(ANA, rebound)).toMatchObject({ ...PLAIN, idToken: 'id-canary' });
    expect(rebound['credentials']).toBe(after['credentials']);
  });

  it('D54: does not encrypt a value again that was moved from another object or attribute', () => {
    const older = anAttributeEncryption({ encryptedNames: ['credentials'] });
    const newer = anAttributeEncryption({ encryptedNames: ['credentials', 'idToken'] });
    const moved = newer.encrypt({ ...ANA, id: 'bob-drive' }, { ...PLAIN, idToken: 'id-canary' });
    const renamed = {
      ...newer.encrypt(ANA, PLAIN),
      idToken: newer.encrypt(ANA, PLAIN)['credentials'],
    };
    for (const planted of [moved, renamed, { ...PLAIN, idToken: 'lk1.looks.like.one' }]) {
      const after = { ...planted, expiresAt: '2031-01-01T00:00:00Z' };
      expect(older.rebindUnknown(ANA, planted, after)).toEqual(after);
    }
  });

  it('refuses an envelope whose list of bound attributes was shortened', () => {
    const encryption = anAttributeEncryption();
    const stored = encryption.encrypt(ANA, PLAIN);
    const parts = String(stored['credentials']).split('.');
    parts[2] = Buffer.from('[]').toString('base64url');
    const stripped = { ...stored, credentials: parts.join('.') };
    expect(failure(() => encryption.decrypt(ANA, stripped))).toEqual(UNDECRYPTABLE);
  });

  it('reads objects encrypted with an old decryption-only key, and moves them to the primary key', () => {
    const before = anAttributeEncryption({ primary: KEY_A });
    const during = anAttributeEncryption({ primary: KEY_B, decryptionOnly: [KEY_A] });
    const after = anAttributeEncryption({ primary: KEY_B });
    const stored = before.encrypt(ANA, PLAIN);
    expect(during.decrypt(ANA, stored)).toEqual(PLAIN);
    expect(failure(() => after.decrypt(ANA, stored))).toEqual(UNDECRYPTABLE);
    const moved = during.reencrypt(ANA, stored);
    expect(after.decrypt(ANA, moved)).toEqual(PLAIN);
    expect([...after.keyIds(TOKEN_TYPE.type, moved)]).not.toEqual([
      ...after.keyIds(TOKEN_TYPE.type, stored),
    ]);
  });

  it('keeps the bound attributes of an object that it moves to the primary key', () => {
    const older = anAttributeEncryption({ boundNames: ['profileUid'] });
    const newer = anAttributeEncryption({
      primary: KEY_B,
      decryptionOnly: [KEY_A],
      boundNames: ['profileUid', 'userCloudId'],
    });
    const moved = newer.reencrypt(ANA, older.encrypt(ANA, PLAIN));
    // A later migration may add an attribute to which the old envelope was not bound.
    expect(newer.decrypt(ANA, { ...moved, userCloudId: 'backfilled' })).toMatchObject(PLAIN);
  });

  it('tells its listener which object could not be decrypted', () => {
    const seen: string[] = [];
    const encryption = anAttributeEncryption({
      listener: {
        decrypted: (key) => seen.push(`ok ${key.id}`),
        undecryptable: (key) => seen.push(`bad ${key.id}`),
      },
    });
    const stored = encryption.encrypt(ANA, PLAIN);
    encryption.decrypt(ANA, stored);
    failure(() => encryption.decrypt({ ...ANA, id: 'bob' }, stored));
    expect(seen).toEqual(['ok ana-drive', 'bad bob']);
  });
});
