import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { type Chunks, loadOf, type ModuleSizes } from './chunks.ts';
import type { BrowserPluginSource } from './plugin_list.ts';

/** Module of the translations of a language, relative to the root. */
const TRANSLATIONS = /^packages\/core\/public\/i18n\/translations\/(?:\w+_)?([a-z]+)\.json$/;

/** Files that are loaded with `import()` soon after the start, so that the page can name them. */
export interface LaterLoads {
  /** Scripts of each page besides the first load, by the path of its app. */
  readonly pages: Readonly<Record<string, readonly string[]>>;
  /** Files with the texts of each language except English. */
  readonly languages: Readonly<Record<string, readonly string[]>>;
}

/** Modules of pages and of header items, relative to the root. */
export interface PageModules {
  /** Module of each page by the path of its app. */
  readonly pages: ReadonlyMap<string, string>;
  /** Modules of the header, which every page shows. */
  readonly header: readonly string[];
}

/**
 * Reads from the sources of plugins which modules they load for which page. Plugins register pages
 * and header items in `public/plugin.ts`.
 * @throws Error when a registration has another form, so that its files are not known
 */
export function listPageModules(
  root: string,
  plugins: readonly BrowserPluginSource[],
): PageModules {
  const pages = new Map<string, string>();
  const header: string[] = [];
  for (const { id, entry } of plugins) {
    const file = join(dirname(entry), 'plugin.ts');
    if (!existsSync(file)) continue;
    const moduleOf = (path: string) =>
      relative(root, join(dirname(file), path))
        .split(sep)
        .join('/');
    for (const registration of registrations(readFileSync(file, 'utf8'))) {
      const [, path] = /\bpath: '([^']+)'/.exec(registration) ?? [];
      const [, module] = /\bimport\('(\.\/[^']+)'\)/.exec(registration) ?? [];
      const isApp = registration.startsWith('application.register(');
      if (module === undefined || (isApp && path === undefined))
        throw new Error(`Plugin ${id}: ${file} registers a page without literal path and import()`);
      if (isApp) pages.set(String(path), moduleOf(module));
      else header.push(moduleOf(module));
    }
  }
  return { pages, header };
}

const REGISTRATION = /application\.register\(|chrome\.registerHeaderItem\(/;

/**
 * Returns the calls that register an app or a header item, each with the code up to the next call.
 */
const registrations = (code: string): readonly string[] =>
  code
    .split(new RegExp(`(?=${REGISTRATION.source})`))
    .filter((part) => part.search(REGISTRATION) === 0);

/** Chunks and modules that the bundler has written. */
export interface BundledChunks {
  readonly chunks: Chunks;
  readonly modules: ModuleSizes;
}

/**
 * Returns the files that the page of each app and language needs besides the first load.
 * @throws Error when no file of the build contains a module
 */
export function laterLoads(
  bundle: BundledChunks,
  { pages, header }: PageModules,
  first: ReadonlySet<string>,
): LaterLoads {
  const filesOf = (modules: readonly string[]): readonly string[] => {
    const names = modules.map((module) => chunkOf(bundle, module));
    return [...loadOf(bundle.chunks, names).scripts].filter((file) => !first.has(file));
  };
  const translations = Map.groupBy(
    Object.keys(bundle.chunks).filter((module) => TRANSLATIONS.test(module)),
    (module) => String(TRANSLATIONS.exec(module)?.[1]),
  );
  return {
    pages: Object.fromEntries([...pages].map(([path, page]) => [path, filesOf([page, ...header])])),
    languages: Object.fromEntries(
      [...translations].map(([language, modules]) => [language, filesOf(modules)]),
    ),
  };
}

/** Returns the name of the chunk that contains a module. It may be the chunk of another module. */
function chunkOf({ chunks, modules }: BundledChunks, module: string): string {
  if (chunks[module] !== undefined) return module;
  const name = Object.keys(chunks).find(
    (other) => modules[chunks[other]?.file ?? '']?.[module] !== undefined,
  );
  if (name === undefined) throw new Error(`The build has no file with ${module}`);
  return name;
}
