import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FIXTURE_ENCRYPTION_KEY } from './bench_connector.ts';
import { connectInspector, type Inspector } from './inspector.ts';
import { type StoreLocation, storeSettings } from './store_location.ts';

const AXIOS_PLUGIN = join(import.meta.dirname, '..', 'axios_plugin');
const ROOT = join(import.meta.dirname, '..', '..', '..');
const START_TIMEOUT_MS = 180_000;
const POLL_MS = 100;

/** Servers of this process; they end with it. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill();
});

/** The real server in a separate process, as `npm run serve` starts it. */
export interface ServerProcess {
  readonly pid: number;
  readonly origin: string;
  /** Milliseconds from its start to its first response that it is available. */
  readonly readyAfterMs: number;
  /** Opens the inspector of the running process, which is closed until then. */
  inspect(): Promise<Inspector>;
  /** Stops it gracefully. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts a server on a store; several may share one. It writes its log, including audit events, to
 * a file in the data folder. Development mode, because only that lets connectors call plain HTTP
 * upstreams.
 * @throws Error when it does not respond within three minutes
 */
export async function startServer(location: StoreLocation): Promise<ServerProcess> {
  const { dataFolder } = location;
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  await mkdir(dataFolder, { recursive: true });
  const configFile = join(dataFolder, `server-${port}.yml`);
  await writeFile(configFile, JSON.stringify(settingsFor(location, port, origin)));
  const log = openSync(join(dataFolder, `server-${port}.log`), 'a');
  const child = spawn(
    process.execPath,
    ['--inspect-port=127.0.0.1:0', 'scripts/serve.ts', '--dev', '--config', configFile],
    { cwd: ROOT, stdio: ['ignore', log, 'pipe'] },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const errors: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  running.add(child);
  child.once('exit', () => running.delete(child));
  const startedAt = performance.now();
  await untilReady(origin, hasEnded, errors);
  return {
    pid: child.pid ?? 0,
    origin,
    readyAfterMs: performance.now() - startedAt,
    inspect: async () => {
      child.kill('SIGUSR1');
      return connectInspector(await inspectorUrl(errors));
    },
    stop: async () => {
      if (!hasEnded()) child.kill('SIGTERM');
      await ended;
    },
  };
}

function settingsFor(
  location: StoreLocation,
  port: number,
  origin: string,
): Record<string, unknown> {
  return {
    'server.port': port,
    'server.publicBaseUrl': origin,
    ...storeSettings(location),
    'xpack.encryptedSavedObjects.encryptionKey': FIXTURE_ENCRYPTION_KEY,
    'xpack.actions.allowedHosts': ['127.0.0.1'],
    'plugins.paths': [AXIOS_PLUGIN],
  };
}

async function untilReady(
  origin: string,
  hasEnded: () => boolean,
  errors: readonly string[],
): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline && !hasEnded()) {
    const response = await fetch(`${origin}/api/status`).catch(() => undefined);
    await response?.arrayBuffer();
    if (response !== undefined && response.status < 500) return;
    await sleep(POLL_MS);
  }
  throw new Error(`the server did not start: ${errors.join('')}`);
}

async function inspectorUrl(errors: readonly string[]): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const url = /Debugger listening on (ws:\S+)/.exec(errors.join(''))?.[1];
    if (url !== undefined) return url;
    await sleep(POLL_MS);
  }
  throw new Error('the inspector did not open');
}

/** Chosen in advance, because the public URL must be known at the start. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
