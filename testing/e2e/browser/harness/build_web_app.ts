import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitUntil } from '@latchkey/core/server/wait_until';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const LOCK = join(ROOT, 'dist', 'browser-build.lock');
/** A build takes a minute on a slow machine. */
const LIMIT_MS = 5 * 60_000;

const run = promisify(execFile);

/**
 * Builds the web app unless it is up to date. Files of tests run at the same time: one builds, the
 * others wait.
 * @throws Error with the output of the build when it fails
 */
export async function buildWebApp(): Promise<void> {
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  await waitUntil('the build of another test file', takeLock, { timeoutMs: LIMIT_MS });
  try {
    await run(process.execPath, [join(ROOT, 'scripts', 'build_app.ts')], { cwd: ROOT });
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

/** The lock of a process that was killed is taken over after the time limit of a build. */
function takeLock(): boolean {
  try {
    mkdirSync(LOCK);
    return true;
  } catch {
    const age = Date.now() - (statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > LIMIT_MS) rmSync(LOCK, { recursive: true, force: true });
    return false;
  }
}
