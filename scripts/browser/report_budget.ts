import { statSync } from 'node:fs';
import { join } from 'node:path';
import { BUILDS_FOLDER } from './build_app.ts';
import { readChunks, readModules } from './chunks.ts';
import { checkBudget } from './size_budget.ts';

/**
 * Prints the first load of every page of a build.
 * @returns `false` when one exceeds the budget
 */
export function reportBudget(root: string, id: string): boolean {
  const folder = join(root, BUILDS_FOLDER, id);
  const { pages, problems } = checkBudget({
    chunks: readChunks(folder),
    modules: readModules(folder),
    gzipSize: (file) => statSync(join(folder, `${file}.gz`)).size,
  });
  for (const { page, gzipBytes, files } of pages) {
    const size = `${(gzipBytes / 1000).toFixed(1)} kB`.padStart(9);
    console.log(`${size} in ${String(files).padStart(2)} files  ${page ?? 'the shell alone'}`);
  }
  for (const problem of problems) console.error(problem);
  return problems.length === 0;
}
