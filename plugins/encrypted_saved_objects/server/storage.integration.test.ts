import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { oncePerFrozen } from '@latchkey/saved-objects';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type EncryptedServer,
  KEY_A,
  startEncryptedServer,
  type TestToken,
} from './testing/index.ts';

const TOKEN = 'user_connector_token';
const aToken = (over: Partial<TestToken> = {}): TestToken => ({
  profileUid: 'u_ana',
  connectorId: 'drive',
  credentials: { accessToken: 'canary-access-token' },
  ...over,
});
const aConnector = {
  name: 'Drive',
  config: { url: 'a' },
  secrets: { clientSecret: 'canary-secret' },
};

const LIFETIME_MS = 30_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let folder: string;
let server: EncryptedServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-encrypted-'));
  const settings = { encryptionKey: KEY_A };
  server = await startEncryptedServer({ path: join(folder, 'store.db'), settings });
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** Copies the stored ciphertext of one document to another document. */
async function copyCiphertext(type: string, attribute: string, from: string, to: string) {
  const [source, target] = await server.store.getMany([from, to], type);
  if (source === undefined || target === undefined) throw new Error('the document was not found');
  const attributes = { ...target.attributes, [attribute]: source.attributes[attribute] };
  await server.store.put({ ...target, attributes });
}

describe('stored objects', () => {
  it('D53: leave no secret and no key in any file of the store', async () => {
    const { repository } = server;
    await repository.create(TOKEN, aToken(), { id: 'ana' });
    await repository.update<TestToken>(TOKEN, 'ana', {
      credentials: { accessToken: 'canary-second-token' },
    });
    await repository.create('action', aConnector, { id: 'drive' });
    const files = readdirSync(folder);
    expect(files).toContain('store.db-wal');
    const dump = files.map((file) => readFileSync(join(folder, file), 'latin1')).join();
    expect(dump).toContain('u_ana');
    expect(dump).not.toContain('canary');
    expect(dump).not.toContain(KEY_A);
    const read = await repository.get<TestToken>(TOKEN, 'ana', { decrypt: true });
    expect(read.attributes.credentials.accessToken).toBe('canary-second-token');
  });

  it('D54: cannot be read with the ciphertext of another user', async () => {
    const { repository } = server;
    await repository.create(TOKEN, aToken(), { id: 'ana' });
    const bob = aToken({ profileUid: 'u_bob', credentials: { accessToken: 'canary-bob' } });
    await repository.create(TOKEN, bob, { id: 'bob' });
    await copyCiphertext(TOKEN, 'credentials', `${TOKEN}:ana`, `${TOKEN}:bob`);
    await expect(repository.get(TOKEN, 'bob', { decrypt: true })).rejects.toMatchObject({
      code: 'undecryptable',
      details: { type: TOKEN, id: 'bob', attribute: 'credentials' },
    });
    await expect(repository.get(TOKEN, 'ana', { decrypt: true })).resolves.toBeDefined();
  });

  it('D54: cannot be read with the ciphertext of another connector', async () => {
    const { repository } = server;
    await repository.create('action', aConnector, { id: 'drive' });
    await repository.create('action', aConnector, { id: 'gmail' });
    await copyCiphertext('action', 'secrets', 'action:drive', 'action:gmail');
    await expect(repository.get('action', 'gmail', { decrypt: true })).rejects.toMatchObject({
      code: 'undecryptable',
    });
  });

  it('D54: cannot be read with the ciphertext of an object with the same id in another space', async () => {
    const { repository } = server;
    await repository.create('signing_key', aConnector, { id: 'k', namespace: 'sales' });
    await repository.create('signing_key', aConnector, { id: 'k', namespace: 'finance' });
    await copyCiphertext('signing_key', 'secrets', 'sales:signing_key:k', 'finance:signing_key:k');
    const read = (namespace: string) =>
      repository.get('signing_key', 'k', { namespace, decrypt: true });
    await expect(read('finance')).rejects.toMatchObject({ code: 'undecryptable' });
    await expect(read('sales')).resolves.toMatchObject({ attributes: aConnector });
  });

  it('D54: cannot be read when the connector of the secrets was changed in the store to another host', async () => {
    const { repository, store } = server;
    await repository.create('action', aConnector, { id: 'drive' });
    const [stored] = await store.getMany(['action:drive'], 'action');
    if (stored === undefined) throw new Error('the document was not found');
    const attributes = { ...stored.attributes, config: { url: 'https://evil.example' } };
    await store.put({ ...stored, attributes });
    await expect(repository.get('action', 'drive', { decrypt: true })).rejects.toMatchObject({
      code: 'undecryptable',
    });
  });

  it('D55: stay readable except for the damaged row, which is reported', async () => {
    const { repository, store } = server;
    for (const id of ['a', 'b', 'c']) await repository.create(TOKEN, aToken(), { id });
    const [stored] = await store.getMany([`${TOKEN}:b`], TOKEN);
    if (stored === undefined) throw new Error('the document was not found');
    const credentials = String(stored.attributes['credentials']).slice(0, -4);
    await store.put({ ...stored, attributes: { ...stored.attributes, credentials } });

    const damaged: string[] = [];
    const readable: string[] = [];
    for await (const batch of repository.iterate<TestToken>({
      type: TOKEN,
      decrypt: true,
      onUndecryptable: ({ id }) => damaged.push(id),
    })) {
      readable.push(...batch.map(({ id }) => id));
    }
    expect({ damaged, readable }).toEqual({ damaged: ['b'], readable: ['a', 'c'] });
    expect(await server.status()).toMatchObject({
      level: 'degraded',
      summary: expect.stringContaining('1 stored objects cannot be decrypted'),
    });
    expect(server.logger.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', meta: { type: TOKEN, id: 'b' } }),
    );
    await repository.update<TestToken>(TOKEN, 'b', { credentials: { accessToken: 'new' } });
    await repository.get(TOKEN, 'b', { decrypt: true });
    expect(await server.status()).toMatchObject({ level: 'available' });
  });

  it('D53: leave no plaintext in memory 30 seconds after an unchanged document was read', async () => {
    const { repository } = server;
    const read = () => repository.get<TestToken>(TOKEN, 'ana', { decrypt: true });
    const derived = oncePerFrozen((token: Awaited<ReturnType<typeof read>>) => ({ token }));
    // A separate function, so that no variable of the test refers to the plaintext.
    const readWeakly = async () => {
      // The store caches a document at its second read, so the result of the first read is not
      // shared.
      await read();
      const token = await read();
      expect(await read()).toBe(token);
      return [token, token.attributes.credentials, derived(token)].map((it) => new WeakRef(it));
    };
    await repository.create(TOKEN, aToken(), { id: 'ana' });
    vi.useFakeTimers({ now: Date.now(), toNotFake: ['nextTick', 'setImmediate'] });
    try {
      const plaintext = await readWeakly();
      vi.advanceTimersByTime(LIFETIME_MS - 1);
      await new Promise(setImmediate);
      collectGarbage();
      expect(plaintext.map((it) => it.deref() !== undefined)).toEqual([true, true, true]);
      vi.advanceTimersByTime(1);
      await new Promise(setImmediate);
      collectGarbage();
      expect(plaintext.map((it) => it.deref())).toEqual([undefined, undefined, undefined]);
    } finally {
      vi.useRealTimers();
    }
  });
});
