// These tests check the rotation without whole servers, on thousands of objects.

import { waitUntil } from '@latchkey/core/server/wait_until';
import {
  ENCRYPTED_PROCESS,
  type EncryptedProcessOptions,
  type EncryptedProcessReport,
  type EncryptedServer,
  KEY_A,
  KEY_B,
  startEncryptedServer,
  type TestStore,
  type TestToken,
} from '@latchkey/encrypted-saved-objects-plugin/server/testing';
import { stopEverything, storeAddress } from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { type ChildOfTest, killChildren, startChild } from './child_of_test.ts';

const TOKEN = 'user_connector_token';
const TOKENS = 2_000;
/**
 * Build that kills itself half-way, because a fast machine could finish before a kill from outside.
 */
const DIES_HALF_WAY = new URL('../builds/dies_in_rotation_build.ts?objects=800', import.meta.url);
/** Build that resumes no rotation by itself, so that the test resumes it, however late. */
const RESUMES_NOTHING = new URL('../builds/resumes_nothing_build.ts', import.meta.url);
const ROTATE = '/api/encrypted_saved_objects/_rotate_key';
const USAGE = '/api/encrypted_saved_objects/_key_usage';
const ONLY_A = { encryptionKey: KEY_A };
const ONLY_B = { encryptionKey: KEY_B };
const A_READS_B = { encryptionKey: KEY_A, keyRotation: { decryptionOnlyKeys: [KEY_B] } };
const B_READS_A = { encryptionKey: KEY_B, keyRotation: { decryptionOnlyKeys: [KEY_A] } };

interface Progress {
  readonly state: string;
  readonly successful: number;
  readonly failed: number;
  readonly objects: number;
  readonly primary_key_id: string;
}
interface Usage {
  readonly keys: readonly {
    readonly key_id: string;
    readonly role: string;
    readonly objects: number;
  }[];
}

onEachStore(({ newLocation }) => {
  let store: TestStore;
  let open: EncryptedServer[];
  beforeEach(() => {
    open = [];
    store = storeAddress(newLocation());
  });
  afterEach(async () => {
    killChildren();
    for (const server of open) await server.stop();
  });
  afterAll(stopEverything);

  async function aServer(settings: Readonly<Record<string, unknown>>): Promise<EncryptedServer> {
    const server = await startEncryptedServer({ path: store, settings });
    open.push(server);
    return server;
  }
  const aProcess = (
    over: Pick<EncryptedProcessOptions, 'settings' | 'work'>,
    build?: URL,
  ): ChildOfTest<EncryptedProcessReport> =>
    startChild(
      ENCRYPTED_PROCESS,
      { store, tokens: TOKENS, ...over } satisfies EncryptedProcessOptions,
      build,
    );

  async function createTokens({ repository }: EncryptedServer, count: number): Promise<void> {
    for (let from = 0; from < count; from += 500) {
      const ids = Array.from({ length: Math.min(500, count - from) }, (_, at) => from + at);
      await Promise.all(ids.map((n) => createToken(repository, n)));
    }
  }
  const createToken = (repository: EncryptedServer['repository'], n: number) =>
    repository.create<TestToken>(
      TOKEN,
      { profileUid: `u_${n}`, connectorId: 'drive', credentials: { accessToken: `token ${n}` } },
      { id: `t${n}`, visibleToSearch: false },
    );

  async function readAll({ repository }: EncryptedServer): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for await (const batch of repository.iterate<TestToken>({ type: TOKEN, decrypt: true }))
      for (const { id, attributes } of batch) found.set(id, attributes.credentials.accessToken);
    return found;
  }
  const progress = async ({ inject }: EncryptedServer) =>
    (await inject<Progress>({ method: 'GET', url: ROTATE })).body;
  const usage = async ({ inject }: EncryptedServer) => {
    const { body } = await inject<Usage>({ method: 'GET', url: USAGE });
    return Object.fromEntries(body.keys.map(({ role, objects }) => [role, objects]));
  };
  /** Returns all documents of these types, as stored. */
  async function dump({ store: documents }: EncryptedServer): Promise<unknown[]> {
    const found: unknown[] = [];
    const types = [TOKEN, 'action', 'encryption_keyring'];
    for await (const batch of documents.iterate({ types, batchSize: 500 })) found.push(...batch);
    return found;
  }

  it('D59, D60: a rotation of the key of 2,000 grants in use is killed and resumed, and no read fails', async () => {
    const before = await aServer(ONLY_A);
    await createTokens(before, TOKENS);
    await before.stop();
    const old = aProcess({ settings: A_READS_B, work: 'write' });
    await old.line('ready');
    const reader = aProcess({ settings: B_READS_A, work: 'read' }, RESUMES_NOTHING);
    const doomed = aProcess({ settings: B_READS_A, work: 'rotate' }, DIES_HALF_WAY);
    await Promise.all([reader.line('ready'), doomed.line('ready')]);
    expect(await doomed.ended()).toBe('SIGKILL');
    expect(doomed.has('rotated')).toBe(false);

    const server = await aServer(B_READS_A);
    const left = (await usage(server))['decryption_only'] ?? 0;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(TOKENS);
    // The state of the killed rotation is still "running", so its progress is requested until its
    // process is known to have ended.
    const resumed = await server.inject<Progress>({ method: 'POST', url: ROTATE });
    expect(resumed).toMatchObject({ status: 200, body: { failed: 0 } });
    expect(resumed.body.successful).toBeGreaterThanOrEqual(left - TOKENS / 10);
    expect(await progress(server)).toMatchObject({ state: 'completed', failed: 0 });

    old.endInput();
    reader.endInput();
    const [writer, reading] = [await old.line('ended'), await reader.line('ended')];
    expect(writer.failedReads).toEqual([]);
    expect(reading.failedReads).toEqual([]);
    expect(writer.reads).toBeGreaterThan(0);
    expect(reading.reads).toBeGreaterThan(0);
    expect(Object.keys(writer.written).length).toBeGreaterThan(0);
    // This rotation includes everything that the old process wrote before its end.
    expect((await server.inject({ method: 'POST', url: ROTATE })).status).toBe(200);
    expect(await usage(server)).toMatchObject({ decryption_only: 0 });

    const after = await readAll(await aServer(ONLY_B));
    expect(after.size).toBe(TOKENS);
    for (const [n, accessToken] of Object.entries(writer.written))
      expect(after.get(`t${n}`)).toBe(accessToken);
  });

  it('D59: when two servers rotate at the same time, one does the work and both show its progress', async () => {
    const before = await aServer(ONLY_A);
    await createTokens(before, 600);
    const [one, two] = [await aServer(B_READS_A), await aServer(B_READS_A)];
    const start = { method: 'POST', url: `${ROTATE}?wait_for_completion=false` } as const;
    const responses = await Promise.all([one, two].map(({ inject }) => inject<Progress>(start)));
    expect(responses.map(({ status }) => status).sort()).toEqual([202, 429]);
    for (const server of [one, two]) {
      const done = await waitUntil('the rotation', async () => {
        const seen = await progress(server);
        return seen.state === 'completed' ? seen : undefined;
      });
      // The 601st object is the keyring, which was rotated when the new key was recorded in it.
      expect(done).toMatchObject({ successful: 600, failed: 0, objects: 601 });
    }
    expect(await usage(one)).toMatchObject({ decryption_only: 0 });
  });

  it('D59: a server refuses to retire a key that one grant still needs', async () => {
    const before = await aServer(ONLY_A);
    await createTokens(before, 20);
    const server = await aServer(B_READS_A);
    await server.inject({ method: 'POST', url: ROTATE });
    const late = await aServer(A_READS_B);
    await createToken(late.repository, 99);
    await expect(aServer(ONLY_B)).rejects.toMatchObject({
      code: 'key_not_configured',
      message: expect.stringMatching(/1 object needs .*decryptionOnlyKeys/),
    });
  });

  it('D58, D62: a server names the wrong setting when a key is missing, and destroys nothing', async () => {
    const before = await aServer(ONLY_A);
    await createTokens(before, 50);
    const stored = await dump(before);
    await before.stop();
    await expect(aServer(ONLY_B)).rejects.toMatchObject({
      code: 'key_not_configured',
      message: expect.stringMatching(/xpack\.encryptedSavedObjects\.encryptionKey .* 51 objects/),
    });
    const again = await aServer(ONLY_A);
    expect(await dump(again)).toEqual(stored);
    expect((await readAll(again)).size).toBe(50);
  });

  it('D59: a damaged object is reported, keeps its old ciphertext and does not affect other objects', async () => {
    const before = await aServer(ONLY_A);
    await createTokens(before, 50);
    const [row] = await before.store.getMany([`${TOKEN}:t7`], TOKEN);
    if (row === undefined) throw new Error('the document was not found');
    const damaged = { ...row.attributes, profileUid: 'u_mallory' };
    await before.store.put({ ...row, attributes: damaged });
    const server = await aServer(B_READS_A);
    const { body } = await server.inject<Progress>({ method: 'POST', url: ROTATE });
    expect(body).toMatchObject({ successful: 49, failed: 1 });
    const [kept] = await server.store.getMany([`${TOKEN}:t7`], TOKEN);
    expect(kept?.attributes).toEqual(damaged);
    const named = server.logger.lines.filter(({ message }) => message.includes(`${TOKEN}:t7`));
    expect(named).toHaveLength(1);
    expect((await readAll(server)).size).toBe(49);
    expect(await usage(server)).toMatchObject({ decryption_only: 1 });
  });
});
