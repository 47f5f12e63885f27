import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import {
  entriesOf,
  loadOf,
  MODULES_FILE,
  readChunks,
  readModules,
  VITE_MANIFEST,
} from './chunks.ts';
import { type LaterLoads, laterLoads, type PageModules } from './page_list.ts';

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);

/**
 * Number of builds that stay on disk. A running server reads the files of the build with which it
 * started.
 */
const KEPT_BUILDS = 3;

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};
/**
 * Files that describe the build. They are not served, because only commands of this folder read
 * them.
 */
const NOT_SERVED = new Set([VITE_MANIFEST, MODULES_FILE]);
/** Endings of files that are already compressed. */
const INCOMPRESSIBLE = new Set(['.png', '.woff2']);

/** Files of the first load of the web app, which the page names. */
export interface FirstLoad {
  readonly scripts: readonly string[];
  readonly preload: readonly string[];
  readonly styles: readonly string[];
}

/** Reads from the output of Vite which files the page must name. */
export function readFirstLoad(folder: string): FirstLoad {
  const chunks = readChunks(folder);
  const entries = entriesOf(chunks);
  const { scripts, styles } = loadOf(chunks, entries);
  const first = entries.flatMap((name) => chunks[name]?.file ?? []);
  return {
    scripts: first,
    preload: [...scripts].filter((file) => !first.includes(file)),
    styles: [...styles],
  };
}

/** Reads which files pages need besides the first load. */
export function readLaterLoads(folder: string, pages: PageModules): LaterLoads {
  const chunks = readChunks(folder);
  const first = loadOf(chunks, entriesOf(chunks)).scripts;
  return laterLoads({ chunks, modules: readModules(folder) }, pages, first);
}

/** Compresses the files of Vite's output and lists them for the server. */
export async function describeFiles(folder: string, loads: FirstLoad & LaterLoads): Promise<void> {
  const names = readdirSync(folder).filter((name) => !NOT_SERVED.has(name));
  const files: Record<string, { readonly type: string }> = {};
  for (const name of names) {
    const type = TYPES[extname(name)];
    if (type === undefined)
      throw new Error(`scripts/browser: no content type is known for ${name}`);
    files[name] = { type };
  }
  await Promise.all(names.map((name) => compress(join(folder, name))));
  writeFileSync(join(folder, 'build.json'), JSON.stringify({ ...loads, files }));
}

/**
 * Writes both encodings of a file beside it. For an incompressible file they contain the file
 * itself in a valid wrapping, so that the server needs no exception for such files.
 */
async function compress(path: string): Promise<void> {
  const content = readFileSync(path);
  const isDone = INCOMPRESSIBLE.has(extname(path));
  const quality = isDone ? constants.BROTLI_MIN_QUALITY : constants.BROTLI_MAX_QUALITY;
  const [br, gz] = await Promise.all([
    compressBrotli(content, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }),
    compressGzip(content, {
      level: isDone ? constants.Z_BEST_SPEED : constants.Z_BEST_COMPRESSION,
    }),
  ]);
  writeFileSync(`${path}.br`, br);
  writeFileSync(`${path}.gz`, gz);
}

/**
 * Makes a finished build the current one. Another process may do this at the same time: names of
 * folders are hashes of the sources, so both builds have the same content.
 */
export function publishBuild(
  folder: string,
  { id, from }: { readonly id: string; readonly from: string },
): void {
  const target = join(folder, id);
  try {
    renameSync(from, target);
  } catch (error) {
    const isThere =
      Error.isError(error) &&
      'code' in error &&
      ['ENOTEMPTY', 'EEXIST'].includes(String(error.code));
    if (!isThere) throw error;
    rmSync(from, { recursive: true });
  }
  makeCurrent(folder, id);
  removeOldBuilds(folder, id);
}

/** Makes a build the one that new servers use. */
export function makeCurrent(folder: string, id: string): void {
  mkdirSync(folder, { recursive: true });
  const draft = join(folder, `current-${process.pid}.tmp`);
  writeFileSync(draft, JSON.stringify({ id }));
  renameSync(draft, join(folder, 'current.json'));
}

function removeOldBuilds(folder: string, current: string): void {
  const others = readdirSync(folder, { withFileTypes: true })
    .filter(
      (entry) => entry.isDirectory() && /^[a-f0-9]+$/.test(entry.name) && entry.name !== current,
    )
    .map(({ name }) => ({ name, at: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  for (const { name } of others.slice(KEPT_BUILDS - 1)) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}
