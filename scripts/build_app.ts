import { readArguments } from './arguments.ts';
import { buildApp } from './browser/index.ts';
import { formatDuration, ROOT } from './command.ts';

const USAGE = `Builds the web app into dist/browser, unless its sources are unchanged.

  npm run build_app
`;

readArguments(USAGE, { options: { help: { type: 'boolean', default: false } } });
const start = performance.now();
const { id, wasBuilt } = await buildApp(ROOT);
if (wasBuilt) {
  console.log(`Web app ${id} built in ${formatDuration(performance.now() - start)}.`);
}
