import { join } from 'node:path';
import { readArguments } from './arguments.ts';
import { BUILDS_FOLDER, buildApp } from './browser/index.ts';
import { formatDuration, ROOT } from './command.ts';
import { writeProductionBuild } from './production/index.ts';

const USAGE = `Writes a server for production with the web app into dist/latchkey. It needs Node 24 and no npm.

  npm run build
  node dist/latchkey/start.js --config FILE
`;

readArguments(USAGE, { options: { help: { type: 'boolean', default: false } } });
const start = performance.now();
const { id } = await buildApp(ROOT);
const target = join('dist', 'latchkey');
writeProductionBuild(ROOT, {
  target: join(ROOT, target),
  webApp: join(ROOT, BUILDS_FOLDER, id),
});
console.log(
  `Written to ${target} in ${formatDuration(performance.now() - start)}. Start it: node ${target}/start.js --config FILE`,
);
