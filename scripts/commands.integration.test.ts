import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from './command.ts';

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-commands-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/**
 * Runs a program without the environment of the tests. `until` resolves when the output matches a
 * pattern, `ended` when all pipes of the program are closed.
 */
function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  const look: (() => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      for (const again of look) again();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const until = (pattern: RegExp) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (pattern.test(output)) resolve();
      };
      look.push(check);
      check();
    });
  return { child, ended, until, output: () => output };
}

const command = (name: string, ...args: string[]) =>
  run(process.execPath, [join('scripts', `${name}.ts`), ...args]);

describe('the commands of the repository', () => {
  it.each([
    ['start', '--bogus'],
    ['serve', '--config'],
    ['serve', '--set', 'no-value'],
    ['demo', '--bogus'],
    ['new_connector', '--bogus'],
    ['new_plugin', '--bogus'],
    ['api_reports', '--bogus'],
    ['es', '--bogus'],
    ['bench', '--bogus'],
    ['bench', 'operations', '--bogus'],
  ])('report the problem and the usage, without a stack, for %s %s', async (name, ...args) => {
    const { ended, output } = command(name, ...args);
    expect(await ended).toBe(2);
    expect(output()).toContain(`npm ${name === 'start' ? '' : 'run '}${name}`);
    expect(output()).not.toMatch(/\n\s+at /);
  });

  it.each([
    ['serve', 'npm run serve -- [--config FILE]'],
    ['check', 'dead code: knip'],
  ])('print the usage and exit with 0 on --help, for %s', async (name, usage) => {
    const { ended, output } = command(name, '--help');
    expect(await ended).toBe(0);
    expect(output()).toContain(usage);
  });
});

describe('npm run serve', () => {
  it('D58: refuses to start without an encryption key, names the setting in the message, and exits with 78', async () => {
    const { ended, output } = command('serve', '--set', `path.data=${folder}`);
    expect(await ended).toBe(78);
    expect(output()).toContain('xpack.encryptedSavedObjects.encryptionKey is not set');
  });
});

describe('npm scripts', () => {
  /** Creates a checkout with installed packages and one command, which runs until it is stopped. */
  function aCheckout(lockFile = '{}'): string {
    const root = join(folder, 'checkout');
    const modules = join(root, 'node_modules');
    mkdirSync(join(root, 'scripts'), { recursive: true });
    const node = `node-${process.platform}-${process.arch}`;
    mkdirSync(join(modules, node, 'bin'), { recursive: true });
    symlinkSync(process.execPath, join(modules, node, 'bin', 'node'));
    writeFileSync(
      join(root, 'package.json'),
      JSON.stringify({ type: 'module', optionalDependencies: { [node]: process.versions.node } }),
    );
    for (const file of ['run.mjs', 'pinned_node.mjs'])
      copyFileSync(join(ROOT, 'scripts', file), join(root, 'scripts', file));
    writeFileSync(join(root, 'package-lock.json'), lockFile);
    const lock = createHash('sha256').update(lockFile).digest('hex');
    writeFileSync(join(modules, '.latchkey-installed'), lock);
    writeFileSync(
      join(root, 'scripts', 'wait.ts'),
      `process.on('SIGTERM', () => { console.log('stopped cleanly'); process.exit(0); });
      setInterval(() => {}, 1000);
      console.log('waiting');`,
    );
    return root;
  }

  it('wait for a command that installs packages, and continue when that command has died', async () => {
    const root = aCheckout();
    const other = run('sleep', ['600']);
    writeFileSync(join(root, '.installing'), String(other.child.pid));
    rmSync(join(root, 'node_modules', '.latchkey-installed'));
    const second = run(process.execPath, [join(root, 'scripts', 'run.mjs'), 'wait']);
    await second.until(/Waiting for another command that installs packages/);
    const lock = createHash('sha256').update('{}').digest('hex');
    writeFileSync(join(root, 'node_modules', '.latchkey-installed'), lock);
    other.child.kill('SIGKILL');
    await second.until(/^waiting$/m);
    expect(existsSync(join(root, '.installing'))).toBe(false);
    second.child.kill('SIGTERM');
    await second.ended;
    expect(second.output()).not.toContain('Installing packages');
  });

  it('install packages again if one in the folder of a workspace is missing', async () => {
    const nested = 'packages/egress/node_modules/undici';
    const root = aCheckout(
      JSON.stringify({
        packages: {
          [nested]: {},
          'packages/egress/node_modules/other-os': { optional: true },
          'testing/bench/node_modules/development': { dev: true },
        },
      }),
    );
    const npm = join(folder, 'npm.mjs');
    writeFileSync(
      npm,
      `import { mkdirSync } from 'node:fs'; mkdirSync('${nested}', { recursive: true });`,
    );
    const runner = join(root, 'scripts', 'run.mjs');
    const first = run(process.execPath, [runner, 'wait'], { npm_execpath: npm });
    await first.until(/^waiting$/m);
    const second = run(process.execPath, [runner, 'wait'], { npm_execpath: npm });
    await second.until(/^waiting$/m);
    for (const { child } of [first, second]) child.kill('SIGTERM');
    await Promise.all([first.ended, second.ended]);
    expect(first.output()).toContain('Installing packages');
    expect(second.output()).not.toContain('Installing packages');
  });

  it('stop the command when the shell of npm has exited', async () => {
    const runner = join(aCheckout(), 'scripts', 'run.mjs');
    // The second command prevents the shell from replacing itself with the first.
    const line = `"${process.execPath}" "${runner}" wait; true`;
    const shell = run('sh', ['-c', line], { npm_lifecycle_event: 'wait' });
    await shell.until(/waiting/);
    shell.child.kill('SIGKILL');
    await shell.ended;
    expect(shell.output()).toContain('stopped cleanly');
  });
});
