import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withNodeEnv } from './node_env.ts';
import { listPageModules } from './page_list.ts';
import { listBrowserPlugins } from './plugin_list.ts';
import { sourceStamp } from './source_stamp.ts';
import { viteConfig } from './vite_config.ts';
import {
  describeFiles,
  makeCurrent,
  publishBuild,
  readFirstLoad,
  readLaterLoads,
} from './write_build.ts';

/** Folder of the builds of the web app below the root. The server reads it from there. */
export const BUILDS_FOLDER = join('dist', 'browser');

/** Id of a build, and whether it already existed. */
export interface BuiltApp {
  readonly id: string;
  readonly wasBuilt: boolean;
}

/** Builds the web app unless the current sources were built before. */
export async function buildApp(root: string): Promise<BuiltApp> {
  const id = sourceStamp(root);
  const folder = join(root, BUILDS_FOLDER);
  if (existsSync(join(folder, id, 'build.json'))) {
    makeCurrent(folder, id);
    return { id, wasBuilt: false };
  }
  mkdirSync(folder, { recursive: true });
  const draft = mkdtempSync(join(folder, 'draft-'));
  try {
    await runVite(root, draft);
    const pages = listPageModules(root, listBrowserPlugins(root));
    await describeFiles(draft, { ...readFirstLoad(draft), ...readLaterLoads(draft, pages) });
    publishBuild(folder, { id, from: draft });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return { id, wasBuilt: true };
}

async function runVite(root: string, outDir: string): Promise<void> {
  // Vite is imported only here: most commands find the app already built and do not need it.
  const { build } = await import('vite');
  await withNodeEnv('production', () => build(viteConfig(root, outDir)));
}
