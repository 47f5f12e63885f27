import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './command.ts';

/** One entry of `packages` in a lock file of version 3. */
interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  /** `true`: a package of this checkout. */
  readonly link?: boolean;
}

/**
 * Returns the faults that would let an installation run code that is not pinned, one sentence each:
 * - a package from a registry without a SHA-512 `integrity`: npm would accept any content for it;
 * - install scripts that are not disabled: a package could run code before it is imported.
 */
export function installationFaults(lockFile: string, npmrc: string): string[] {
  const { packages } = JSON.parse(lockFile) as { packages: Record<string, LockedPackage> };
  const unpinned = Object.entries(packages)
    .filter(([path, { link }]) => path.includes('node_modules/') && link !== true)
    .filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true)
    .map(([path]) => `package-lock.json: ${path} has no SHA-512 integrity.`);
  const scriptsAreOff = npmrc.split('\n').includes('ignore-scripts=true');
  return scriptsAreOff ? unpinned : [...unpinned, '.npmrc: ignore-scripts=true is missing.'];
}

/**
 * Updates `package-lock.json` for the current workspaces. It uses the npm that runs this script, if
 * any, otherwise the npm on the path.
 * @param root root of the checkout
 * @returns exit code of npm
 */
export function refreshLockFile(root: string): number {
  const args = ['install', '--package-lock-only', '--prefer-offline', '--loglevel=error'];
  const npm = process.env['npm_execpath'];
  const [command, given] = npm === undefined ? ['npm', args] : [process.execPath, [npm, ...args]];
  const stdio = ['ignore', 'ignore', 'inherit'] as const;
  return spawnSync(command, given, { cwd: root, stdio: [...stdio] }).status ?? 1;
}

if (import.meta.main) {
  const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
  const faults = installationFaults(read('package-lock.json'), read('.npmrc'));
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) {
    console.error(
      'Add the dependency again with an empty npm cache, so that npm writes what the registry states.',
    );
    process.exitCode = 1;
  }
}
