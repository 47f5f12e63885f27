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
 * Script that the page runs before all others. It imports nothing, because it would have to wait
 * for each import.
 */
const FIRST_SCRIPT = 'packages/core/public/boot/send_first_requests.ts';

/** Libraries except EUI, which is about as large as all others together. */
const LIBRARIES = /\/node_modules\/(?!@elastic\/)/;

/**
 * Modules that at least this many entries and dynamic imports need are put into one file. With this
 * value, the largest number of files and of bytes that a page loads is smallest.
 */
const MIN_SHARE_COUNT = 14;

/**
 * Code that server and browser share, mostly schemas of routes. The build may drop the schemas that
 * the browser does not use: neither these modules nor the functions that create schemas have side
 * effects.
 */
const SHARED_CODE = /\/(?:packages\/core|plugins\/[^/]+)\/common\//;
const SCHEMA_FUNCTIONS = ['z', 'defineRoute', 'plainText', 'optionalPlainText'];

/** Returns the configuration that builds the web app into `outDir`. */
export function viteConfig(root: string, outDir: string): InlineConfig {
  return {
    root,
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: 'warn',
    mode: 'production',
    // With this, paths of chunks are resolved from the importing module, so that one build works
    // below every base path and space.
    base: './',
    cacheDir: join(root, 'node_modules', '.cache', 'vite'),
    resolve: {
      alias: [
        // This folder has the same components without prop-types and with shared helpers, which
        // saves 69 kB after gzip.
        { find: /^@elastic\/eui$/, replacement: '@elastic/eui/optimize/es' },
        { find: /^moment$/, replacement: join(root, 'scripts/browser/replacements/moment.ts') },
        { find: /^numeral$/, replacement: join(root, 'scripts/browser/replacements/numeral.ts') },
        {
          find: /^url-parse$/,
          replacement: join(root, 'scripts/browser/replacements/url_parse.ts'),
        },
        // The package of react-router would select its development build for all browsers.
        {
          find: /^react-router$/,
          replacement: join(root, 'node_modules/react-router/dist/production/index.mjs'),
        },
        { find: /^lodash$/, replacement: 'lodash-es' },
        { find: /^lodash\/(.*)$/, replacement: 'lodash-es/$1' },
      ],
      // Plugins have dependencies of their own. Two copies of these libraries would not share their
      // state.
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
      // The content security policy forbids `data:` in style sheets, so no file is inlined.
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
              // The modules of the start, which every page needs, are in two files: Chromium
              // compiles each of them in a thread of its own, and the page waits for both.
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
          // This warning is about modules for servers of React. Here all modules are for browsers.
          if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') show(warning);
        },
      },
    },
  };
}

/** Provides the modules that are generated from the manifests and sources of the plugins. */
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
 * Keeps zod from compiling schemas with `new Function`, which the content security policy forbids.
 * Its settings must exist before the first schema. They are added to zod's own module, because
 * modules of other chunks may run before any module of ours.
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

/**
 * Removes synonyms that EUI lists for each icon for its documentation: 20 kB that the web app never
 * reads.
 */
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
 * Adds a comment with which Chromium compiles all functions of a file in another thread while the
 * file arrives. Without it, the main thread compiles each function when it is first called, which
 * takes a quarter of its CPU time. Other browsers ignore the comment. It must be the first line, so
 * it is added last.
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
