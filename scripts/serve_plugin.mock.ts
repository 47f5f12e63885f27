import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startServer } from '@latchkey/test-environment';
import { ROOT } from './command.ts';

/**
 * A development server in a separate process, with one plugin in addition to those of `plugins/`.
 */
export interface ServedPlugin {
  /** Sends a request as the administrator; resolves to status and parsed body. */
  request(
    method: string,
    path: string,
  ): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Returns everything that the server has written so far. */
  readonly output: () => string;
  /** Ends the process and removes its data; resolves to its exit code. */
  stop(): Promise<number | null>;
}

/**
 * Starts a server with an empty store and `plugins.paths: [folder]`.
 * @throws Error with the output of the server when it does not start
 */
export async function servePlugin(folder: string): Promise<ServedPlugin> {
  const dataPath = mkdtempSync(join(tmpdir(), 'latchkey-served-'));
  const removeData = (): void => rmSync(dataPath, { recursive: true, force: true });
  const settings = { 'plugins.paths': [resolve(ROOT, folder)], 'server.host': '127.0.0.1' };
  const server = await startServer({ dataPath, settings }).catch((error: unknown) => {
    removeData();
    throw error;
  });
  return {
    request: (method, path) => requestAsAdmin(method, server.url + path),
    output: server.output,
    stop: async () => {
      const { code } = await server.stop();
      removeData();
      return code;
    },
  };
}

async function requestAsAdmin(method: string, url: string) {
  const authorization = `Basic ${Buffer.from('elastic:changeme').toString('base64')}`;
  const response = await fetch(url, { method, headers: { authorization, 'kbn-xsrf': 'true' } });
  return { status: response.status, body: await response.json() };
}
