// Creates a plugin: `npm run new_plugin -- --name my_plugin`.
// `--root FOLDER` selects another checkout.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { readArguments, refuse } from './arguments.ts';
import { ROOT } from './command.ts';
import { refreshLockFile } from './lock_file.ts';
import { createPlugin } from './plugin_scaffold/index.ts';
import { ScaffoldError } from './scaffold_name.ts';

const USAGE = 'Usage: npm run new_plugin -- --name NAME      for example: my_plugin\n';

const { values } = readArguments(USAGE, {
  options: {
    name: { type: 'string' },
    root: { type: 'string', default: ROOT },
    help: { type: 'boolean', default: false },
  },
});
const { name } = values;
const root = resolve(values.root);

if (name === undefined) refuse('--name is missing', USAGE);
try {
  const written = await createPlugin(root, name);
  console.log(`Created the plugin ${name}:`);
  for (const path of written) console.log(`  ${path}`);
  const failed = refreshCheckout(join('plugins', name));
  if (failed.length > 0) {
    console.error(`\nThese steps failed; run them again:\n${failed.join('\n')}`);
    process.exitCode = 1;
  } else {
    console.log(`
Also updated: package-lock.json, docs/openapi.json, API reports.

Next:
  1. Replace the greeting in plugins/${name}/server by the plugin's purpose
     (CONTRIBUTING.md explains routes, saved-object types and contracts).
  2. npm run unit -- plugins/${name}
  3. npm run check`);
  }
} catch (error) {
  if (!(error instanceof ScaffoldError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/**
 * Updates what depends on the list of plugins: line breaks, which depend on the length of the name,
 * the lock file, and generated files.
 * @returns the commands that failed
 */
function refreshCheckout(folder: string): readonly string[] {
  const steps: readonly (readonly [string, ...string[]])[] = [
    [join(root, 'node_modules', '.bin', 'biome'), 'check', '--write', '--log-level=error', folder],
    [process.execPath, join('scripts', 'openapi.ts')],
    [process.execPath, join('scripts', 'api_reports.ts')],
  ];
  const failed = steps.flatMap(([command, ...args]) => {
    const { status } = spawnSync(command, args, {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return status === 0 ? [] : [`  ${command} ${args.join(' ')}`];
  });
  return refreshLockFile(root) === 0 ? failed : [...failed, '  npm install --package-lock-only'];
}
