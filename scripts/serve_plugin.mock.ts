import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './command.ts';

const READY = /Ready at (http:\/\/[^\s"]+)/;

/**
 * A development server in a separate process, with one plugin in addition to those of `plugins/`.
 */
export interface ServedPlugin {
  /** Sends a request as the administrator; resolves to status and parsed body. */
  request(
    method: string,
    path: string,
  ): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Everything the server has written so far. */
  readonly output: () => string;
  /** Ends the process and removes its data; resolves to its exit code. */
  stop(): Promise<number | null>;
}

/**
 * Runs `scripts/serve.ts` with an empty store and `plugins.paths: [folder]`.
 * @throws Error with the output of the server when it does not start
 */
export async function servePlugin(folder: string): Promise<ServedPlugin> {
  const data = mkdtempSync(join(tmpdir(), 'latchkey-served-'));
  const settings = {
    'plugins.paths': JSON.stringify([folder]),
    'path.data': data,
    'server.port': '0',
    'server.host': '127.0.0.1',
  };
  const sets = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const child = spawn(process.execPath, [join('scripts', 'serve.ts'), '--dev', ...sets], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const stop = async (): Promise<number | null> => {
    if (child.exitCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    }
    rmSync(data, { recursive: true, force: true });
    return child.exitCode;
  };
  try {
    const url = await readyUrl(child, () => output);
    return {
      request: (method, path) => requestAsAdmin(method, url + path),
      output: () => output,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readyUrl(child: ChildProcess, output: () => string): Promise<string> {
  for (;;) {
    const [, url] = READY.exec(output()) ?? [];
    if (url !== undefined) return url;
    if (child.exitCode !== null) throw new Error(`The server did not start:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function requestAsAdmin(method: string, url: string) {
  const authorization = `Basic ${Buffer.from('elastic:changeme').toString('base64')}`;
  const response = await fetch(url, { method, headers: { authorization, 'kbn-xsrf': 'true' } });
  return { status: response.status, body: await response.json() };
}
