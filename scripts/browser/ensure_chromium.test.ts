import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CHROMIUM_FILE, ensureChromium, type Machine } from './ensure_chromium.ts';

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/**
 * Creates a machine on which `apt-get install` installs Chromium, unless the command in `fails`
 * fails.
 */
function aMachine(options: {
  readonly files: readonly string[];
  readonly isRoot?: boolean;
  readonly fails?: string;
}): { readonly machine: Machine; readonly commands: string[] } {
  const files = new Set(options.files);
  const commands: string[] = [];
  const machine: Machine = {
    hasFile: (path) => files.has(path),
    isRoot: options.isRoot ?? true,
    run: (command, args) => {
      commands.push([command, ...args].join(' '));
      if (args[0] === options.fails) return 100;
      if (args[0] === 'install') files.add(CHROMIUM_FILE);
      return 0;
    },
  };
  return { machine, commands };
}

const DEBIAN = '/etc/debian_version';

describe('ensureChromium', () => {
  it('does nothing when Chromium is installed', () => {
    const { machine, commands } = aMachine({ files: [CHROMIUM_FILE] });
    expect(ensureChromium(machine)).toBeUndefined();
    expect(commands).toEqual([]);
  });

  it('installs the package as root on Debian', () => {
    const { machine, commands } = aMachine({ files: [DEBIAN] });
    expect(ensureChromium(machine)).toBeUndefined();
    expect(commands).toEqual([
      'apt-get update -qq',
      'apt-get install -y -qq --no-install-recommends chromium',
    ]);
  });

  it.each([
    [
      'names the command for root when the developer is not root',
      { files: [DEBIAN], isRoot: false },
      'Run as root: apt-get',
    ],
    ['refers to the package manager on another system', { files: [] }, 'package manager'],
    ['names a failed update', { files: [DEBIAN], fails: 'update' }, 'apt-get update -qq failed'],
    [
      'names a failed installation',
      { files: [DEBIAN], fails: 'install' },
      'chromium failed with 100',
    ],
  ])('%s', (_, options, words) => {
    expect(ensureChromium(aMachine(options).machine)).toContain(words);
  });
});
