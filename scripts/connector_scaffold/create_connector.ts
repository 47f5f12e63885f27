import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addToRegistry } from './registry_file.ts';
import { connectorFiles, namesOf } from './templates.ts';

const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/** Longer names would make lines the formatter breaks differently. */
const MAX_NAME_LENGTH = 30;

/** Words that cannot name a constant. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends false ' +
    'finally for function if implements import in instanceof interface let new null package private protected public return ' +
    'static super switch this throw true try typeof var void while with yield'
  ).split(' '),
);

/** Why a connector was not created, in words for the person at the terminal. */
export class ScaffoldError extends Error {
  override readonly name = 'ScaffoldError';
}

const checkName = (name: string): void => {
  if (!NAME.test(name) || name.length > MAX_NAME_LENGTH || RESERVED.has(name)) {
    throw new ScaffoldError(
      `"${name.slice(0, 60)}" is no connector name. Use snake_case, at most ${MAX_NAME_LENGTH} characters, for example my_service.`,
    );
  }
};

/**
 * Writes a new connector's folder and registers it.
 * @param root of the checkout
 * @returns the paths written, relative to `root`
 * @throws ScaffoldError when the name is bad or taken; nothing is written then
 */
export const createConnector = async (root: string, name: string): Promise<readonly string[]> => {
  checkName(name);
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
