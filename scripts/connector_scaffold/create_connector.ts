import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkScaffoldName, ScaffoldError } from '../scaffold_name.ts';
import { addToRegistry } from './registry_file.ts';
import { connectorFiles, namesOf } from './templates.ts';

/**
 * Writes a new connector's folder and registers it.
 * @param root of the checkout
 * @returns the written paths, relative to `root`
 * @throws ScaffoldError when the name is invalid or taken; nothing is written then
 */
export const createConnector = async (root: string, name: string): Promise<readonly string[]> => {
  checkScaffoldName('connector', name);
  const connectors = join('packages', 'connector-specs', 'connectors');
  const folder = join(connectors, name);
  if (existsSync(join(root, folder))) throw new ScaffoldError(`${folder} exists already.`);
  const names = namesOf(name);
  const registry = join(connectors, 'index.ts');
  const registered = addToRegistry(await readFile(join(root, registry), 'utf8'), names);
  await mkdir(join(root, folder));
  const files = Object.entries(connectorFiles(names));
  await Promise.all(
    files.map(([file, text]) => writeFile(join(root, folder, file), text, { flag: 'wx' })),
  );
  await writeFile(join(root, registry), registered);
  return [...files.map(([file]) => join(folder, file)), registry];
};

/** Returns `true` if there is an OAuth provider with the name of the connector. */
export const hasProvider = (root: string, name: string): boolean =>
  existsSync(join(root, 'packages', 'oauth-providers', 'providers', `${name}.ts`));
