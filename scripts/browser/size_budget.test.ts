import { describe, expect, it } from 'vitest';
import type { Chunks } from './chunks.ts';
import { type BuildSizes, checkBudget } from './size_budget.ts';

const aChunk = (file: string, over: Partial<Chunks[string]> = {}): Chunks[string] => ({
  ...{ file, isEntry: false, imports: [], dynamicImports: [], css: [] },
  ...over,
});

const PAGE = 'plugins/a/public/page.tsx';

/**
 * Returns a build in which the start imports `vendor` and loads a page. The page imports `table`
 * and loads a flyout.
 */
const sizesOf = (
  bytes: Readonly<Record<string, number>>,
  modules: BuildSizes['modules'] = {},
): BuildSizes => ({
  chunks: {
    start: aChunk('main.js', {
      isEntry: true,
      imports: ['_vendor'],
      dynamicImports: [PAGE, 'node_modules/eui/icon.js'],
      css: ['main.css'],
    }),
    _vendor: aChunk('vendor.js', { imports: ['start'] }),
    [PAGE]: aChunk('page.js', {
      imports: ['_vendor', '_table'],
      dynamicImports: ['plugins/a/public/flyout.tsx'],
    }),
    _table: aChunk('table.js'),
    'plugins/a/public/flyout.tsx': aChunk('flyout.js'),
    'node_modules/eui/icon.js': aChunk('icon.js'),
  },
  modules,
  gzipSize: (file) => bytes[file] ?? 0,
});

describe('the check of the size budget', () => {
  it('counts the shell and the page with everything they import statically, each file once', () => {
    const bytes = {
      'main.js': 1,
      'main.css': 20,
      'vendor.js': 300,
      'page.js': 4_000,
      'table.js': 50_000,
      'flyout.js': 1_000_000,
      'icon.js': 1_000_000,
    };
    expect(checkBudget(sizesOf(bytes))).toEqual({
      pages: [
        { page: PAGE, gzipBytes: 54_321, files: 5 },
        { page: undefined, gzipBytes: 321, files: 3 },
      ],
      problems: [],
    });
  });

  it('names the packages of a first load above the budget, with the largest first', () => {
    const { problems } = checkBudget(
      sizesOf(
        { 'table.js': 380_001 },
        {
          'main.js': { 'packages/core/public/a.ts': 10, 'packages/core/public/b.ts': 20_000 },
          'table.js': {
            'node_modules/@elastic/eui/a.js': 900_000,
            'node_modules/zod/b.js': 1,
          },
          'flyout.js': { 'node_modules/huge/index.js': 5_000_000 },
        },
      ),
    );
    expect(problems).toEqual([
      expect.stringContaining(`The first load of ${PAGE} has 380.0 kB, more than 380.0 kB.`),
    ]);
    expect(problems[0]).toMatch(/900\.0 kB .* @elastic\/eui\n.*20\.0 kB .* packages\/core\n.*zod/);
    expect(problems[0]).not.toContain('huge');
  });

  it.each([
    'node_modules/refractor/lib/core.js',
    'node_modules/@elastic/eui/optimize/es/components/basic_table/in_memory_table.js',
    'node_modules/@elastic/eui/optimize/es/components/error_boundary/error_boundary.js',
    'node_modules/@elastic/eui/optimize/es/components/date_picker/date_picker.js',
    'node_modules/lodash/get.js',
  ])('rejects %s in a first load, but accepts it in a flyout', (module) => {
    const inPage = checkBudget(sizesOf({}, { 'table.js': { [module]: 1 } }));
    expect(inPage.problems).toEqual([expect.stringContaining(`${module} is part of a first load`)]);
    expect(checkBudget(sizesOf({}, { 'flyout.js': { [module]: 1 } })).problems).toEqual([]);
  });

  it.each([
    'packages/connector-specs/connectors/github/issues.ts',
    'packages/oauth-providers/providers/slack.ts',
    'plugins/actions/server/plugin.ts',
  ])('rejects %s in every file', (module) => {
    expect(checkBudget(sizesOf({}, { 'flyout.js': { [module]: 1 } })).problems).toEqual([
      `${module} is code of the server, and is part of flyout.js: use common/.`,
    ]);
  });
});
