import type { StoreLocation } from '@latchkey/test-environment';
import { z } from 'zod';
import { type BenchServer, startBenchServer } from '../server/start_bench_server.ts';
import type { Keys } from './open_store.ts';

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
type RotationProgress = z.infer<typeof progress>;

const usage = z.object({ keys: z.array(z.object({ role: z.string(), objects: z.number() })) });

/** A server whose encryption key is rotated. */
export interface RotatingServer extends BenchServer {
  beginRotation(): Promise<void>;
  progress(): Promise<RotationProgress>;
  /** Objects that need a key other than the primary one. */
  leftOnOldKeys(): Promise<number>;
  /** Duration of `GET /api/status` in milliseconds. */
  statusTime(): Promise<number>;
}

/** @throws Error with its output when it does not start */
export async function startRotatingServer(
  location: StoreLocation,
  keys: Keys,
): Promise<RotatingServer> {
  const server = await startBenchServer(location, {
    'xpack.encryptedSavedObjects.encryptionKey': keys.primary,
    'xpack.encryptedSavedObjects.keyRotation.decryptionOnlyKeys': keys.decryptionOnly,
  });
  const ask = async (method: string, path: string): Promise<unknown> => {
    const response = await fetch(`${server.url}${path}`, { method, headers: HEADERS });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
  const route = '/api/encrypted_saved_objects/_rotate_key';
  return {
    ...server,
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
      await (await fetch(`${server.url}/api/status`)).arrayBuffer();
      return performance.now() - before;
    },
  };
}
