import { existsSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkScaffoldName, ScaffoldError } from '../scaffold_name.ts';
import { type PluginNames, pluginNamesOf, renamePlugin } from './plugin_names.ts';
import { pluginReadme } from './plugin_readme.ts';

/**
 * Names in the template. The template is the example, so that the structure of a plugin is written
 * and tested once.
 */
const TEMPLATE = pluginNamesOf('hello_plugin');

/** Folders and files that running the example creates. */
const NOT_COPIED: ReadonlySet<string> = new Set(['node_modules', '.test-results']);

/**
 * Copies `examples/hello_plugin` to `plugins/NAME` and renames everything in it.
 * @param root of the checkout
 * @returns the paths written, relative to `root`, sorted
 * @throws ScaffoldError when the name is invalid or taken; nothing is written then
 */
export async function createPlugin(root: string, name: string): Promise<readonly string[]> {
  checkScaffoldName('plugin', name);
  for (const parent of ['plugins', 'examples']) {
    const taken = join(parent, name);
    if (existsSync(join(root, taken))) throw new ScaffoldError(`${taken} exists already.`);
  }
  const names = pluginNamesOf(name);
  await refuseTakenPackage(root, names);
  const folder = join('plugins', name);
  await cp(join(root, 'examples', TEMPLATE.snake), join(root, folder), {
    recursive: true,
    errorOnExist: true,
    filter: (path) => !NOT_COPIED.has(path.split('/').at(-1) ?? ''),
  });
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  for (const { parentPath, name: file } of files) {
    const path = join(parentPath, file);
    await writeFile(path, renamePlugin(await readFile(path, 'utf8'), TEMPLATE, names));
  }
  await writeFile(join(root, folder, 'README.md'), pluginReadme(names));
  return files
    .map(({ parentPath, name: file }) => join(parentPath, file).slice(root.length + 1))
    .sort();
}

/** Refuses a name whose npm package already exists: `my` and `my_plugin` have the same one. */
async function refuseTakenPackage(root: string, { packageName }: PluginNames): Promise<void> {
  const lock: { packages: Record<string, unknown> } = JSON.parse(
    await readFile(join(root, 'package-lock.json'), 'utf8'),
  );
  if (`node_modules/@latchkey/${packageName}` in lock.packages) {
    throw new ScaffoldError(`The package @latchkey/${packageName} exists already.`);
  }
}
