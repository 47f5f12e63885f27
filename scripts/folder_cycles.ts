/**
 * Rejects cycles of folders in product code: folders that import each other, also through others.
 * Files directly in a folder count as that folder. Types, settings and errors at the root of a
 * plugin or package are places of their own, because all its folders may import them. So are
 * entry points of browser code: they load pages of all folders, and no folder imports them.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { runCaptured } from './command.ts';

const PRODUCT = ['plugins/*.ts', 'plugins/*.tsx', 'packages/*.ts', 'packages/*.tsx'];
/** Tests, fixtures, and packages that only tests and development use. */
const IGNORED = [
  /[.](test|mock|stories)[.]tsx?$/,
  /\/(mocks|harness)[.]ts$/,
  /\/(testing|fixtures|conformance|contract_tests)\//,
  /^packages\/(dev-providers|test-proxy)\//,
];
const CONTRACT_FILE =
  /^(plugins\/[^/]+\/(server|public)|packages\/[^/]+)\/(types|config|\w+_error)[.]ts$/;
const ENTRY_POINT = /^(plugins\/[^/]+|packages\/core)\/public\/(index|plugin)[.]ts$/;
const RELATIVE_IMPORT = /\b(?:from|import)\s*\(?\s*'([.]{1,2}\/[^']+)'/g;

/** Files that a place imports, by the place that holds them. */
type Imports = Map<string, Map<string, string>>;

const { code, output } = await runCaptured('git', ['ls-files', '--', ...PRODUCT]);
if (code !== 0) throw new Error(`git could not list the files: ${output}`);
const imports = importsOf(output.split('\n').filter(isChecked));
const cycle = findCycle(imports);
if (cycle !== undefined) {
  console.log('These folders import each other. Move the file into the folder it belongs to.');
  for (const [index, place] of cycle.entries()) {
    const next = cycle[(index + 1) % cycle.length] ?? '';
    console.log(`  ${place} → ${next}: ${imports.get(place)?.get(next)}`);
  }
  process.exitCode = 1;
}

function isChecked(file: string): boolean {
  return file !== '' && !IGNORED.some((pattern) => pattern.test(file));
}

/** The folder of a file, or the file itself if it is a contract or an entry point. */
function placeOf(file: string): string {
  return CONTRACT_FILE.test(file) || ENTRY_POINT.test(file) ? file : dirname(file);
}

function importsOf(files: readonly string[]): Imports {
  const found: Imports = new Map();
  for (const file of files) {
    const from = placeOf(file);
    const targets = found.get(from) ?? new Map<string, string>();
    found.set(from, targets);
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(RELATIVE_IMPORT)) {
      const target = normalize(join(dirname(file), path));
      const to = placeOf(target);
      if (to !== from && !targets.has(to)) targets.set(to, `${file} imports ${target}`);
    }
  }
  return found;
}

/** The first cycle, in the order of the imports. `undefined`: there is none. */
function findCycle(imports: Imports): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (place: string, path: readonly string[]): readonly string[] | undefined => {
    const start = path.indexOf(place);
    if (start >= 0) return path.slice(start);
    if (done.has(place)) return undefined;
    for (const next of imports.get(place)?.keys() ?? []) {
      const cycle = visit(next, [...path, place]);
      if (cycle !== undefined) return cycle;
    }
    done.add(place);
    return undefined;
  };
  for (const place of imports.keys()) {
    const cycle = visit(place, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
