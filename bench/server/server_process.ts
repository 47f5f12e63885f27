import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BENCH_ENCRYPTION_KEY } from './bench_connector.ts';
import { connectInspector, type Inspector } from './inspector.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 100;

/** The real server in its own process, as `npm run serve` starts it. */
export interface ServerProcess {
  readonly pid: number;
  readonly origin: string;
  /** Opens the inspector of the running process; until then nothing watches it. */
  inspect(): Promise<Inspector>;
  /** Ends it in order. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts a server on a data folder. It writes its log, audit events included, to a file there.
 * Development mode, because only that lets connectors call plain HTTP upstreams.
 * @throws Error when it does not answer within a minute
 */
export async function startServer(dataFolder: string): Promise<ServerProcess> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  await mkdir(dataFolder, { recursive: true });
  const configFile = join(dataFolder, 'bench.yml');
  await writeFile(configFile, JSON.stringify(settingsFor(dataFolder, port, origin)));
  const log = openSync(join(dataFolder, 'server.log'), 'a');
  const child = spawn(
    process.execPath,
    ['--inspect-port=127.0.0.1:0', 'scripts/serve.ts', '--dev', '--config', configFile],
    { cwd: ROOT, stdio: ['ignore', log, 'pipe'] },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const errors: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  await untilReady(origin, hasEnded, errors);
  return {
    pid: child.pid ?? 0,
    origin,
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

function settingsFor(dataFolder: string, port: number, origin: string): Record<string, unknown> {
  return {
    'server.port': port,
    'server.publicBaseUrl': origin,
    'path.data': dataFolder,
    'xpack.encryptedSavedObjects.encryptionKey': BENCH_ENCRYPTION_KEY,
    'xpack.actions.allowedHosts': ['127.0.0.1'],
  };
}

async function untilReady(
  origin: string,
  hasEnded: () => boolean,
  errors: readonly string[],
): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline && !hasEnded()) {
    const answer = await fetch(`${origin}/api/status`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer !== undefined && answer.status < 500) return;
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

/** Asked for beforehand, because the public URL must be known at start. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
