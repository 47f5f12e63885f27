import {
  InteropError,
  PREPARED_SERVERS,
  prepareServers,
  SERVER_NAMES,
} from '../testing/interop/index.ts';
import { readArguments, refuse } from './arguments.ts';
import { runTests } from './test_runner/test_command.ts';

const USAGE = `Tests whole servers against third-party authorization servers; see testing/interop/README.md.

  npm run interop -- [--server NAME]... [--test PATTERN]

  --server NAME    ${SERVER_NAMES.join(' or ')}; may be repeated; default: all
  --test PATTERN   only tests whose full title matches
`;

const { values } = readArguments(USAGE, {
  options: {
    server: { type: 'string', multiple: true, default: [] },
    test: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const unknown = values.server.find((name) => !SERVER_NAMES.some((known) => known === name));
if (unknown !== undefined) refuse(`There is no server [${unknown}]`, USAGE);
const chosen = SERVER_NAMES.filter(
  (name) => values.server.length === 0 || values.server.includes(name),
);
process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const prepared = await prepareServers(chosen, (line) => process.stderr.write(`${line}\n`));
    return await runInterop(JSON.stringify(prepared));
  } catch (error) {
    if (!(error instanceof InteropError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

function runInterop(prepared: string): Promise<number> {
  const only = values.test === undefined ? [] : ['--testNamePattern', values.test];
  return runTests(['--project=testing/interop interop', '--reporter=verbose', ...only], {
    env: { [PREPARED_SERVERS]: prepared },
  });
}
