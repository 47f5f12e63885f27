// Plain JavaScript: it runs on any Node of the machine, before the pinned one is known.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Path of the Node that the lock file pins. Its packages exist for some platforms only. On other
 * platforms the machine's own Node runs the commands, if it has the same major version.
 *
 * @param {string} root of the checkout
 * @returns {string}
 * @throws {Error} when no suitable Node exists; the message says what to do
 */
export function pinnedNode(root) {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const packageName = `node-${platform}-${process.arch}`;
  const { optionalDependencies = {} } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  if (optionalDependencies[packageName] !== undefined) {
    const program = platform === 'win' ? 'node.exe' : 'node';
    const file = join(root, 'node_modules', packageName, 'bin', program);
    if (existsSync(file)) return file;
    throw new Error(
      `The package ${packageName} is missing although the packages are installed: npm leaves optional dependencies out when it is configured with "omit=optional". Run "npm ci --include=optional" and try again.`,
    );
  }
  const wanted = Object.values(optionalDependencies)[0]?.split('.')[0];
  if (process.versions.node.split('.')[0] === wanted) return process.execPath;
  throw new Error(
    `There is no package with Node ${wanted} for ${process.platform} on ${process.arch}. Install Node ${wanted} and run the command with it; this is Node ${process.versions.node}.`,
  );
}
