import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuiltApp } from './build_app.ts';

const runFile = promisify(execFile);

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'latchkey-build-'));
  for (const [file, content] of Object.entries(SMALL_APP)) write(file, content);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Files of a web app with two plugins, each with a page, and a library of three icons. */
const SMALL_APP: Readonly<Record<string, string>> = {
  'packages/core/public/boot/start_browser.tsx': `
    import './start.css';
    import { globalConfig } from '../../../../node_modules/zod/v4/core/core.js';
    export const startBrowser = (plugins) => {
      globalThis.started = plugins.map(({ create, ...rest }) => ({ ...rest, ...create() }));
    };
    globalThis.zod = globalConfig;
    globalThis.nodeEnv = process.env.NODE_ENV;
    export const used = { iconType: 'link' };
    export const title = 'unrelated';
  `,
  'packages/core/public/boot/send_first_requests.ts': "globalThis.latchkeyFirst = 'sent';",
  'packages/core/public/i18n/translations/de.json': '{}',
  'packages/core/public/boot/start.css': 'body { margin: 0 }',
  'plugins/a/kibana.jsonc': manifest('first', ['second', 'third']),
  'plugins/a/public/index.ts':
    "export const plugin = () => ({ name: 'a', page: () => import('./page.tsx'), header: () => import('./header.ts'), texts: () => import('../../../packages/core/public/i18n/translations/de.json') });",
  'plugins/a/public/header.ts': "export const header = 'header of a';",
  'plugins/a/public/plugin.ts': `
    application.register({ id: 'a', path: '/app/a', mount: async () => import('./page.tsx') });
    chrome.registerHeaderItem({ id: 'b', load: async () => import('./header.ts') });
  `,
  'plugins/a/public/page.tsx': "export const text: string = 'page of a';",
  'plugins/b/kibana.jsonc': manifest('second', []),
  'plugins/b/public/index.ts': "export const plugin = () => ({ name: 'b' });",
  'plugins/c/kibana.jsonc': manifest('third', [], false),
  'node_modules/zod/v4/core/core.js':
    'export const globalConfig = (globalThis.__zod_globalConfig ??= {});',
  'package-lock.json': '{}',
  ...icons('link', 'dot', 'unrelated'),
};

function manifest(id: string, requiredPlugins: readonly string[], browser = true): string {
  const plugin = { id, server: !browser, browser, requiredPlugins };
  return JSON.stringify({ type: 'plugin', id: `@test/${id}`, plugin });
}

function icons(...names: readonly string[]): Record<string, string> {
  const folder = 'node_modules/@elastic/eui/optimize/es/components/icon';
  const loaders = names.map(
    (name) =>
      `  ${name}: withMetadata(function () {\n    return import('./assets/${name}_file');\n  }),`,
  );
  return {
    [`${folder}/icon_map.js`]: `export var typeToPathMap = {\n${loaders.join('\n')}\n};\nvar getTypeToPathMapMetadata;`,
    [`${folder}/icon.js`]:
      'export const appendIconComponentCache = (icons) => { globalThis.icons = icons; };',
    ...Object.fromEntries(
      names.map((name) => [
        `${folder}/assets/${name}_file.js`,
        `export const icon = 'icon ${name}';`,
      ]),
    ),
  };
}

function write(file: string, content: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), content);
}

/**
 * Runs a module and parses its output as JSON. It runs in a process of its own, as `npm run
 * build_app` does: under plain Node, without Vitest's transformation of the code.
 * @throws Error with the output of the module when it fails
 */
async function evaluate<T>(code: string): Promise<T> {
  const { stdout } = await runFile(process.execPath, ['--input-type=module', '-e', code]);
  return JSON.parse(stdout) as T;
}

const BUILD = JSON.stringify(new URL('build_app.ts', import.meta.url).href);

const buildApp = (folder: string): Promise<BuiltApp> =>
  evaluate(`
    const { buildApp } = await import(${BUILD});
    console.log(JSON.stringify(await buildApp(${JSON.stringify(folder)})));
  `);

const read = (...path: readonly string[]): string =>
  readFileSync(join(root, 'dist', 'browser', ...path), 'utf8');

/** Returns the list of files of the current build. */
function currentBuild(): {
  id: string;
  scripts: string[];
  preload: string[];
  styles: string[];
  files: object;
  pages: object;
  languages: object;
} {
  const { id } = JSON.parse(read('current.json')) as { id: string };
  return { id, ...(JSON.parse(read(id, 'build.json')) as object) } as ReturnType<
    typeof currentBuild
  >;
}

describe('the build of the web app', () => {
  it('starts each plugin after its dependencies, includes the icons, and compiles no schemas at run time', async () => {
    await buildApp(root);
    const { id, scripts } = currentBuild();
    expect(scripts).toEqual([
      expect.stringMatching(/^first-[\w-]{8}\.js$/),
      expect.stringMatching(/^main-[\w-]{8}\.js$/),
    ]);
    expect(read(id, String(scripts[0]))).not.toMatch(/\bimport\b/);
    const file = JSON.stringify(join(root, 'dist', 'browser', id, String(scripts[1])));
    const state = await evaluate(`
      await import(${file});
      const { started, icons, zod, nodeEnv } = globalThis;
      const { text } = await started[1].page();
      console.log(JSON.stringify({ started, icons, zod, nodeEnv, text }));
    `);
    expect(state).toEqual({
      started: [
        { id: 'second', dependencies: [], name: 'b' },
        { id: 'first', dependencies: ['second'], name: 'a' },
      ],
      zod: { jitless: true },
      nodeEnv: 'production',
      icons: { dot: 'icon dot', link: 'icon link' },
      text: 'page of a',
    });
  });

  it('lists files with hashes in their names, each in three encodings', async () => {
    const { id, wasBuilt } = await buildApp(root);
    expect(wasBuilt).toBe(true);
    const build = currentBuild();
    expect(build.id).toBe(id);
    expect(build.styles).toEqual([expect.stringMatching(/^main-[\w-]{8}\.css$/)]);
    const names = Object.keys(build.files);
    expect(names).toContainEqual(expect.stringMatching(/^page-[\w-]{8}\.js$/));
    expect(names).not.toContain('manifest.json');
    for (const name of names) {
      const path = join(root, 'dist', 'browser', id, name);
      const content = readFileSync(path);
      expect(brotliDecompressSync(readFileSync(`${path}.br`))).toEqual(content);
      expect(gunzipSync(readFileSync(`${path}.gz`))).toEqual(content);
    }
  });

  it('puts the code of the start into one file of our own and one of libraries', async () => {
    write('node_modules/lib/index.js', "export const lib = 'code of lib';");
    write('plugins/a/public/parts.ts', "export const parts = 'parts of a';");
    write(
      'plugins/a/public/index.ts',
      `import { lib } from '../../../node_modules/lib/index.js';
       import { parts } from './parts.ts';
       export const plugin = () => ({ lib, parts, page: () => import('./page.tsx'), header: () => import('./header.ts'), texts: () => import('../../../packages/core/public/i18n/translations/de.json') });`,
    );
    write(
      'plugins/a/public/page.tsx',
      `import { lib } from '../../../node_modules/lib/index.js';
       import { parts } from './parts.ts';
       export const text = [lib, parts];`,
    );
    await buildApp(root);
    const { id, scripts, preload } = currentBuild();
    const [, start = ''] = scripts;
    const libraries = preload.filter((file) => file.startsWith('libraries-'));
    expect(libraries).toHaveLength(1);
    expect(read(id, String(libraries[0]))).toContain('code of lib');
    expect(read(id, start)).toContain('parts of a');
    const rest = preload.filter((file) => !libraries.includes(file));
    expect(rest.filter((file) => !file.startsWith('rolldown-runtime-'))).toEqual([]);
  });

  it('lists the modules that each page and language imports later', async () => {
    await buildApp(root);
    const { pages, languages } = currentBuild();
    const [page, header] = ['page', 'header'].map((name) =>
      expect.stringMatching(new RegExp(`^${name}-[\\w-]{8}\\.js$`)),
    );
    expect(pages).toEqual({ '/app/a': [page, header] });
    expect(languages).toEqual({ de: [expect.stringMatching(/^de-/)] });
  });

  it('rejects a page whose registration does not show which files it needs', async () => {
    write('plugins/a/public/plugin.ts', "application.register({ path: `/app/${'a'}` });");
    await expect(buildApp(root)).rejects.toThrow('without literal path and import()');
  });

  it('builds again only when a source changed', async () => {
    const first = await buildApp(root);
    expect(await buildApp(root)).toEqual({ id: first.id, wasBuilt: false });
    write('plugins/b/public/index.test.ts', 'a test is no source');
    expect(await buildApp(root)).toEqual({ id: first.id, wasBuilt: false });
    write('plugins/b/public/index.ts', "export const plugin = () => ({ name: 'new' });");
    const second = await buildApp(root);
    expect(second.wasBuilt).toBe(true);
    expect(currentBuild().id).toBe(second.id);
    expect(existsSync(join(root, 'dist', 'browser', first.id))).toBe(true);
  });

  it('uses an earlier build of the same sources', async () => {
    const first = await buildApp(root);
    write('plugins/b/public/index.ts', "export const plugin = () => ({ name: 'new' });");
    await buildApp(root);
    write('plugins/b/public/index.ts', String(SMALL_APP['plugins/b/public/index.ts']));
    expect(await buildApp(root)).toEqual({ id: first.id, wasBuilt: false });
    expect(currentBuild().id).toBe(first.id);
  });

  it('restores NODE_ENV and leaves no partial build when it fails', async () => {
    write('plugins/b/public/index.ts', 'export const plugin = ;');
    const after = await evaluate(`
      process.env.NODE_ENV = 'before';
      const { buildApp } = await import(${BUILD});
      const failed = await buildApp(${JSON.stringify(root)}).then(() => false, () => true);
      console.log(JSON.stringify({ failed, nodeEnv: process.env.NODE_ENV }));
    `);
    expect(after).toEqual({ failed: true, nodeEnv: 'before' });
    expect(readdirSync(join(root, 'dist', 'browser'))).toEqual([]);
  });

  it('patches code of libraries, and rejects library code to which a patch does not apply', async () => {
    const popover = 'node_modules/@elastic/eui/optimize/es/components/popover/popover.js';
    const method = (call: string) => `export function find(_this, focusable) { return ${call}; }`;
    write('plugins/b/public/index.ts', `export { find as plugin } from '../../../${popover}';`);
    write(popover, method('focusable(_this.button)'));
    await buildApp(root);
    const { id, scripts } = currentBuild();
    expect(read(id, String(scripts[1]))).toContain('.button.querySelectorAll(');
    write(popover, method('focusable(_this.anchor)'));
    write('package-lock.json', '{ "changed": true }');
    await expect(buildApp(root)).rejects.toThrow('The code of EuiPopover has changed');
  });

  it('leaves out schemas of shared code that the browser does not use', async () => {
    write(
      'plugins/b/common/index.ts',
      "export { used } from './used.ts';\nexport { unused } from './unused.ts';",
    );
    write(
      'plugins/b/common/used.ts',
      "import { z } from 'zod';\nexport const used = z.object({ a: z.string() });\nexport const other = z.enum(['other schema']);",
    );
    write(
      'plugins/b/common/unused.ts',
      "import { z } from 'zod';\nexport const unused = z.enum(['unused module']).optional();",
    );
    write(
      'node_modules/zod/index.js',
      'export const z = { object: (shape) => shape, string: () => 1, enum: (values) => console.log(values) };',
    );
    write(
      'node_modules/zod/package.json',
      '{ "name": "zod", "main": "index.js", "type": "module" }',
    );
    write(
      'plugins/b/public/index.ts',
      "import { used } from '../common/index.ts';\nexport const plugin = () => ({ name: 'b', used });",
    );
    await buildApp(root);
    const { id, scripts } = currentBuild();
    const code = read(id, String(scripts[1]));
    expect(code).toContain('a:');
    expect(code).not.toMatch(/other schema|unused module/);
  });

  it('rejects a plugin whose manifest declares browser code that does not exist', async () => {
    rmSync(join(root, 'plugins/b/public'), { recursive: true });
    await expect(buildApp(root)).rejects.toThrow('second');
  });
});
