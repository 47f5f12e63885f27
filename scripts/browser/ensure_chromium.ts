import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Path of Chromium in Debian, which the tests in a browser start. */
export const CHROMIUM_FILE = '/usr/bin/chromium';

/** Commands that install Chromium in Debian. */
const INSTALL: readonly (readonly [string, ...string[]])[] = [
  ['apt-get', 'update', '-qq'],
  ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium'],
];

/** The machine on which Chromium is needed. Tests replace it. */
export interface Machine {
  readonly hasFile: (path: string) => boolean;
  /** `true`: this process may install packages. */
  readonly isRoot: boolean;
  /**
   * Runs a command with its output on the terminal.
   * @returns its exit code
   */
  readonly run: (command: string, args: readonly string[]) => number;
}

const thisMachine: Machine = {
  hasFile: existsSync,
  isRoot: process.getuid?.() === 0,
  run: (command, args) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return spawnSync(command, args, { stdio: 'inherit', env }).status ?? 1;
  },
};

/**
 * Installs Chromium if it is missing and this process is root on Debian.
 * @returns text that tells the developer what to do when Chromium is still missing; `undefined`:
 * Chromium is installed
 */
export function ensureChromium(machine: Machine = thisMachine): string | undefined {
  if (machine.hasFile(CHROMIUM_FILE)) return undefined;
  const manual = `The tests in a browser need Chromium at ${CHROMIUM_FILE}.`;
  if (!machine.hasFile('/etc/debian_version')) {
    return `${manual} Install it with the package manager of this system, or link it there.`;
  }
  const [update, install] = INSTALL.map((command) => command.join(' '));
  if (!machine.isRoot) return `${manual} Run as root: ${update} && ${install}`;
  console.log('Installing Chromium for the tests in a browser (once per machine) …');
  for (const [command, ...args] of INSTALL) {
    const code = machine.run(command, args);
    if (code !== 0) {
      return `${manual} ${[command, ...args].join(' ')} failed with ${code}; see its messages above.`;
    }
  }
  return machine.hasFile(CHROMIUM_FILE)
    ? undefined
    : `${manual} The package chromium did not install it.`;
}
