// Writes an API report beside each package and plugin. With `--check` it only says whether they are
// up to date. Microsoft's API Extractor is not used, because it refuses workspaces whose types are
// `.ts` sources.
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildReports } from './api_report/index.ts';
import { readArguments } from './arguments.ts';
import { ROOT } from './command.ts';

const USAGE = `Writes api_report.md of each package and plugin: what other workspaces can import from it.

  npm run api_reports -- [--check]

  --check  writes nothing; ends with 1 when a report is out of date
`;

const { values } = readArguments(USAGE, {
  options: {
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const reports = buildReports(ROOT);
const surplus = globSync('{packages,plugins}/*/api_report.md', { cwd: ROOT }).filter(
  (path) => !reports.has(path),
);
const changed = [...reports].filter(([path, text]) => {
  const file = join(ROOT, path);
  return !existsSync(file) || readFileSync(file, 'utf8') !== text;
});

if (!values.check) {
  for (const path of surplus) rmSync(join(ROOT, path));
  for (const [path, text] of changed) writeFileSync(join(ROOT, path), text);
} else if (surplus.length + changed.length > 0) {
  const paths = [...surplus, ...changed.map(([path]) => path)];
  console.error(`Out of date: ${paths.join(', ')}. Run: npm run api_reports`);
  process.exitCode = 1;
}
