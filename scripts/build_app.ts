import { readArguments } from './arguments.ts';
import { buildApp, reportBudget } from './browser/index.ts';
import { formatDuration, ROOT } from './command.ts';

const USAGE = `Builds the web app into dist/browser, unless its sources are unchanged.

  npm run build_app -- [--check]

  --check   also compares the size of the first load of each page with the budget
`;

const { values } = readArguments(USAGE, {
  options: {
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const start = performance.now();
const { id, wasBuilt } = await buildApp(ROOT);
if (wasBuilt) {
  console.log(`Web app ${id} built in ${formatDuration(performance.now() - start)}.`);
}
if (values.check && !reportBudget(ROOT, id)) process.exitCode = 1;
