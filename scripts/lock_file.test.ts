import { describe, expect, it } from 'vitest';
import { installationFaults } from './lock_file.ts';

const lockFile = (packages: object) => JSON.stringify({ packages });
const OFF = 'fund=false\nignore-scripts=true\n';

describe('the check of the lock file', () => {
  it('reports nothing when every registry package has a SHA-512 hash and install scripts are off', () => {
    const packages = {
      '': { version: '0.1.0' },
      'packages/core': { version: '0.1.0' },
      'node_modules/@latchkey/core': { link: true },
      'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' },
    };
    expect(installationFaults(lockFile(packages), OFF)).toEqual([]);
  });

  it.each([
    ['without a hash', undefined],
    ['with a SHA-1 hash', 'sha1-x'],
  ])('reports a registry package %s, at the top or nested', (_, integrity) => {
    const packages = { 'packages/core/node_modules/a': { version: '1.0.0', integrity } };
    expect(installationFaults(lockFile(packages), OFF)).toEqual([
      'package-lock.json: packages/core/node_modules/a has no SHA-512 integrity.',
    ]);
  });

  it.each(['', 'ignore-scripts=false', '# ignore-scripts=true'])(
    'requires that install scripts are off: .npmrc %o',
    (npmrc) => {
      expect(installationFaults(lockFile({}), npmrc)).toEqual([
        '.npmrc: ignore-scripts=true is missing.',
      ]);
    },
  );
});
