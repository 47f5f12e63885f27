import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KEYRING_ID, KEYRING_TYPE, type KeyringAttributes } from './keys/index.ts';
import { type EncryptedServer, KEY_A, KEY_B, startEncryptedServer } from './testing/index.ts';

const TOKEN = 'user_connector_token';
const A_TOKEN = { profileUid: 'u_ana', connectorId: 'drive', credentials: { accessToken: 'a' } };
const ONLY_A = { encryptionKey: KEY_A };
const ONLY_B = { encryptionKey: KEY_B };
const A_THEN_B = { encryptionKey: KEY_B, keyRotation: { decryptionOnlyKeys: [KEY_A] } };

let folder: string;
let open: EncryptedServer[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-start-'));
  open = [];
});
afterEach(async () => {
  for (const server of open) await server.stop();
  rmSync(folder, { recursive: true });
});

async function aServer(
  settings: Readonly<Record<string, unknown>>,
  over: Partial<Parameters<typeof startEncryptedServer>[0]> = {},
): Promise<EncryptedServer> {
  const path = join(folder, 'store.db');
  const server = await startEncryptedServer({ path, settings, ...over });
  open.push(server);
  return server;
}

const recordedKeys = async ({ repository }: EncryptedServer) =>
  (await repository.get<KeyringAttributes>(KEYRING_TYPE, KEYRING_ID)).attributes.keys;

const rotate = ({ inject }: EncryptedServer) =>
  inject({ method: 'POST', url: '/api/encrypted_saved_objects/_rotate_key' });

describe('a start', () => {
  it('D58: is refused in production without a key, and the message names the setting', async () => {
    await expect(aServer({})).rejects.toMatchObject({
      code: 'key_missing',
      message: expect.stringContaining('xpack.encryptedSavedObjects.encryptionKey'),
    });
  });

  it('D58: works in development without a key, and later starts can read the objects', async () => {
    const over = { mode: 'development', dataPath: folder } as const;
    const first = await aServer({}, over);
    await first.repository.create(TOKEN, A_TOKEN, { id: 'a' });
    await first.stop();
    const { repository } = await aServer({}, over);
    const read = await repository.get(TOKEN, 'a', { decrypt: true });
    expect(read.attributes).toEqual(A_TOKEN);
  });

  it('D58: is refused with a wrong key, and the message names the setting and the number of objects', async () => {
    const first = await aServer(ONLY_A);
    for (const id of ['a', 'b']) await first.repository.create(TOKEN, A_TOKEN, { id });
    await first.stop();
    await expect(aServer(ONLY_B)).rejects.toMatchObject({
      code: 'key_not_configured',
      // Three objects: two tokens and the keyring.
      message: expect.stringMatching(/xpack\.encryptedSavedObjects\.encryptionKey .* 3 objects/),
    });
    const { repository } = await aServer(ONLY_A);
    expect((await repository.get(TOKEN, 'b', { decrypt: true })).attributes).toEqual(A_TOKEN);
  });

  it('D58: is refused with a wrong key even if the keyring object is missing', async () => {
    const first = await aServer(ONLY_A);
    await first.repository.create(TOKEN, A_TOKEN, { id: 'a' });
    await first.repository.delete(KEYRING_TYPE, KEYRING_ID);
    await first.stop();
    await expect(aServer(ONLY_B)).rejects.toMatchObject({ code: 'key_not_configured' });
    const { logger } = await aServer(ONLY_A);
    expect(logger.lines.map(({ level }) => level)).toContain('error');
  });

  it('is refused when the keyring object is damaged, and changes nothing', async () => {
    const { repository, store, stop } = await aServer(ONLY_A);
    const [stored] = await store.getMany([`${KEYRING_TYPE}:${KEYRING_ID}`], KEYRING_TYPE);
    if (stored === undefined) throw new Error('the document was not found');
    await repository.update<KeyringAttributes>(KEYRING_TYPE, KEYRING_ID, { hashSecret: 'x' });
    const hashSecret = String(stored.attributes['hashSecret']).slice(0, -2);
    await store.put({ ...stored, attributes: { ...stored.attributes, hashSecret } });
    await stop();
    await expect(aServer(ONLY_A)).rejects.toMatchObject({ code: 'keyring_damaged' });
  });

  it('accepts only one key when two servers with different keys start on an empty store', async () => {
    const outcomes = await Promise.allSettled([aServer(ONLY_A), aServer(ONLY_B)]);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused.map(({ reason }) => reason.code)).toEqual(['key_not_configured']);
    await Promise.all(open.map((server) => recordedKeys(server))).then(([keys]) =>
      expect(keys).toHaveLength(1),
    );
  });

  it('gives the same keyed hash to all servers that start at the same time', async () => {
    const servers = await Promise.all([1, 2, 3, 4].map(() => aServer(ONLY_A)));
    const hashes = servers.map(({ contract }) => contract.keyedHash('token', 'a'));
    expect(new Set(hashes).size).toBe(1);
  });

  it('gives different stores different keyed hashes', async () => {
    const one = await aServer(ONLY_A);
    const two = await aServer(ONLY_A, { path: join(folder, 'other.db') });
    expect(one.contract.keyedHash('token', 'a')).not.toBe(two.contract.keyedHash('token', 'a'));
  });
});

describe('a change of the encryption key', () => {
  it('keeps keyed hashes the same during rotation and retirement', async () => {
    const before = await aServer(ONLY_A);
    const hash = before.contract.keyedHash('token', 'a');
    const during = await aServer(A_THEN_B);
    expect(during.contract.keyedHash('token', 'a')).toBe(hash);
    expect((await rotate(during)).status).toBe(200);
    const after = await aServer(ONLY_B);
    expect(after.contract.keyedHash('token', 'a')).toBe(hash);
  });

  it('D59: cannot retire a key that objects still need, and can after a rotation', async () => {
    const before = await aServer(ONLY_A);
    await before.repository.create(TOKEN, A_TOKEN, { id: 'a' });
    const during = await aServer(A_THEN_B);
    await expect(aServer(ONLY_B)).rejects.toMatchObject({
      code: 'key_not_configured',
      message: expect.stringContaining('decryptionOnlyKeys'),
    });
    await rotate(during);
    const after = await aServer(ONLY_B);
    expect((await after.repository.get(TOKEN, 'a', { decrypt: true })).attributes).toEqual(A_TOKEN);
    const [old, current] = await recordedKeys(after);
    expect(old?.retiredAt).toEqual(expect.any(String));
    expect(current?.retiredAt).toBeUndefined();
  });

  it('D59: detects a server that still writes with a retired key', async () => {
    await aServer(ONLY_A);
    const during = await aServer(A_THEN_B);
    await rotate(during);
    await aServer(ONLY_B);
    const late = await aServer({
      encryptionKey: KEY_A,
      keyRotation: { decryptionOnlyKeys: [KEY_B] },
    });
    await late.repository.create(TOKEN, A_TOKEN, { id: 'late' });
    await expect(aServer(ONLY_B)).rejects.toMatchObject({ code: 'key_not_configured' });
  });
});
