import { spawnSync } from 'node:child_process';
import { refuse } from './arguments.ts';
import { formatDuration, NX_ENVIRONMENT, ROOT, run } from './command.ts';
import { runTests, testArguments, watchTests } from './test_runner/test_command.ts';

const USAGE = `The small commands of development. Paths are relative to the top of the checkout; without a path a command works on everything.

  npm run lint [-- PATH ...]                       format and lint; further options are those of Biome
  npm run lint:fix [-- PATH ...]                   the same, and corrects what can be corrected
  npm run types [-- WORKSPACE ...]                 TypeScript, for example of plugins/actions
  npm run unit [-- PATH ... [OPTION ...]]          unit tests; further options are those of Vitest
  npm run integration [-- PATH ... [OPTION ...]]   tests with sockets, file stores and child processes
  npm run e2e [-- PATH ... [OPTION ...]]           tests of whole servers
  npm run affected [-- --base=REVISION]            types, unit and integration tests of workspaces that differ from main
  npm run watch_tests [-- PATH ... [OPTION ...]]   unit tests, again at every change
`;

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  lint: (args) => run('biome', ['check', ...orErrorsOfAll(args)]),
  'lint:fix': (args) => run('biome', ['check', '--write', ...orErrorsOfAll(args)]),
  types: checkTypes,
  unit: (args) => runTests([...onAllCores(args), ...testArguments('unit', args)]),
  integration: (args) => runTests(testArguments('integration', args)),
  e2e: (args) => runTests(testArguments('e2e', args)),
  affected: (args) =>
    run(
      'nx',
      [
        'affected',
        '-t',
        'typecheck',
        'unit',
        'integration',
        '--outputStyle',
        'static',
        ...orMain(args),
      ],
      { env: NX_ENVIRONMENT },
    ),
  watch_tests: (args) => watchTests(testArguments('unit', args)),
};

const [name = '', ...args] = process.argv.slice(2);
const command = COMMANDS[name];
if (command === undefined) refuse(`There is no command [${name}]`, USAGE);
if (args.includes('--help')) {
  process.stdout.write(USAGE);
} else {
  const start = performance.now();
  process.exitCode = await command(args);
  console.log(`\n${name} took ${formatDuration(performance.now() - start)}.`);
}

/** Returns the option that uses all cores, unless the arguments have another number of workers. */
function onAllCores(args: readonly string[]): readonly string[] {
  return args.some((arg) => arg.startsWith('--maxWorkers')) ? [] : ['--maxWorkers=100%'];
}

async function checkTypes(workspaces: readonly string[]): Promise<number> {
  let code = 0;
  const all = ['tsconfig.json', 'tsconfig.browser.json'];
  for (const workspace of workspaces.length === 0 ? all : workspaces)
    code = Math.max(code, await run('tsc', ['-p', workspace]));
  return code;
}

/**
 * Returns arguments that hide warnings, which report the sizes of files and functions. `npm run
 * lint -- --diagnostic-level=warn` lists them.
 */
function orErrorsOfAll(args: readonly string[]): readonly string[] {
  const isOption = (arg: string) => arg.startsWith('-');
  return [
    ...(args.some(isOption) ? [] : ['--diagnostic-level=error']),
    ...(args.every(isOption) ? ['.'] : []),
    ...args,
  ];
}

/**
 * Returns arguments that compare with the local main branch, or with that of the remote if there is
 * no local one.
 */
function orMain(args: readonly string[]): readonly string[] {
  if (args.length > 0) return args;
  const { status } = spawnSync('git', ['rev-parse', '--verify', '--quiet', 'main'], { cwd: ROOT });
  return [`--base=${status === 0 ? 'main' : 'origin/main'}`];
}
