// The door of every npm script. Plain JavaScript, because it must run on whatever Node the machine has: it installs what is missing,
// then hands over to the pinned Node, which runs the TypeScript directly.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.latchkey-installed');
const [command, ...args] = process.argv.slice(2);

const fingerprint = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const installed = existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint;
if (!installed) install();

const node = pinnedNode();

const child = spawn(node, [join(root, 'scripts', `${command}.ts`), ...args], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: [join(modules, '.bin'), process.env['PATH']].join(delimiter),
  },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
// A signal to npm reaches its shell, which may end without passing it on: what npm started ends with it.
if (process.env['npm_lifecycle_event'] !== undefined) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 250);
  watch.unref();
}
child.on('exit', (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 1;
});

/**
 * The Node of the lock file. Its packages exist for some platforms only. Elsewhere the machine's
 * own Node runs the command, if it has the same major version.
 */
function pinnedNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const packageName = `node-${platform}-${process.arch}`;
  const { optionalDependencies = {} } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const version = optionalDependencies[packageName];
  if (version !== undefined) {
    const file = join(modules, packageName, 'bin', platform === 'win' ? 'node.exe' : 'node');
    if (existsSync(file)) return file;
    fail(
      `The package ${packageName} is missing although the packages are installed: npm leaves optional dependencies out when it is configured with "omit=optional". Run "npm ci --include=optional" and try again.`,
    );
  }
  const wanted = Object.values(optionalDependencies)[0]?.split('.')[0];
  if (process.versions.node.split('.')[0] === wanted) return process.execPath;
  fail(
    `There is no package with Node ${wanted} for ${process.platform} on ${process.arch}. Install Node ${wanted} and run the command with it; this is Node ${process.versions.node}.`,
  );
}

function install() {
  console.log('Installing packages (once per checkout, about a minute) …');
  const npm = process.env['npm_execpath'];
  const ci = ['ci', '--include=optional', '--loglevel=error', '--no-audit', '--no-fund'];
  const result =
    npm === undefined
      ? spawnSync('npm', ci, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
      : spawnSync(process.execPath, [npm, ...ci], { cwd: root, stdio: 'inherit' });
  if (result.status !== 0) fail('Installing packages failed; the messages above say why.');
  writeFileSync(stamp, fingerprint);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
