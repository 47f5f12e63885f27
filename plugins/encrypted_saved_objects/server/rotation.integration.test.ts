import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ManualClock } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type EncryptedServer,
  type EncryptedServerOptions,
  KEY_A,
  KEY_B,
  startEncryptedServer,
  type TestToken,
} from './testing/index.ts';

const TOKEN = 'user_connector_token';
const ROTATE = '/api/encrypted_saved_objects/_rotate_key';
const USAGE = '/api/encrypted_saved_objects/_key_usage';
const ONLY_A = { encryptionKey: KEY_A };
const ONLY_B = { encryptionKey: KEY_B };
const B_READS_A = { encryptionKey: KEY_B, keyRotation: { decryptionOnlyKeys: [KEY_A] } };
const A_READS_B = { encryptionKey: KEY_A, keyRotation: { decryptionOnlyKeys: [KEY_B] } };

interface Rotation {
  readonly total: number;
  readonly successful: number;
  readonly failed: number;
}
interface Usage {
  readonly keys: readonly { readonly role: string; readonly objects: number }[];
  readonly unreadable: number;
}

let folder: string;
let open: EncryptedServer[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-rotation-'));
  open = [];
});
afterEach(async () => {
  for (const server of open) await server.stop();
  rmSync(folder, { recursive: true });
});

const path = () => join(folder, 'store.db');

async function aServer(
  settings: Readonly<Record<string, unknown>>,
  over: Partial<EncryptedServerOptions> = {},
): Promise<EncryptedServer> {
  const server = await startEncryptedServer({ path: path(), settings, ...over });
  open.push(server);
  return server;
}

const aToken = (n: number): TestToken => ({
  profileUid: `u_${n}`,
  connectorId: 'drive',
  credentials: { accessToken: `token ${n}` },
});

async function createTokens({ repository }: EncryptedServer, count: number): Promise<void> {
  const ids = Array.from({ length: count }, (_, index) => index);
  await Promise.all(ids.map((n) => repository.create(TOKEN, aToken(n), { id: `t${n}` })));
}

/** Checks that every token decrypts to its original value. @returns number of tokens */
async function readAll({ repository }: EncryptedServer): Promise<number> {
  let count = 0;
  for await (const batch of repository.iterate<TestToken>({ type: TOKEN, decrypt: true })) {
    for (const { id, attributes } of batch) {
      expect(attributes.credentials.accessToken).toContain(`token ${id.slice(1)}`);
      count += 1;
    }
  }
  return count;
}

const rotate = async ({ inject }: EncryptedServer, query = '') =>
  (await inject<Rotation>({ method: 'POST', url: ROTATE + query })).body;

const usage = async ({ inject }: EncryptedServer) => {
  const { body } = await inject<Usage>({ method: 'GET', url: USAGE });
  return Object.fromEntries(body.keys.map(({ role, objects }) => [role, objects]));
};

describe('a rotation of the encryption key', () => {
  it('moves every object to the primary key once, and keeps the dates of the objects', async () => {
    const before = await aServer(ONLY_A);
    await createTokens(before, 50);
    await before.repository.create(
      'signing_key',
      { name: 'n', config: {}, secrets: { k: 'v' } },
      { id: 'a:b', namespace: 'sales' },
    );
    const { updatedAt } = await before.repository.get(TOKEN, 't1');
    const during = await aServer(B_READS_A);
    expect(await during.contract.countObjectsWithOldKeys()).toBe(51);
    // 50 tokens and one signing key. The keyring was already moved when the new key was recorded in
    // it.
    expect(await rotate(during, '?batch_size=7')).toEqual({ total: 51, successful: 51, failed: 0 });
    expect(await rotate(during)).toEqual({ total: 0, successful: 0, failed: 0 });
    expect(await during.contract.countObjectsWithOldKeys()).toBe(0);
    const after = await aServer(ONLY_B);
    expect(await readAll(after)).toBe(50);
    expect((await after.repository.get(TOKEN, 't1')).updatedAt).toEqual(updatedAt);
    const key = { namespace: 'sales', decrypt: true };
    const signingKey = await after.repository.get('signing_key', 'a:b', key);
    expect(signingKey.attributes).toMatchObject({ secrets: { k: 'v' } });
  });

  it('moves only objects of one type on request, and refuses a type without encrypted attributes', async () => {
    await createTokens(await aServer(ONLY_A), 3);
    const server = await aServer(B_READS_A);
    expect(await rotate(server, '?type=action')).toMatchObject({ total: 0 });
    expect(await rotate(server, `?type=${TOKEN}`)).toMatchObject({ total: 3 });
    const refused = await server.inject({ method: 'POST', url: `${ROTATE}?type=space` });
    expect(refused).toMatchObject({
      status: 400,
      body: { attributes: { code: 'unknown_encrypted_type' } },
    });
  });

  it('tells how many objects use each key', async () => {
    await createTokens(await aServer(ONLY_A), 3);
    const server = await aServer(B_READS_A);
    await server.repository.create(TOKEN, aToken(9), { id: 't9' });
    expect(await usage(server)).toEqual({ primary: 2, decryption_only: 3 });
    await rotate(server);
    expect(await usage(server)).toEqual({ primary: 5, decryption_only: 0 });
  });

  it('counts and logs an object that it cannot encrypt again, and encrypts the others', async () => {
    const before = await aServer(ONLY_A);
    await createTokens(before, 3);
    const [stored] = await before.store.getMany([`${TOKEN}:t1`], TOKEN);
    if (stored === undefined) throw new Error('the document was not found');
    await before.store.put({
      ...stored,
      attributes: { ...stored.attributes, profileUid: 'u_mallory' },
    });
    const server = await aServer(B_READS_A);
    expect(await rotate(server)).toEqual({ total: 3, successful: 2, failed: 1 });
    const lines = server.logger.lines.filter(({ message }) =>
      message.includes('could not be encrypted with the primary key'),
    );
    expect(lines.map(({ message }) => message).join()).toContain(`${TOKEN}:t1`);
  });

  it('responds with 429 to a second call during a rotation', async () => {
    const release = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    await createTokens(await aServer(ONLY_A), 3);
    let isHeld = false;
    const server = await aServer(B_READS_A, {
      wrapStore: (store) => ({
        ...store,
        put: async (...args) => {
          if (isHeld) {
            began.resolve();
            await release.promise;
          }
          return store.put(...args);
        },
      }),
    });
    isHeld = true;
    const first = rotate(server);
    await began.promise;
    expect(await server.inject({ method: 'POST', url: ROTATE })).toMatchObject({ status: 429 });
    release.resolve();
    expect(await first).toEqual({ total: 3, successful: 3, failed: 0 });
    expect(await rotate(server)).toEqual({ total: 0, successful: 0, failed: 0 });
  });

  it('writes audit events with the user before and after every rotation and count, and for every failure', async () => {
    const server = await aServer(ONLY_A);
    await server.inject({ method: 'POST', url: ROTATE });
    await server.inject({ method: 'GET', url: USAGE });
    await server.inject({ method: 'POST', url: `${ROTATE}?type=none` });
    const told = server.administration.map(({ action, outcome, errorCode, principal }) => [
      action,
      outcome,
      errorCode,
      principal.user?.username,
    ]);
    expect(told).toEqual([
      ['encryption_key_rotate', 'unknown', undefined, 'ana'],
      ['encryption_key_rotate', 'success', undefined, 'ana'],
      ['encryption_key_usage', 'unknown', undefined, 'ana'],
      ['encryption_key_usage', 'success', undefined, 'ana'],
      ['encryption_key_rotate', 'unknown', undefined, 'ana'],
      ['encryption_key_rotate', 'failure', 'unknown_encrypted_type', 'ana'],
    ]);
  });

  it('is refused to callers without the privilege', async () => {
    const missingPrivileges = ['encrypted_saved_objects:rotate_key'];
    const { inject } = await aServer(ONLY_A, { missingPrivileges });
    expect(await inject({ method: 'POST', url: ROTATE })).toMatchObject({ status: 403 });
    expect(await inject({ method: 'GET', url: USAGE })).toMatchObject({ status: 403 });
  });

  it('refuses a batch size outside the allowed range', async () => {
    const { inject } = await aServer(ONLY_A);
    const url = `${ROTATE}?batch_size=0`;
    expect(await inject({ method: 'POST', url })).toMatchObject({ status: 400 });
  });

  it('D59 D60: loses no read and no write while servers with the old and the new key write', async () => {
    const old = await aServer(A_READS_B);
    await createTokens(old, 200);
    const current = await aServer(B_READS_A);
    let isRotating = true;
    const written = new Map<string, string>();
    const writeAndRead = async (server: EncryptedServer, name: string, from: number) => {
      for (let n = from; isRotating; n = (n + 2) % 200) {
        const id = `t${n}`;
        const accessToken = `token ${n} by ${name}`;
        await server.repository.update<TestToken>(TOKEN, id, { credentials: { accessToken } });
        written.set(id, accessToken);
        await server.repository.get(TOKEN, `t${(n * 7) % 200}`, { decrypt: true });
      }
    };
    // Only one process writes each object, so its last write is known.
    const load = [writeAndRead(old, 'old', 0), writeAndRead(current, 'current', 1)];
    for (let round = 0; round < 3; round += 1) {
      expect(await rotate(current, '?batch_size=20')).toMatchObject({ failed: 0 });
    }
    isRotating = false;
    await Promise.all(load);
    expect(await readAll(old)).toBe(200);
    for (const [id, accessToken] of written) {
      const { attributes } = await current.repository.get<TestToken>(TOKEN, id, { decrypt: true });
      expect(attributes.credentials.accessToken).toBe(accessToken);
    }
    await old.stop();
    await rotate(current);
    expect(await usage(current)).toMatchObject({ decryption_only: 0 });
    expect(await readAll(await aServer(ONLY_B))).toBe(200);
  });

  /** Leaves a store with 300 tokens, of which a process rotated 119 before it was killed. */
  async function aKilledRotation(): Promise<void> {
    const before = await aServer(ONLY_A);
    await createTokens(before, 300);
    const program = fileURLToPath(new URL('./rotate_until_stuck.mock.ts', import.meta.url));
    const child = spawn(process.execPath, [program, path(), '120'], {
      env: {},
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  it('D59: continues after its process was killed', async () => {
    await aKilledRotation();
    const resumed = await aServer(B_READS_A);
    expect(await readAll(resumed)).toBe(300);
    const left = await resumed.contract.countObjectsWithOldKeys();
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(300);
    expect(await rotate(resumed)).toEqual({ total: left, successful: left, failed: 0 });
    expect(await readAll(await aServer(ONLY_B))).toBe(300);
  });

  it('D59: continues when a server with its target key starts, but not when one with another key starts', async () => {
    await aKilledRotation();
    const clock = new ManualClock(new Date());
    const other = await aServer(A_READS_B, { clock });
    const same = await aServer(B_READS_A, { clock });
    const state = async ({ inject }: EncryptedServer) =>
      (await inject<{ state: string; primary_key_id: string }>({ method: 'GET', url: ROTATE }))
        .body;
    const target = await state(same);
    expect(target.state).toBe('running');
    for (let second = 0; (await state(same)).state !== 'completed'; second += 1) {
      expect(second).toBeLessThan(300);
      await clock.advance(1000);
    }
    expect((await state(other)).primary_key_id).toBe(target.primary_key_id);
    expect(await usage(same)).toMatchObject({ decryption_only: 0 });
  });
});
