import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ROOT } from '../command.ts';

const START_TIMEOUT_MS = 60_000;

/** A real server in a separate process. */
export interface ServerProcess {
  readonly origin: string;
  /** Its log output so far. */
  log(): string;
  stop(): Promise<void>;
}

/**
 * Starts a development server on a free port, with its data and settings in `folder`, and waits
 * until it is available.
 * @throws Error with its log when it does not start
 */
export async function startServerProcess(
  folder: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<ServerProcess> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const configFile = join(folder, 'demo.yml');
  // JSON is valid YAML.
  writeFileSync(
    configFile,
    JSON.stringify({
      ...settings,
      'path.data': join(folder, 'data'),
      'server.port': port,
      'server.publicBaseUrl': origin,
    }),
  );
  const args = [join(ROOT, 'scripts', 'serve.ts'), '--dev', '--config', configFile];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const collect = (chunk: Buffer): void => {
    log = (log + chunk.toString()).slice(-200_000);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  await untilReady(child, origin, () => log);
  return { origin, log: () => log, stop: () => stopProcess(child) };
}

async function untilReady(child: ChildProcess, origin: string, log: () => string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`The server exited during startup:\n${log()}`);
    const response = await fetch(`${origin}/api/status`).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill('SIGKILL');
  throw new Error(`The server did not become ready:\n${log()}`);
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
