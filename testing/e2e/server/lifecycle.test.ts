import { describe, expect, it } from '@jest/globals';
import {
  createConnector,
  filesOwner,
  listStrictFiles,
  startServer,
  strictFiles,
  strictOwner,
  waitUntil,
  within,
} from '@latchkey/test-environment';
import { listFilesAtOnce, mustAuthorize } from '../support/executions.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

/** Only ends a test that hangs. */
const TIMEOUT_MS = 120_000;

const environment = startBeforeAll({ settings: { 'xpack.task_manager.poll_interval': '200ms' } });

describe('users with few privileges', () => {
  it('F71: get the same 404 for a connector of another space and for a missing one', async () => {
    const { admin, ana, first: server } = environment;
    await admin.json(server, 'POST /api/spaces/space', { id: 'secret-lab', name: 'Secret lab' });
    const hidden = await admin.json(server, 'POST /s/secret-lab/api/actions/connector/hidden-one', {
      name: 'Hidden',
      connector_type_id: '.http',
      config: { url: 'https://example.com' },
    });
    expect(hidden).toMatchObject({ id: 'hidden-one' });
    for (const [method, path, body] of [
      ['GET', '/api/actions/connector/ID', undefined],
      ['POST', '/api/actions/connector/ID/_execute', { params: listStrictFiles }],
      ['POST', '/internal/actions/connector/ID/_start_oauth_flow', {}],
      ['POST', '/internal/actions/connector/ID/_oauth_disconnect', undefined],
    ] as const) {
      const responses = await Promise.all(
        ['hidden-one', 'no-such-one'].map((id) =>
          ana.call(server, { method, path: path.replace('ID', id), body }),
        ),
      );
      const [other, absent] = responses.map(({ status, text }) => ({
        status,
        text: text.replaceAll(/hidden-one|no-such-one/g, 'ID'),
      }));
      expect(other?.status).toBe(404);
      expect(other).toEqual(absent);
    }
  });

  it('F72: cannot change connectors or see administrators’ data when they may only run connectors', async () => {
    const { admin, ana, first: server } = environment;
    const connector = await createConnector(admin, server, strictFiles(environment));
    for (const [method, path, body] of [
      ['POST', '/api/actions/connector', strictFiles(environment)],
      ['PUT', `/api/actions/connector/${connector}`, { name: 'Mine now' }],
      ['DELETE', `/api/actions/connector/${connector}`, undefined],
      ['GET', '/internal/security/users', undefined],
      ['PUT', '/api/security/role/connector_user', { kibana: [{ base: ['all'], spaces: ['*'] }] }],
      ['POST', '/internal/security/users/ben/_disable', undefined],
    ] as const) {
      const { status } = await ana.call(server, { method, path, body });
      expect({ method, path, status }).toEqual({ method, path, status: 403 });
    }
  });

  it('F76: get no token without their own authorization', async () => {
    const { admin, ana, ben, first: server } = environment;
    const connector = await createConnector(admin, server, strictFiles(environment));
    await ana.connect(server, connector);
    for (const user of [ben, admin]) {
      expect(await user.execute(server, connector, listStrictFiles)).toMatchObject(
        mustAuthorize('no_token'),
      );
    }
  });

  it('F75: get only their own data under load', async () => {
    const { admin, ana, ben, first: server } = environment;
    const connector = await createConnector(admin, server, strictFiles(environment));
    await Promise.all([ana, ben].map((user) => user.connect(server, connector)));
    const calls = Array.from({ length: 400 }, async (_, index) => {
      const user = index % 2 === 0 ? ana : ben;
      const owner = await filesOwner(user, server, connector);
      return owner === `${user.username}@example.com`;
    });
    expect((await Promise.all(calls)).every(Boolean)).toBe(true);
  });
});

describe('a server that stops', () => {
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

  it('keeps sessions and grants for the next process, after a stop and after a power cut', async () => {
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
