// Starts the server of a production build. The build contains a copy of this file.
import { parseArgs } from 'node:util';

const USAGE = `Starts a server in production mode.

  node start.js [--config FILE]... [--set KEY=VALUE]...

  --config FILE    files to read, in this order, instead of config/kibana.yml beside start.js
  --set KEY=VALUE  one setting; overrides all files
`;
/** Older versions cannot load the server. */
const NODE_MAJOR = 24;
/** The command line is wrong (EX_USAGE of sysexits). */
const EXIT_USAGE = 64;

function fail(message) {
  console.error(message);
  process.exit(EXIT_USAGE);
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        config: { type: 'string', multiple: true, default: [] },
        set: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return fail(`${error.message}\n\n${USAGE}`);
  }
}

const { node } = process.versions;
if (Number(node.split('.')[0]) < NODE_MAJOR) {
  fail(`The server needs Node.js ${NODE_MAJOR}. This is Node.js ${node}.`);
}
const values = readArguments();
if (values.help) {
  console.log(USAGE);
  process.exit();
}
const root = import.meta.dirname;
const { configFilesFor, parseSetting, runServer } = await import('@latchkey/core/server/lifecycle');
await runServer({
  mode: 'production',
  root,
  configFiles: configFilesFor({ root, mode: 'production', given: values.config }),
  overrides: Object.assign({}, ...values.set.map(parseSetting)),
});
