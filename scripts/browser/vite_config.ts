import { writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { InlineConfig, Plugin } from 'vite';
import { MODULES_FILE, START_MODULE } from './chunks.ts';
import { iconModule } from './icon_list.ts';
import { libraryPatches } from './library_patches.ts';
import { listBrowserPlugins, startModule } from './plugin_list.ts';

/** Id of the module that fills EUI's cache of icons. */
export const ICON_CACHE = 'virtual:latchkey/icon_cache';

/**
 * Script that the page runs before all others. It imports nothing, because it would wait for what
 * it imports.
 */
const FIRST_SCRIPT = 'packages/core/public/boot/send_first_requests.ts';

/** Libraries but EUI, which is about as large as all others. */
const LIBRARIES = /\/node_modules\/(?!@elastic\/)/;

/**
 * Modules that at least so many entries and dynamic imports need are in one file. The largest
 * number of files and of bytes that a page loads is smallest with this value.
 */
const MIN_SHARE_COUNT = 14;

/**
 * Code that server and browser share, most of it schemas of routes. The browser evaluates only the
 * schemas that it uses: modules have no effects, nor have the functions that make schemas.
 */
const SHARED_CODE = /\/(?:packages\/core|plugins\/[^/]+)\/common\//;
const SCHEMA_FUNCTIONS = ['z', 'defineRoute', 'plainText', 'optionalPlainText'];

/** Configuration of the build of the web app into `outDir`. */
export function viteConfig(root: string, outDir: string): InlineConfig {
  return {
    root,
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: 'warn',
    mode: 'production',
    // Paths of chunks are resolved from the importing module, so that one build works below every
    // base path and space.
    base: './',
    cacheDir: join(root, 'node_modules', '.cache', 'vite'),
    resolve: {
      alias: [
        // The same components without prop-types and with shared helpers: 69 kB less after gzip.
        { find: /^@elastic\/eui$/, replacement: '@elastic/eui/optimize/es' },
        { find: /^moment$/, replacement: join(root, 'scripts/browser/replacements/moment.ts') },
        { find: /^numeral$/, replacement: join(root, 'scripts/browser/replacements/numeral.ts') },
        {
          find: /^url-parse$/,
          replacement: join(root, 'scripts/browser/replacements/url_parse.ts'),
        },
        // The package of react-router names the development build for all browsers.
        {
          find: /^react-router$/,
          replacement: join(root, 'node_modules/react-router/dist/production/index.mjs'),
        },
        { find: /^lodash$/, replacement: 'lodash-es' },
        { find: /^lodash\/(.*)$/, replacement: 'lodash-es/$1' },
      ],
      // Plugins have dependencies of their own; two copies of these would not know each other.
      dedupe: ['react', 'react-dom', 'react-intl', 'react-router', '@tanstack/react-query', 'zod'],
    },
    oxc: { jsx: { runtime: 'automatic', importSource: '@emotion/react' } },
    plugins: [
      virtualModules(root),
      withoutEval(),
      withoutIconSynonyms(),
      ...libraryPatches(),
      compileHints(),
      listModules(root),
    ],
    build: {
      outDir,
      emptyOutDir: true,
      assetsDir: '',
      manifest: 'manifest.json',
      // The content security policy forbids `data:` in style sheets.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      chunkSizeWarningLimit: 2_000,
      rolldownOptions: {
        input: { first: join(root, FIRST_SCRIPT), main: START_MODULE },
        // Without these groups, a page needs about 50 files, which browsers request six at a time.
        output: {
          codeSplitting: {
            groups: [
              // Modules of the start, which every page needs, in two files: Chromium compiles each
              // in a thread of its own, and the page waits for both.
              { name: 'libraries', tags: ['$initial'], test: LIBRARIES },
              { name: 'start', tags: ['$initial'], test: (id) => !id.endsWith(FIRST_SCRIPT) },
              { name: 'shared', minShareCount: MIN_SHARE_COUNT },
            ],
          },
        },
        treeshake: {
          moduleSideEffects: [{ test: SHARED_CODE, sideEffects: false }],
          manualPureFunctions: SCHEMA_FUNCTIONS,
        },
        onwarn: (warning, show) => {
          // Libraries mark modules for servers of React; here all of them are for browsers.
          if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') show(warning);
        },
      },
    },
  };
}

/** Modules that are made from the manifests and sources of the plugins. */
function virtualModules(root: string): Plugin {
  const startBrowser = join(root, 'packages/core/public/boot/start_browser.tsx');
  const modules: Readonly<Record<string, () => string>> = {
    [START_MODULE]: () =>
      startModule(listBrowserPlugins(root), { startBrowser, icons: ICON_CACHE }),
    [ICON_CACHE]: () => iconModule(root),
  };
  return {
    name: 'latchkey-modules',
    resolveId: (id) => (modules[id] === undefined ? undefined : `\0${id}`),
    load: (id) => {
      const code = id.startsWith('\0') ? modules[id.slice(1)]?.() : undefined;
      return code === undefined ? undefined : { code, moduleSideEffects: true };
    },
  };
}

/**
 * zod compiles schemas with `new Function` unless its settings say otherwise, and the content
 * security policy forbids that. The settings must exist before the first schema. They are part of
 * zod's own module, because modules of other chunks may run earlier than any module of ours.
 */
function withoutEval(): Plugin {
  return {
    name: 'latchkey-without-eval',
    transform: {
      filter: { id: /\/zod\/v4\/core\/core\.js$/ },
      handler: (code) => ({
        code: `globalThis.__zod_globalConfig = { jitless: true };\n${code}`,
        map: null,
      }),
    },
  };
}

/** EUI lists synonyms of each icon for its documentation: 20 kB that the web app never reads. */
function withoutIconSynonyms(): Plugin {
  const described =
    /withMetadata\((function \(\) \{\s*return import\('[^']+'\);\s*\}), \{[^}]*\}\)/g;
  return {
    name: 'latchkey-without-icon-synonyms',
    transform: {
      filter: { id: /\/icon\/icon_map\.js$/ },
      handler: (code) => ({ code: code.replaceAll(described, '$1'), map: null }),
    },
  };
}

/**
 * Lets Chromium compile all functions of a file in another thread while the file arrives. Without
 * it, the main thread compiles each function when it is called first: a quarter of its CPU time.
 * Other browsers ignore the comment. It must be the first line, so it is added after all else.
 */
function compileHints(): Plugin {
  return {
    name: 'latchkey-compile-hints',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler: (_, bundle) => {
        for (const output of Object.values(bundle)) {
          if (output.type === 'chunk') output.code = `//# allFunctionsCalledOnLoad\n${output.code}`;
        }
      },
    },
  };
}

/** Writes the modules of each chunk with their sizes, for the size budget. */
function listModules(root: string): Plugin {
  return {
    name: 'latchkey-list-modules',
    writeBundle: ({ dir = '' }, bundle) => {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
      const sizes = chunks.map(({ fileName, modules }) => [
        fileName,
        Object.fromEntries(
          Object.entries(modules).map(([id, { renderedLength }]) => [
            relative(root, id).split(sep).join('/'),
            renderedLength,
          ]),
        ),
      ]);
      writeFileSync(join(dir, MODULES_FILE), JSON.stringify(Object.fromEntries(sizes)));
    },
  };
}
