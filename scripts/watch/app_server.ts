import { mkdirSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { createServer, type ViteDevServer } from 'vite';
import { START_MODULE } from '../browser/chunks.ts';
import { viteConfig } from '../browser/vite_config.ts';
import { jsonImportsPlugin } from './json_imports.ts';
import { REFRESH_RUNTIME, refreshPlugin } from './refresh_plugin.ts';

/** Beginning of all addresses of Vite, so that none of them is an address of the server. */
export const APP_PREFIX = '/@app/';
/** File of the build that the shell page loads. */
export const START_FILE = 'watch/start.js';
/** Id of the watch build. It must look like the id of a real build. */
const BUILD_ID = '00000000watch';

/**
 * Serves the modules of the web app and replaces them in open pages when they change.
 * @param http server of the page, which also carries the WebSocket
 */
export function startAppServer(root: string, http: Server): Promise<ViteDevServer> {
  const outDir = join(root, 'dist', 'watch');
  const config = viteConfig(root, outDir);
  return createServer({
    ...config,
    mode: 'development',
    base: APP_PREFIX,
    appType: 'custom',
    cacheDir: join(root, 'node_modules', '.cache', 'vite_watch'),
    oxc: { jsx: { runtime: 'automatic', importSource: '@emotion/react', refresh: true } },
    plugins: [...(config.plugins ?? []), jsonImportsPlugin(), refreshPlugin(root)],
    server: {
      middlewareMode: true,
      hmr: { server: http, path: 'hmr' },
      watch: { ignored: ['**/dist/**', '**/data/**'] },
      warmup: { clientFiles: ['packages/core/public/boot/start_browser.tsx'] },
    },
    optimizeDeps: {
      entries: ['packages/core/public/boot/start_browser.tsx', 'plugins/*/public/index.ts'],
      include: ['react-refresh/runtime'],
    },
  });
}

/**
 * Writes a build with one file, whose code is {@link startScript}. With it, the server renders the
 * page with its usual content security policy.
 * @returns folder for `browserBuilds` of the server
 */
export function writeWatchBuild(root: string): string {
  const folder = join(root, 'dist', 'watch');
  mkdirSync(join(folder, BUILD_ID), { recursive: true });
  const none = { preload: [], styles: [], pages: {}, languages: {}, files: {} };
  const manifest = { scripts: [START_FILE], ...none };
  writeFileSync(join(folder, BUILD_ID, 'build.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'current.json'), JSON.stringify({ id: BUILD_ID }));
  return folder;
}

/**
 * Returns the code of {@link START_FILE}, which must run before the first module of the web app.
 */
export function startScript(): string {
  const address = (id: string) => JSON.stringify(`${APP_PREFIX}@id/${id}`);
  return [
    // With this setting zod does not compile with `new Function`, which the content security policy
    // forbids.
    'globalThis.__zod_globalConfig = { jitless: true };',
    `await import(${JSON.stringify(`${APP_PREFIX}@vite/client`)});`,
    `const { createSignature, install } = await import(${address(REFRESH_RUNTIME)});`,
    'install();',
    // Hooks in modules without components call this function.
    'globalThis.$RefreshReg$ = () => undefined;',
    'globalThis.$RefreshSig$ = createSignature;',
    `await import(${address(`__x00__${START_MODULE}`)});`,
    '',
  ].join('\n');
}
