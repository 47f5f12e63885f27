/**
 * Rejects cycles of imports in product code, including cycles through further places. It checks
 * folders, and the capabilities of a plugin or package, which are its top-level folders with
 * everything inside.
 */
import { readFileSync } from 'node:fs';
import { runCaptured } from './command.ts';
import { findCycle, importGraphOf } from './folder_cycles/import_graph.ts';
import { capabilityOf, folderOf } from './folder_cycles/places.ts';

const PRODUCT = ['plugins/*.ts', 'plugins/*.tsx', 'packages/*.ts', 'packages/*.tsx'];
/** Tests, fixtures, and packages that only tests and development use. They are not checked. */
const IGNORED = [
  /[.](test|mock|stories)[.]tsx?$/,
  /\/(mocks|harness)[.]ts$/,
  /\/(testing|fixtures|conformance|contract_tests)\//,
  /^packages\/(dev-providers|test-proxy)\//,
];

const { code, output } = await runCaptured('git', ['ls-files', '--', ...PRODUCT]);
if (code !== 0) throw new Error(`git could not list the files: ${output}`);
const files = new Map(
  output
    .split('\n')
    .filter(isChecked)
    .map((file) => [file, readFileSync(file, 'utf8')]),
);
for (const [places, placeOf] of [
  ['folders', folderOf],
  ['capabilities', capabilityOf],
] as const) {
  const imports = importGraphOf(files, placeOf);
  const cycle = findCycle(imports);
  if (cycle === undefined) continue;
  console.log(`These ${places} import each other. Move the file into the one it belongs to.`);
  for (const [index, place] of cycle.entries()) {
    const next = cycle[(index + 1) % cycle.length] ?? '';
    console.log(`  ${place} → ${next}: ${imports.get(place)?.get(next)}`);
  }
  process.exitCode = 1;
}

function isChecked(file: string): boolean {
  return file !== '' && !IGNORED.some((pattern) => pattern.test(file));
}
