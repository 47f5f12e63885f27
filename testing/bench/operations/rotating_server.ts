import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Keys, StoreLocation } from './open_store.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const START_TIMEOUT_MS = 180_000;
const HEADERS = {
  authorization: `Basic ${Buffer.from('elastic:changeme').toString('base64')}`,
  'kbn-xsrf': 'bench',
};

const progress = z.object({
  state: z.enum(['none', 'running', 'completed', 'interrupted', 'failed']),
  pass: z.number().default(0),
  objects: z.number().default(0),
  looked_at: z.number().default(0),
  successful: z.number().default(0),
  failed: z.number().default(0),
});
/** Response of `GET _rotate_key`. */
export type RotationProgress = z.infer<typeof progress>;

const usage = z.object({ keys: z.array(z.object({ role: z.string(), objects: z.number() })) });

/** The real server in a separate process. */
export interface RotatingServer {
  readonly startedInMs: number;
  beginRotation(): Promise<void>;
  progress(): Promise<RotationProgress>;
  /** Objects that need a key other than the primary one. */
  leftOnOldKeys(): Promise<number>;
  /** Duration of `GET /api/status` in milliseconds. */
  statusTime(): Promise<number>;
  /** Maximum memory so far, in MB; `undefined` where the system does not report it. */
  peakMb(): Promise<number | undefined>;
  kill9(): Promise<void>;
  stop(): Promise<void>;
}

/** @throws Error with its output when it does not start */
export async function startRotatingServer(
  folder: string,
  location: StoreLocation,
  keys: Keys,
): Promise<RotatingServer> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const file = join(folder, `server-${port}.yml`);
  await writeFile(file, JSON.stringify(settingsFor(folder, location, keys, port)));
  const start = performance.now();
  const child = spawn(process.execPath, ['scripts/serve.ts', '--dev', '--config', file], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      if (output.length < 1_000) output.push(text);
    });
  }
  const ended = once(child, 'exit');
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const ask = async (method: string, path: string): Promise<unknown> => {
    const response = await fetch(`${origin}${path}`, { method, headers: HEADERS });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  for (;;) {
    if (hasEnded() || performance.now() - start > START_TIMEOUT_MS) {
      throw new Error(`the server did not start: ${output.join('')}`);
    }
    const response = await fetch(`${origin}/api/status`).catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.status === 200) break;
    await delay(100);
  }
  const route = '/api/encrypted_saved_objects/_rotate_key';
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    if (!hasEnded()) child.kill(signal);
    await ended;
  };
  return {
    startedInMs: performance.now() - start,
    beginRotation: async () => {
      await ask('POST', `${route}?wait_for_completion=false`);
    },
    progress: async () => progress.parse(await ask('GET', route)),
    leftOnOldKeys: async () => {
      const { keys: found } = usage.parse(
        await ask('GET', '/api/encrypted_saved_objects/_key_usage'),
      );
      return found.reduce((sum, { role, objects }) => sum + (role === 'primary' ? 0 : objects), 0);
    },
    statusTime: async () => {
      const before = performance.now();
      await (await fetch(`${origin}/api/status`)).arrayBuffer();
      return performance.now() - before;
    },
    peakMb: async () => {
      const text = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
      const kb = /VmHWM:\s+(\d+)/.exec(text)?.[1];
      return kb === undefined ? undefined : Number(kb) / 1024;
    },
    kill9: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

function settingsFor(folder: string, location: StoreLocation, keys: Keys, port: number): object {
  return {
    'server.port': port,
    'server.publicBaseUrl': `http://localhost:${port}`,
    'path.data': folder,
    'xpack.encryptedSavedObjects.encryptionKey': keys.primary,
    'xpack.encryptedSavedObjects.keyRotation.decryptionOnlyKeys': keys.decryptionOnly,
    ...(location.kind === 'sqlite'
      ? {}
      : { 'elasticsearch.hosts': location.hosts, 'elasticsearch.indexPrefix': location.prefix }),
  };
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
