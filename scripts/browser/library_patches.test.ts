import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LIBRARY_PATCHES, patchedCode } from './library_patches.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const files = globSync('node_modules/@elastic/eui/optimize/es/**/*.js', { cwd: ROOT });

describe('a patch of a library', () => {
  it.each(LIBRARY_PATCHES.map((patch) => [patch.name, patch] as const))(
    'of %s applies to one module of the installed version',
    (_, patch) => {
      const found = files.filter((file) => patch.file.test(file));
      expect(found).toHaveLength(1);
      const code = readFileSync(join(ROOT, String(found[0])), 'utf8');
      expect(patchedCode(patch, code)).not.toBe(code);
    },
  );

  it('replaces texts literally, without the special patterns of String.replace', () => {
    const patch = { name: 'x', file: /x/, changes: [['a', '$&']] } as const;
    expect(patchedCode(patch, 'a b a')).toBe('$& b a');
  });

  it('refuses code that no longer contains a text', () => {
    const patch = { name: 'EuiThing', file: /x/, changes: [[/b+$/, '']] } as const;
    expect(() => patchedCode(patch, 'abc')).toThrow('The code of EuiThing has changed');
  });
});
