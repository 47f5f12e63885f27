import { waitUntil } from '@latchkey/core/server/wait_until';
import {
  createConnector,
  filesOwner,
  listStrictFiles,
  startServer,
  strictFiles,
  strictOwner,
  within,
} from '@latchkey/test-environment';
import { describe, expect, it } from 'vitest';
import { listFilesAtOnce } from '../support/executions.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

/** Time limit that ends only a test that hangs. */
const TIMEOUT_MS = 120_000;

const environment = startBeforeAll({ settings: { 'xpack.task_manager.poll_interval': '200ms' } });

describe('a server that is asked to stop', () => {
  it('responds to every running request before it exits with code 0', async () => {
    const { admin, ana, strict, first } = environment;
    const server = await environment.addServer();
    const connector = await createConnector(admin, first, strictFiles(environment));
    await ana.connect(first, connector);
    await ana.execute(server, connector, listStrictFiles);
    strict.clearRequests();
    strict.failNext({ endpoint: 'api', times: 50, fault: { kind: 'delay', delayMs: 1_500 } });
    const calls = listFilesAtOnce(ana, [server], { connector, count: 50 });
    await waitUntil(
      'all calls at the API',
      () => strict.requests({ endpoint: 'api' }).length === 50,
    );
    const stopping = server.stop();
    const responses = await within('the running calls', TIMEOUT_MS, calls);
    expect(new Set(responses.map(strictOwner))).toEqual(new Set(['ana@example.com']));
    expect(await within('the end of the process', TIMEOUT_MS, stopping)).toEqual({
      code: 0,
      signal: null,
    });
  });

  it('leaves sessions and grants usable for the next process, after a stop and after a power failure', async () => {
    const { admin, ana, dataPath, first } = environment;
    const connector = await createConnector(admin, first, strictFiles(environment));
    await ana.connect(first, connector);
    for (const end of ['stop', 'kill9'] as const) {
      const server = await environment.addServer();
      expect(await filesOwner(ana, server, connector)).toBe('ana@example.com');
      await server[end]();
    }
    await first.kill9();
    const next = await startServer({
      dataPath,
      settings: { 'xpack.actions.allowedHosts': ['localhost', '127.0.0.1'] },
    });
    expect(await filesOwner(ana, next, connector)).toBe('ana@example.com');
    expect(await ana.connectionStatus(next, connector)).toBe('connected');
  });
});
