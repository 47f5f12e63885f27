import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './command.ts';

/** All Markdown pages of the repository, except those that programs write. */
const PAGES = globSync(
  '{*.md,.changeset/README.md,docs/**/*.md,{packages,plugins,examples}/*/README.md,testing/**/README.md}',
  { cwd: ROOT, exclude: ['**/node_modules/**'] },
).sort();
const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** Returns the anchors of the headings of a page, as GitHub creates them. */
function anchorsOf(page: string): readonly string[] {
  return [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Returns the links of a page to files of the repository. `file` is relative to the root. */
function linksOf(page: string): readonly {
  readonly target: string;
  readonly file: string;
  readonly anchor: string | undefined;
}[] {
  return [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : normalize(join(dirname(page), path));
    return [{ target, file, anchor }];
  });
}

it('the documentation links only to files and headings that exist', () => {
  const broken = PAGES.flatMap((page) =>
    linksOf(page)
      .filter(({ file, anchor }) => {
        if (!existsSync(join(ROOT, file))) return true;
        return anchor !== undefined && !anchorsOf(file).includes(anchor);
      })
      .map(({ target }) => `${page}: ${target}`),
  );
  expect(broken).toEqual([]);
});

it('every page of the documentation is linked from the README or from a linked page', () => {
  const reached = new Set(['README.md']);
  for (const page of reached) {
    if (!page.endsWith('.md')) continue;
    for (const { file } of linksOf(page)) {
      const readme = join(file, 'README.md');
      reached.add(PAGES.includes(readme) ? readme : file);
    }
  }
  expect(PAGES.filter((page) => !reached.has(page))).toEqual([]);
});

it('the README links to the pages for contributors', () => {
  const files = linksOf('README.md').map(({ file }) => file);
  expect(files).toEqual(
    expect.arrayContaining([
      'docs/architecture.md',
      'docs/glossary.md',
      'docs/threats.md',
      'CONTRIBUTING.md',
      'docs/adr/README.md',
    ]),
  );
});
