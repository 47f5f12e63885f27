import { configFilesFor, runServer } from '@latchkey/core/server/lifecycle';
import { readArguments, readSettings } from './arguments.ts';
import { buildAppInChild } from './build_in_child.ts';
import { ROOT } from './command.ts';

const USAGE = `Runs the server alone.

  npm run serve -- [--config FILE]... [--set KEY=VALUE]... [--dev] [--no-build]

  --config FILE    files to read, in this order, instead of config/kibana.yml
  --set KEY=VALUE  one setting; overrides all files
  --dev            development mode: also reads config/kibana.dev.yml
  --no-build       without building the web app when its sources changed
`;

const { values } = readArguments(USAGE, {
  options: {
    config: { type: 'string', multiple: true, default: [] },
    set: { type: 'string', multiple: true, default: [] },
    dev: { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (!values['no-build']) await buildAppInChild();
const mode = values.dev ? 'development' : 'production';
await runServer({
  mode,
  root: ROOT,
  configFiles: configFilesFor({ root: ROOT, mode, given: values.config }),
  overrides: readSettings(USAGE, values.set),
});
