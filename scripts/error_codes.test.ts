import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
/**
 * Types of codes that never reach a caller or an operator, because they are internal to one folder
 * or belong to a test provider.
 */
const PRIVATE_TYPES = new Set(['EnvelopeErrorCode', 'TaskAbortedCode', 'EarsErrorCode']);
/** Type of reasons that are documented on the same page as error codes. */
const REASONS = 'AuthorizationReason';

function codesInSource(): Set<string> {
  const files = globSync('{packages,plugins}/**/*.ts', {
    cwd: ROOT,
    exclude: ['**/node_modules/**'],
  });
  const codes = new Set<string>();
  for (const file of files) {
    if (/\.(test|mock)\.ts$/.test(file)) continue;
    const source = readFileSync(join(ROOT, file), 'utf8');
    for (const [, name = '', union = ''] of source.matchAll(
      /^(?:export )?type (\w*Code|AuthorizationReason) =([^;]+);/gm,
    )) {
      if (PRIVATE_TYPES.has(name) || (!name.endsWith('Code') && name !== REASONS)) continue;
      for (const [, code = ''] of union.matchAll(/'(\w+)'/g)) codes.add(code);
    }
  }
  return codes;
}

function codesInDocs(): Set<string> {
  const page = readFileSync(join(ROOT, 'docs', 'errors.md'), 'utf8');
  return new Set([...page.matchAll(/^\| `(\w+)`/gm)].map(([, code = '']) => code));
}

describe('docs/errors.md', () => {
  it('explains every public error code', () => {
    const documented = codesInDocs();
    expect([...codesInSource()].filter((code) => !documented.has(code))).toEqual([]);
  });

  it('explains no code that does not exist', () => {
    const existing = codesInSource();
    expect([...codesInDocs()].filter((code) => !existing.has(code))).toEqual([]);
  });
});
