import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** File in which Vite lists the chunks. */
export const VITE_MANIFEST = 'manifest.json';
/** File in which the build lists the modules of each chunk, for the size budget. */
export const MODULES_FILE = 'modules.json';

/** Id of the module that starts the web app. It is made from the list of plugins. */
export const START_MODULE = 'virtual:latchkey/start';

const viteManifest = z.record(
  z.string(),
  z.object({
    file: z.string(),
    isEntry: z.boolean().default(false),
    imports: z.array(z.string()).default([]),
    dynamicImports: z.array(z.string()).default([]),
    css: z.array(z.string()).default([]),
  }),
);

/** Chunks by the names that they have in each other's imports. */
export type Chunks = z.output<typeof viteManifest>;

/** Bytes of each module in a chunk before compression, by file of the chunk. */
export type ModuleSizes = Readonly<Record<string, Readonly<Record<string, number>>>>;

/**
 * Reads the chunks from the output of Vite.
 * @throws Error when there is no output, ZodError when it has another format
 */
export function readChunks(folder: string): Chunks {
  return viteManifest.parse(JSON.parse(readFileSync(join(folder, VITE_MANIFEST), 'utf8')));
}

/**
 * Reads the sizes of modules that the build lists.
 * @throws Error when there is no list
 */
export function readModules(folder: string): ModuleSizes {
  return JSON.parse(readFileSync(join(folder, MODULES_FILE), 'utf8')) as ModuleSizes;
}

/** Scripts and styles that are loaded together. */
export interface Load {
  readonly scripts: ReadonlySet<string>;
  readonly styles: ReadonlySet<string>;
}

/** Returns the chunks with these names and everything that they import statically. */
export function loadOf(chunks: Chunks, names: readonly string[]): Load {
  const scripts = new Set<string>();
  const styles = new Set<string>();
  const visit = (name: string): void => {
    const chunk = chunks[name];
    if (chunk === undefined || scripts.has(chunk.file)) return;
    scripts.add(chunk.file);
    for (const file of chunk.css) styles.add(file);
    for (const imported of chunk.imports) visit(imported);
  };
  for (const name of names) visit(name);
  return { scripts, styles };
}

/**
 * Returns the names of the chunks with which the web app starts, in the order in which the page
 * runs them.
 */
export const entriesOf = (chunks: Chunks): readonly string[] =>
  Object.keys(chunks)
    .filter((name) => chunks[name]?.isEntry === true)
    .sort((a, b) => Number(isStart(a)) - Number(isStart(b)));

/**
 * Returns `true` if the chunk is the start module, which waits for all other chunks. Vite writes
 * its name relative to the folder of the process.
 */
const isStart = (name: string): boolean => name.endsWith(START_MODULE);
