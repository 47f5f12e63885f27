import { NX_ENVIRONMENT, run } from './command.ts';

/** One gate: what it is called and the tool that decides. */
interface Gate {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

const GATES: readonly Gate[] = [
  { name: 'format and lint', command: ['biome', 'check', '.'] },
  {
    name: 'boundaries',
    command: [
      'depcruise',
      '--config',
      '.dependency-cruiser.cjs',
      'packages',
      'plugins',
      'examples',
      'scripts',
      'bench',
      'e2e',
      'chaos',
      'interop',
    ],
  },
  { name: 'types', command: ['nx', 'run-many', '-t', 'typecheck', '--outputStyle', 'static'] },
  { name: 'pinned packages', command: ['node', 'scripts/lock_file.ts'] },
  { name: 'generated files', command: ['node', 'scripts/openapi.ts', '--check'] },
  { name: 'dead code', command: ['knip', '--no-progress'] },
];

const failed: string[] = [];
for (const { name, command } of GATES) {
  console.log(`\n— ${name}`);
  const [tool, ...args] = command;
  if ((await run(tool, args, NX_ENVIRONMENT)) !== 0) failed.push(name);
}
console.log(failed.length === 0 ? '\nAll checks passed.' : `\nFailed: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
