import { join } from 'node:path';
import {
  type ServerProcess,
  type StoreLocation,
  startServer,
  storeSettings,
} from '@latchkey/test-environment';
import { KEYS } from '../store/bench_connector.ts';

const AXIOS_PLUGIN = join(import.meta.dirname, '..', 'axios_plugin');
const START_TIMEOUT_MS = 180_000;

/** The real server in a separate process. */
export interface BenchServer extends ServerProcess {
  /**
   * Milliseconds from the start of the process to the first response with the status "available".
   */
  readonly readyAfterMs: number;
}

/**
 * Starts a server on a store; several servers may share one. It writes its log, including audit
 * events, to a file in the data folder. It runs in development mode, because only then connectors
 * may call plain HTTP upstreams.
 * @param settings override those of the benchmark
 * @throws Error when it does not respond within three minutes
 */
export async function startBenchServer(
  location: StoreLocation,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<BenchServer> {
  const server = await startServer({
    dataPath: location.dataFolder,
    settings: {
      ...storeSettings(location),
      'xpack.encryptedSavedObjects.encryptionKey': KEYS.primary,
      'xpack.actions.allowedHosts': ['127.0.0.1'],
      // All callers of a benchmark are one user, so the limit per user must not apply.
      'xpack.actions.maxConcurrentExecutionsPerUser': 1_000,
      'plugins.paths': [AXIOS_PLUGIN],
      ...settings,
    },
    logFile: join(location.dataFolder, 'server.log'),
    startTimeoutMs: START_TIMEOUT_MS,
    env: process.env,
  });
  return { ...server, readyAfterMs: server.ageMs() };
}
