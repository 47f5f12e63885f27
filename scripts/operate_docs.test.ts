import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'docs', 'operate');
const pages = globSync('*.md', { cwd: FOLDER }).map((name) => ({
  name,
  text: readFileSync(join(FOLDER, name), 'utf8'),
}));

/** Texts of all test files of the product, by the stem of the file. */
const tests = globSync('{packages,plugins,scripts,testing}/**/*{.test,_behaviour}.ts', {
  cwd: ROOT,
  exclude: ['**/node_modules/**'],
}).map((file) => ({
  stem: basename(file).replace(/(\.integration)?(\.property)?(\.test)?\.ts$/, ''),
  text: readFileSync(join(ROOT, file), 'utf8'),
}));

/** Returns the last column of every table whose heading is "proof". */
function proofs(text: string): readonly string[] {
  return text.split(/\n(?=#)/).flatMap((section) => {
    const rows = section.split('\n').filter((line) => line.startsWith('|'));
    if (!/\|\s*proof\s*\|$/.test(rows[0] ?? '')) return [];
    return rows.slice(2).map((row) => row.split('|').at(-2)?.trim() ?? '');
  });
}

describe('docs/operate', () => {
  it('names only numbers of attacks and faults that a test has', () => {
    const missing = pages.flatMap(({ text }) =>
      [...text.matchAll(/_([A-I]\d{1,3})_/g)]
        .map(([, number = '']) => number)
        .filter((number) => !tests.some((test) => new RegExp(`\\b${number}\\b`).test(test.text))),
    );
    expect(missing).toEqual([]);
  });

  it('names existing test files and titles', () => {
    const missing = pages
      .flatMap(({ text }) => proofs(text))
      .flatMap((proof) => [...proof.matchAll(/`(\w+)`(?: "([^"]+)")?/g)])
      .filter(([, stem = '', title = '']) => {
        const part = title.replaceAll('…', '').trim();
        return !tests.some((test) => test.stem.startsWith(stem) && test.text.includes(part));
      })
      .map(([cited]) => cited);
    expect(missing).toEqual([]);
  });

  it('mentions only documented error codes', () => {
    const errors = readFileSync(join(ROOT, 'docs', 'errors.md'), 'utf8');
    const failures = pages.find(({ name }) => name === 'failures.md')?.text ?? '';
    const seen = failures
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .flatMap((line) => [...(line.split('|')[3] ?? '').matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)])
      .map(([, code = '']) => code);
    const statuses = ['last_error', 'oauth_problem', 'revocation_pending', 'refresh_failing'];
    const unknown = seen.filter(
      (code) => !errors.includes(`\`${code}\``) && !statuses.includes(code),
    );
    expect(seen.length).toBeGreaterThan(10);
    expect(unknown.filter((code) => code !== 'needs_reauth')).toEqual([]);
  });
});
