import { waitUntil } from '@latchkey/core/server/wait_until';
import { aFreePort } from '@latchkey/elasticsearch';
import type { HttpResponse } from '@latchkey/test-environment';
import {
  createConnector,
  filesOwner,
  launchServer,
  listStrictFiles,
  type ServerProcess,
  stopAtTheEnd,
  strictFiles,
  TestUser,
} from '@latchkey/test-environment';
import { onElasticsearch } from '@latchkey/test-environment/stores';
import { TestProxy } from '@latchkey/test-proxy';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { letTokenExpire } from '../support/expired_token.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

const BACK_WITHIN_MS = 240_000;
/**
 * Timeout of a request to the cluster. Callers wait this long only for a silent cluster. A working
 * one on a busy machine may need several seconds.
 */
const TIMEOUT = '10s';

/** A proxy whose port stays free while it is down. */
const openProxy = async (target: string): Promise<TestProxy> =>
  TestProxy.start({ target, port: await aFreePort(), records: false });

onElasticsearch((store, url) => {
  let proxy: TestProxy;
  let server: ServerProcess;
  let connector: string;
  let recover: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    proxy = await openProxy(url);
    stopAtTheEnd(() => proxy.stop());
  });
  const environment = startBeforeAll(() => ({
    store,
    settings: { 'elasticsearch.hosts': [proxy.origin], 'elasticsearch.requestTimeout': TIMEOUT },
  }));
  beforeAll(async () => {
    server = environment.first;
    connector = await createConnector(environment.admin, server, strictFiles(environment));
    await environment.ana.connect(server, connector);
  });
  beforeEach(async () => {
    const { ana, strict } = environment;
    await letTokenExpire(strict, ana, { server, connector });
    strict.clearRequests();
  });
  afterEach(async () => {
    await recover?.();
    recover = undefined;
    await untilAvailable(server);
  });

  const statusOf = (of: ServerProcess) => environment.admin.call(of, 'GET /api/status');
  const untilAvailable = (of: ServerProcess) =>
    waitUntil('availability', async () => (await statusOf(of)).status === 200, {
      timeoutMs: BACK_WITHIN_MS,
    });

  /** Sends requests of every kind while the cluster is unavailable, and returns the responses. */
  async function requestsOfEveryKind(): Promise<readonly HttpResponse[]> {
    const { admin, ana } = environment;
    const newcomer = new TestUser({ username: 'ana', password: ana.password });
    return Promise.all([
      admin.call(server, 'GET /api/actions/connectors'),
      admin.call(server, 'POST /api/actions/connector', strictFiles(environment)),
      ana.call(server, `POST /api/actions/connector/${connector}/_execute`, {
        params: listStrictFiles,
      }),
      ana.call(server, `POST /internal/actions/connector/${connector}/_start_oauth_flow`, {}),
      ana.disconnect(server, connector),
      newcomer.logIn(server),
    ]);
  }

  /**
   * Expects a temporary error: either a 503, because the server could not authenticate the caller,
   * or a response to an execution that says that its error is temporary.
   */
  function expectTemporaryError(response: HttpResponse): void {
    const path = response.request.url;
    if (response.status === 200 && path.endsWith('/_execute')) {
      expect(JSON.parse(response.text)).toMatchObject({
        status: 'error',
        retry: expect.anything(),
        errorSource: 'framework',
      });
      return;
    }
    expect({ path, status: response.status, text: response.text }).toMatchObject({
      status: 503,
      text: expect.stringMatching(/store|stored/i),
    });
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
  }

  const outages = [
    {
      what: 'is down',
      begin: () => proxy.down(),
      end: () => proxy.up(),
      waitForOutput: /cannot be reached|did not respond/,
    },
    {
      what: 'keeps silent',
      begin: async () => {
        proxy.treat = () => 'hold_request';
      },
      end: async () => proxy.heal(),
      waitForOutput: /did not respond/,
    },
  ] as const;

  it.each(outages)(
    'G90: while the cluster $what, requests get temporary errors and spend no token, and the servers recover afterwards without a restart',
    async ({ begin, end, waitForOutput }) => {
      const { ana, strict } = environment;
      await begin();
      recover = end;
      for (const response of await requestsOfEveryKind()) {
        expectTemporaryError(response);
        expect(response.text).not.toMatch(/authorization_reason|authorize the connector/i);
      }
      const status = await statusOf(server);
      expect(status.status).toBe(503);
      // The server cannot authenticate any caller now, so only the operator's log contains the
      // cause.
      expect(JSON.parse(status.text)).toMatchObject({
        status: { overall: { level: 'unavailable' } },
      });
      await server.waitForOutput(waitForOutput);
      expect(strict.tokenRequests()).toEqual([]);

      await end();
      recover = undefined;
      await untilAvailable(server);
      expect(await ana.status(server, connector)).toMatchObject({ user_auth_status: 'connected' });
      expect(await filesOwner(ana, server, connector)).toBe('ana@example.com');
      expect(strict.tokenRequests().map(({ error }) => error)).toEqual([undefined]);
    },
  );

  it('an execution succeeds while the cluster is slow', async () => {
    const { ana, admin } = environment;
    proxy.treat = () => ({ delayMs: 300 });
    try {
      expect(await filesOwner(ana, server, connector)).toBe('ana@example.com');
      expect((await admin.call(server, 'GET /api/actions/connectors')).status).toBe(200);
      await untilAvailable(server);
    } finally {
      proxy.heal();
    }
  });

  describe('the start of a server', () => {
    it('waits while the cluster is down, reports the wait, and continues as soon as the cluster is available', async () => {
      const ownProxy = await openProxy(url);
      stopAtTheEnd(() => ownProxy.stop());
      await ownProxy.down();
      const starting = await launchServer({
        dataPath: environment.dataPath,
        settings: { ...environment.settings, 'elasticsearch.hosts': [ownProxy.origin] },
        publicBaseUrl: server.url,
      });
      await starting.waitForOutput(
        /store is not available, trying again in .*elasticsearch\.hosts/,
        BACK_WITHIN_MS,
      );
      await ownProxy.up();
      await waitUntil(
        'the server',
        async () => {
          const response = await statusOf(starting).catch(() => undefined);
          return response?.status === 200;
        },
        { timeoutMs: BACK_WITHIN_MS },
      );
      expect(await filesOwner(environment.ana, starting, connector)).toBe('ana@example.com');
    });

    it('ends when the server is asked to stop while it waits for the cluster', async () => {
      const ownProxy = await openProxy(url);
      await ownProxy.stop();
      const starting = await launchServer({
        dataPath: environment.dataPath,
        settings: { ...environment.settings, 'elasticsearch.hosts': [ownProxy.origin] },
        publicBaseUrl: server.url,
      });
      await starting.waitForOutput('store is not available', BACK_WITHIN_MS);
      expect(await starting.stop()).toMatchObject({ code: 0 });
    });
  });
});
