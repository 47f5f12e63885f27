import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { configFilesFor, parseSetting, runServer } from '@latchkey/core/server';

const USAGE = `Runs the server alone.

  npm run serve -- [--config FILE]... [--set KEY=VALUE]... [--dev]

  --config FILE    settings to read, in this order, instead of config/kibana.yml
  --set KEY=VALUE  one setting, over all files
  --dev            development mode: also reads config/kibana.dev.yml
`;

const { values } = parseArgs({
  options: {
    config: { type: 'string', multiple: true, default: [] },
    set: { type: 'string', multiple: true, default: [] },
    dev: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  process.stdout.write(USAGE);
} else {
  const root = join(import.meta.dirname, '..');
  const mode = values.dev ? 'development' : 'production';
  await runServer({
    mode,
    root,
    configFiles: configFilesFor({ root, mode, given: values.config }),
    overrides: Object.assign({}, ...values.set.map(parseSetting)),
  });
}
