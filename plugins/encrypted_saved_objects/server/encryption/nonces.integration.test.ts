import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { NONCE_BYTES } from './envelope.ts';

const PROCESSES = 8;
const ENCRYPTIONS_EACH = 125_000;
const PROGRAM = fileURLToPath(new URL('./seal_many.mock.ts', import.meta.url));

it('D57: eight processes that use one key at the same time repeat no nonce in a million encryptions', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-nonces-'));
  try {
    const files = Array.from({ length: PROCESSES }, (_, index) => join(folder, String(index)));
    await Promise.all(
      files.map((file) =>
        promisify(execFile)(process.execPath, [PROGRAM, file, String(ENCRYPTIONS_EACH)], {
          env: {},
        }),
      ),
    );
    const nonces = new Set<string>();
    for (const bytes of files.map((file) => readFileSync(file))) {
      for (let at = 0; at < bytes.length; at += NONCE_BYTES) {
        nonces.add(bytes.toString('latin1', at, at + NONCE_BYTES));
      }
    }
    expect(nonces.size).toBe(PROCESSES * ENCRYPTIONS_EACH);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 300_000);
