import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ContentEncoding } from '../http/index.ts';

/**
 * File in the folder of all builds that names the current build. `scripts/browser` writes it last.
 */
const CURRENT = 'current.json';
/** File in the folder of a build that lists its files. */
const MANIFEST = 'build.json';

const currentBuild = z.object({ id: z.string().regex(/^[a-z0-9]{8,64}$/) });

const manifest = z.object({
  /** Entry modules, in the order in which the page loads them. */
  scripts: z.array(z.string()),
  /** Modules that the entries import. Browsers request them before they have read the entries. */
  preload: z.array(z.string()),
  styles: z.array(z.string()),
  /** Modules that pages import soon after the start, by the path of the page. */
  pages: z.record(z.string(), z.array(z.string())),
  /** Modules with translations, by language. */
  languages: z.record(z.string(), z.array(z.string())),
  /** Content type of each file by its path. */
  files: z.record(z.string(), z.object({ type: z.string() })),
});

/** Endings of the compressed files, by encoding. */
const ENDINGS: Readonly<Record<ContentEncoding, string>> = { br: '.br', gzip: '.gz', identity: '' };

/** One build of the browser side, on disk. */
export interface BrowserBuild {
  readonly id: string;
  readonly scripts: readonly string[];
  readonly preload: readonly string[];
  readonly styles: readonly string[];
  /**
   * Returns the modules that a page imports soon after the start, and those with its texts. Empty
   * for a path that no page has.
   * @param path without base path and space; it may be below the path of a page
   */
  importsOf(path: string, language: string): readonly string[];
  /** Paths of all files. */
  readonly files: readonly string[];
  /** Returns the content type of a file. `undefined`: the build has no such file. */
  typeOf(file: string): string | undefined;
  /**
   * Returns the content of a file in one encoding. It is read from disk once.
   * @param file path for which {@link typeOf} returns a type
   */
  read(file: string, encoding: ContentEncoding): Promise<Buffer>;
}

/**
 * Opens the current build.
 * @param folder folder of all builds
 * @returns `undefined` when there is no build, or when another version wrote its manifest in
 * another form
 * @throws Error when its files cannot be read
 */
export function openBrowserBuild(folder: string): BrowserBuild | undefined {
  if (!existsSync(join(folder, CURRENT))) return undefined;
  const { id } = currentBuild.parse(readJson(join(folder, CURRENT)));
  const listed = manifest.safeParse(readJson(join(folder, id, MANIFEST)));
  if (!listed.success) return undefined;
  const { files, pages, languages, ...entry } = listed.data;
  const types = new Map(Object.entries(files).map(([file, { type }]) => [file, type]));
  const contents = new Map<string, Promise<Buffer>>();
  return {
    id,
    ...entry,
    importsOf: (path, language) => {
      const page = Object.keys(pages).find((start) => `${path}/`.startsWith(`${start}/`));
      return [...(pages[page ?? ''] ?? []), ...(languages[language] ?? [])];
    },
    files: [...types.keys()],
    typeOf: (file) => types.get(file),
    read: (file, encoding) => {
      const path = join(folder, id, `${file}${ENDINGS[encoding]}`);
      const known = contents.get(path) ?? readFile(path);
      contents.set(path, known);
      // A failure is not cached, so the next request tries again.
      known.catch(() => contents.delete(path));
      return known;
    },
  };
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
