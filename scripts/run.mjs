// Starts every npm script. Plain JavaScript, because it must run on any Node of the machine. It
// installs missing packages, then starts the command on the pinned Node, which runs TypeScript.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pinnedNode } from './pinned_node.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.latchkey-installed');
const [command, ...args] = process.argv.slice(2);

const lockFile = readFileSync(join(root, 'package-lock.json'), 'utf8');
const fingerprint = createHash('sha256').update(lockFile).digest('hex');
if (!isInstalled()) installOnce();

let node;
try {
  node = pinnedNode(root);
} catch (error) {
  fail(error.message);
}

const child = spawn(node, [join(root, 'scripts', `${command}.ts`), ...args], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    // Node keeps compiled modules here: a server starts in half the time.
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(modules, '.cache', 'node'),
    PATH: [join(modules, '.bin'), process.env['PATH']].join(delimiter),
  },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
// A signal to npm reaches its shell, which may exit without passing it on. The command ends with
// the shell.
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
 * Returns `true` if the packages of the lock file are installed. Packages in the folders of
 * workspaces are looked up, because a workspace without its own version would silently use the
 * version in the top folder.
 */
function isInstalled() {
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== fingerprint) return false;
  const { packages = {} } = JSON.parse(lockFile);
  return Object.entries(packages).every(([path, { dev = false, optional = false }]) => {
    const isInWorkspace = !path.startsWith('node_modules/') && path.includes('/node_modules/');
    // With NODE_ENV=production, npm leaves packages for development out.
    return dev || optional || !isInWorkspace || existsSync(join(root, path));
  });
}

/** Two installations at the same time would break each other: the second command waits. */
function installOnce() {
  const lock = join(root, '.installing');
  let isAnnounced = false;
  while (!isTaken(lock)) {
    if (!isAnnounced) console.log('Waiting for another command that installs packages …');
    isAnnounced = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
  }
  process.on('exit', () => rmSync(lock, { force: true }));
  if (!isInstalled()) install();
  rmSync(lock, { force: true });
}

/** Takes the lock, which contains the process id of its owner. A lock of a dead process is removed. */
function isTaken(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0);
  } catch (error) {
    if (error.code === 'ESRCH') rmSync(lock, { force: true });
  }
  return false;
}

function install() {
  console.log('Installing packages (once per checkout, about a minute) …');
  const npm = process.env['npm_execpath'];
  const ci = ['ci', '--include=optional', '--loglevel=error', '--no-audit', '--no-fund'];
  const result =
    npm === undefined
      ? spawnSync('npm', ci, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
      : spawnSync(process.execPath, [npm, ...ci], { cwd: root, stdio: 'inherit' });
  if (result.status !== 0) fail('Installing packages failed; see the messages above.');
  writeFileSync(stamp, fingerprint);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
