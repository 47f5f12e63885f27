import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { z } from 'zod';
import { ROOT } from './command.ts';

const rootManifest = z.object({ workspaces: z.array(z.string()) });
const manifest = z.object({ scripts: z.record(z.string(), z.string()).default({}) });

/** Patterns of the folders that contain the workspaces, as package.json lists them. */
export const WORKSPACE_PATTERNS: readonly string[] = rootManifest.parse(
  readJson('package.json'),
).workspaces;

/** Folders of the workspaces that have one of these npm scripts, relative to the root, sorted. */
export function workspacesWith(...scripts: readonly string[]): readonly string[] {
  return globSync([...WORKSPACE_PATTERNS], { cwd: ROOT })
    .map((folder) => folder.split(sep).join('/'))
    .filter((folder) => existsSync(join(ROOT, folder, 'package.json')))
    .filter((folder) => {
      const known = manifest.parse(readJson(join(folder, 'package.json'))).scripts;
      return scripts.some((name) => known[name] !== undefined);
    })
    .sort();
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
}
