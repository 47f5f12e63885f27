import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { systemRandomness } from '@latchkey/core/server';
import { createLoggerMock } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveKeys } from './resolve_keys.ts';

/** A random key that only this test uses. */
const KEY = 'p8Zb1Qv7Jx0mT4uWc9RkYs2LhN6eDgAf3XoVqUiBjKw=';
const NO_KEY = { keyRotation: { decryptionOnlyKeys: [] } };

let dataPath: string;
beforeEach(() => {
  dataPath = mkdtempSync(join(tmpdir(), 'latchkey-keys-'));
});
afterEach(() => rmSync(dataPath, { recursive: true, force: true }));

const aContext = (mode: 'development' | 'production') => ({
  env: { mode, dataPath },
  logger: createLoggerMock(),
  randomness: systemRandomness,
});

describe('the encryption keys at the start', () => {
  it('are the configured keys, and no file is read', () => {
    const context = aContext('development');
    const config = { encryptionKey: KEY, keyRotation: { decryptionOnlyKeys: ['old'] } };
    expect(resolveKeys(config, context)).toEqual({ primary: KEY, decryptionOnly: ['old'] });
    expect(readdirSync(dataPath)).toEqual([]);
    expect(context.logger.lines).toEqual([]);
  });

  it.each([
    [
      'is predictable',
      'changemechangemechangemechangeme',
      /repetitive or a sequence.*decryptionOnlyKeys/,
    ],
    [
      'consists of words',
      'an-encryption-key-of-plain-words-only',
      /looks like words.*openssl rand/,
    ],
  ])('cause a warning without the key when a key %s', (_, encryptionKey, expected) => {
    const context = aContext('development');
    resolveKeys({ ...NO_KEY, encryptionKey }, context);
    expect(context.logger.lines).toEqual([
      expect.objectContaining({ level: 'warn', message: expect.stringMatching(expected) }),
    ]);
    expect(context.logger.lines[0]?.message).not.toContain(encryptionKey);
  });

  it('must not be predictable in production, unless they only decrypt', () => {
    const weak = 'changemechangemechangemechangeme';
    expect(() => resolveKeys({ ...NO_KEY, encryptionKey: weak }, aContext('production'))).toThrow(
      expect.objectContaining({
        code: 'key_predictable',
        cause: expect.objectContaining({ name: 'ConfigError' }),
      }),
    );
    const rotated = { encryptionKey: KEY, keyRotation: { decryptionOnlyKeys: [weak] } };
    expect(resolveKeys(rotated, aContext('production')).decryptionOnly).toEqual([weak]);
  });

  it('D58: are required in production, with a message that explains how to create one', () => {
    expect(() => resolveKeys(NO_KEY, aContext('production'))).toThrow(
      /xpack\.encryptedSavedObjects\.encryptionKey is not set.*openssl rand/,
    );
    expect(readdirSync(dataPath)).toEqual([]);
  });

  it('are one random private key of the data folder in development, which is logged once', () => {
    const context = aContext('development');
    const first = resolveKeys(NO_KEY, context);
    const path = join(dataPath, 'encryption_key');
    expect(first.primary).toMatch(/^[\w-]{43}$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataPath)).toEqual(['encryption_key']);
    expect(context.logger.lines).toHaveLength(1);
    expect(context.logger.lines[0]?.message).toContain(path);
    expect(context.logger.lines[0]?.message).not.toContain(first.primary);
    expect(resolveKeys(NO_KEY, aContext('development'))).toEqual(first);
  });

  it('are the same development key in processes that start at the same time', async () => {
    const module = fileURLToPath(new URL('./key_file.ts', import.meta.url));
    const program = `
      import { randomBytes, randomUUID } from 'node:crypto';
      import { readOrCreateKeyFile } from ${JSON.stringify(module)};
      console.log(readOrCreateKeyFile(${JSON.stringify(dataPath)}, { bytes: randomBytes, uuid: randomUUID }).key);`;
    const runs = await Promise.all(
      Array.from({ length: 6 }, () =>
        promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { env: {} }),
      ),
    );
    const keys = new Set(runs.map(({ stdout }) => stdout.trim()));
    expect([...keys]).toEqual([readFileSync(join(dataPath, 'encryption_key'), 'utf8').trim()]);
    expect(readdirSync(dataPath)).toEqual(['encryption_key']);
  });

  it('are refused and not replaced when the key file is damaged', () => {
    writeFileSync(join(dataPath, 'encryption_key'), 'half a ke');
    expect(() => resolveKeys(NO_KEY, aContext('development'))).toThrow(/is damaged/);
  });

  it('are refused with the name of the setting when no key can be created in the data folder', () => {
    rmSync(dataPath, { recursive: true });
    expect(() => resolveKeys(NO_KEY, aContext('development'))).toThrow(
      /xpack\.encryptedSavedObjects\.encryptionKey/,
    );
  });
});
