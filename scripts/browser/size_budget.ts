import { type Chunks, entriesOf, loadOf, type ModuleSizes } from './chunks.ts';

/** Limit for the first load of any page after gzip, in bytes. */
const FIRST_LOAD_BUDGET = 380_000;
/** Number of packages that a report lists when the budget is exceeded. */
const CULPRITS_SHOWN = 10;

/**
 * Modules of a plugin's contract that are loaded when the user opens something on a page. They are
 * not part of a first load.
 */
const OPENED_LATER = /^plugins\/connectors_ui\/public\/connector_flyout\//;

/** Modules that must stay out of the first load, each with the alternative. */
const KEPT_OUT: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [
    /node_modules\/refractor\//,
    'load EuiCodeBlock and EuiMarkdown with the component that shows them',
  ],
  [/\/error_boundary\/error_boundary\.js$/, 'use AppBoundary instead of EuiErrorBoundary'],
  [/\/basic_table\/in_memory_table\.js$/, 'use EuiBasicTable instead of EuiInMemoryTable'],
  [/\/components\/date_picker\//, 'use <input type="date">: EUI\'s date pickers need moment'],
  [/node_modules\/lodash\//, 'import lodash-es, or extend the aliases of vite_config.ts'],
];

/**
 * Modules of the server: connectors with their handlers, providers, and the server side of plugins.
 */
const SERVER_ONLY =
  /^(packages\/(connector-specs|oauth-providers|oauth-client|egress|saved-objects)|(plugins|examples)\/[^/]+\/server|packages\/core\/server)\//;

/** Data of a build from which the budget is computed. */
export interface BuildSizes {
  readonly chunks: Chunks;
  readonly modules: ModuleSizes;
  /** Size of a file after gzip, in bytes. */
  readonly gzipSize: (file: string) => number;
}

/** First load of one page. */
interface PageLoad {
  /** Module of the page, relative to the root. `undefined`: the shell alone. */
  readonly page: string | undefined;
  readonly gzipBytes: number;
  readonly files: number;
}

/** Result of the check. */
export interface BudgetReport {
  /** First loads by page, the largest one first. */
  readonly pages: readonly PageLoad[];
  /** Sentences about what exceeds the budget. Empty: everything is within the budget. */
  readonly problems: readonly string[];
}

/** Compares the first load of every page with {@link FIRST_LOAD_BUDGET}. */
export function checkBudget(sizes: BuildSizes): BudgetReport {
  const entries = entriesOf(sizes.chunks);
  const pages = [undefined, ...pageModules(sizes.chunks, entries)]
    .map((page) => pageLoad(sizes, entries, page))
    .sort((a, b) => b.gzipBytes - a.gzipBytes);
  const problems = [
    ...tooLarge(sizes, entries, pages[0]),
    ...keptOut(sizes, entries),
    ...serverOnly(sizes),
  ];
  return { pages, problems };
}

/** Returns the modules of plugins that the start of the web app imports when a page is opened. */
function pageModules(chunks: Chunks, entries: readonly string[]): readonly string[] {
  const start = loadOf(chunks, entries).scripts;
  const dynamic = Object.values(chunks)
    .filter(({ file }) => start.has(file))
    .flatMap(({ dynamicImports }) => dynamicImports);
  return [...new Set(dynamic)].filter(
    (name) => /^plugins\/[^/]+\/public\//.test(name) && !OPENED_LATER.test(name),
  );
}

function pageLoad(
  sizes: BuildSizes,
  entries: readonly string[],
  page: string | undefined,
): PageLoad {
  const { scripts, styles } = loadOf(sizes.chunks, filesOf(entries, page));
  const files = [...scripts, ...styles];
  const gzipBytes = files.reduce((sum, file) => sum + sizes.gzipSize(file), 0);
  return { page, gzipBytes, files: files.length };
}

const filesOf = (entries: readonly string[], page: string | undefined): readonly string[] =>
  page === undefined ? entries : [...entries, page];

function tooLarge(
  sizes: BuildSizes,
  entries: readonly string[],
  largest: PageLoad | undefined,
): readonly string[] {
  if (largest === undefined || largest.gzipBytes <= FIRST_LOAD_BUDGET) return [];
  const { scripts } = loadOf(sizes.chunks, filesOf(entries, largest.page));
  const packages = new Map<string, number>();
  for (const file of scripts) {
    for (const [module, bytes] of Object.entries(sizes.modules[file] ?? {})) {
      const name = packageOf(module);
      packages.set(name, (packages.get(name) ?? 0) + bytes);
    }
  }
  const culprits = [...packages]
    .sort(([, a], [, b]) => b - a)
    .slice(0, CULPRITS_SHOWN)
    .map(([name, bytes]) => `  ${kilobytes(bytes).padStart(9)} before compression  ${name}`);
  const page = largest.page ?? 'the shell';
  return [
    `The first load of ${page} has ${kilobytes(largest.gzipBytes)}, more than ${kilobytes(FIRST_LOAD_BUDGET)}. Its largest parts:\n${culprits.join('\n')}`,
  ];
}

/**
 * Returns a problem for each module of the server in a chunk. No chunk may contain such code, not
 * even one that is loaded later.
 */
function serverOnly({ modules }: BuildSizes): readonly string[] {
  return Object.entries(modules).flatMap(([file, parts]) =>
    Object.keys(parts)
      .filter((module) => SERVER_ONLY.test(module))
      .map((module) => `${module} is code of the server, and is part of ${file}: use common/.`),
  );
}

function keptOut(sizes: BuildSizes, entries: readonly string[]): readonly string[] {
  const pages = pageModules(sizes.chunks, entries);
  const { scripts } = loadOf(sizes.chunks, [...entries, ...pages]);
  const modules = [...scripts].flatMap((file) => Object.keys(sizes.modules[file] ?? {}));
  return KEPT_OUT.flatMap(([pattern, instead]) => {
    const found = modules.find((module) => pattern.test(module));
    return found === undefined ? [] : [`${found} is part of a first load: ${instead}`];
  });
}

/** Returns the package of a module, or the folder of a module of ours. */
function packageOf(module: string): string {
  const inside = module.lastIndexOf('node_modules/');
  const path = inside < 0 ? module : module.slice(inside + 'node_modules/'.length);
  const isScoped = path.startsWith('@');
  return path
    .split('/')
    .slice(0, inside < 0 || isScoped ? 2 : 1)
    .join('/');
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
