import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemRandomness } from '@latchkey/core/server';
import { createLoggerMock } from '@latchkey/core/server/mocks';
import { resolveKeys } from './resolve_keys.ts';

const KEY = 'development-only-key-a-0123456789abcdef';
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

describe('resolveKeys', () => {
  it('takes the configured keys and touches no file', () => {
    const context = aContext('development');
    const config = { encryptionKey: KEY, keyRotation: { decryptionOnlyKeys: ['old'] } };
    expect(resolveKeys(config, context)).toEqual({ primary: KEY, decryptionOnly: ['old'] });
    expect(readdirSync(dataPath)).toEqual([]);
    expect(context.logger.lines).toEqual([]);
  });

  it('D58: refuses a production start without a key, naming the setting and how to make a key', () => {
    expect(() => resolveKeys(NO_KEY, aContext('production'))).toThrow(
      /xpack\.encryptedSavedObjects\.encryptionKey is not set.*openssl rand/,
    );
    expect(readdirSync(dataPath)).toEqual([]);
  });

  it('makes one random key for a development folder, readable by its owner only, and says so once', () => {
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

  it('agrees on one development key with other processes that start at the same moment', async () => {
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

  it('refuses a damaged key file instead of making a new key over it', () => {
    writeFileSync(join(dataPath, 'encryption_key'), 'half a ke');
    expect(() => resolveKeys(NO_KEY, aContext('development'))).toThrow(/is damaged/);
  });

  it('refuses a data folder in which no key can be made, naming the setting', () => {
    rmSync(dataPath, { recursive: true });
    expect(() => resolveKeys(NO_KEY, aContext('development'))).toThrow(
      /xpack\.encryptedSavedObjects\.encryptionKey/,
    );
  });
});
