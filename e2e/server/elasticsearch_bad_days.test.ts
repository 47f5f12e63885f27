import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createConnector, listStrictFiles, strictFiles, strictOwner } from '../rig/connectors.ts';
import { letTokenExpire } from '../rig/expired_token.ts';
import type { HttpAnswer } from '../rig/http_client.ts';
import { type Installation, twoPeople } from '../rig/installation.ts';
import { Person } from '../rig/person.ts';
import {
  launchServer,
  type ServerProcess,
  stopAtTheEnd,
  stopEverything,
} from '../rig/start_server.ts';
import { openStoreGate, type StoreGate } from '../rig/store_gate.ts';
import { onElasticsearch } from '../rig/stores.ts';
import { waitUntil } from '../rig/wait_until.ts';

const BACK_WITHIN_MS = 60_000;
/** Only a cluster that keeps silent makes anybody wait so long; one that works on a busy machine may need seconds. */
const PATIENCE = '5s';

onElasticsearch((store, url) => {
  let gate: StoreGate;
  let house: Installation;
  let server: ServerProcess;
  let connector: string;
  let goOn: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    gate = await openStoreGate(url);
    stopAtTheEnd(() => gate.stop());
    house = await twoPeople({
      store,
      settings: { 'elasticsearch.hosts': [gate.url], 'elasticsearch.requestTimeout': PATIENCE },
    });
    [server] = house.servers;
    connector = await createConnector(house.admin, server, strictFiles(house.providers));
    await house.ana.connect(server, connector);
  });
  beforeEach(async () => {
    await letTokenExpire(house.providers.strict, house.ana, { server, connector });
    house.providers.strict.clearRequests();
  });
  afterEach(async () => {
    await goOn?.();
    goOn = undefined;
    await untilAvailable(server);
  });
  afterAll(stopEverything);

  const statusOf = (of: ServerProcess) =>
    house.admin.call(of, { method: 'GET', path: '/api/status' });
  const untilAvailable = (of: ServerProcess) =>
    waitUntil(
      'an available server',
      async () => (await statusOf(of)).status === 200,
      BACK_WITHIN_MS,
    );

  /** What every kind of request is answered while the cluster is of no use. */
  async function requestsOfEveryKind(): Promise<readonly HttpAnswer[]> {
    const { admin, ana, providers } = house;
    const newcomer = new Person({ username: 'ana', password: ana.password });
    return Promise.all([
      admin.call(server, { method: 'GET', path: '/api/actions/connectors' }),
      admin.call(server, {
        method: 'POST',
        path: '/api/actions/connector',
        body: strictFiles(providers),
      }),
      ana.call(server, {
        method: 'POST',
        path: `/api/actions/connector/${connector}/_execute`,
        body: { params: listStrictFiles },
      }),
      ana.call(server, {
        method: 'POST',
        path: `/internal/actions/connector/${connector}/_start_oauth_flow`,
        body: {},
      }),
      ana.disconnect(server, connector),
      newcomer.logIn(server),
    ]);
  }

  /** Either the server could not even look who asks, or the execution says that it will pass. */
  function expectItWillPass(answer: HttpAnswer): void {
    const path = answer.request.url;
    if (answer.status === 200 && path.endsWith('/_execute')) {
      expect(JSON.parse(answer.text)).toMatchObject({
        status: 'error',
        retry: expect.anything(),
        errorSource: 'framework',
      });
      return;
    }
    expect({ path, status: answer.status, text: answer.text }).toMatchObject({
      status: 503,
      text: expect.stringMatching(/store|stored/i),
    });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  }

  const outages = [
    {
      what: 'is down',
      begin: () => gate.down(),
      end: () => gate.up(),
      says: /cannot be reached|did not answer/,
    },
    {
      what: 'keeps silent',
      begin: async () => gate.decide(() => 'hold_request'),
      end: async () => gate.decide(() => 'pass'),
      says: /did not answer/,
    },
  ] as const;

  it.each(outages)(
    'G90: while the cluster $what every request is told to come back, nothing is spent, and all goes on without a restart',
    async ({ begin, end, says }) => {
      const { ana, providers } = house;
      const { strict } = providers;
      await begin();
      goOn = end;
      for (const answer of await requestsOfEveryKind()) {
        expectItWillPass(answer);
        expect(answer.text).not.toMatch(/authorization_reason|authorize the connector/i);
      }
      const status = await statusOf(server);
      expect(status.status).toBe(503);
      // Nobody can be recognised now, so what is wrong is for the operator's log.
      expect(JSON.parse(status.text)).toMatchObject({
        status: { overall: { level: 'unavailable' } },
      });
      await server.says(says);
      expect(strict.tokenRequests()).toEqual([]);

      await end();
      goOn = undefined;
      await untilAvailable(server);
      expect(await ana.status(server, connector)).toMatchObject({ user_auth_status: 'connected' });
      expect(strictOwner(await ana.execute(server, connector, listStrictFiles))).toBe(
        'ana@example.com',
      );
      expect(strict.tokenRequests().map(({ error }) => error)).toEqual([undefined]);
    },
  );

  it('works on a cluster that is slow', async () => {
    const { ana, admin } = house;
    gate.decide(() => 300);
    try {
      expect(strictOwner(await ana.execute(server, connector, listStrictFiles))).toBe(
        'ana@example.com',
      );
      expect(
        (await admin.call(server, { method: 'GET', path: '/api/actions/connectors' })).status,
      ).toBe(200);
      expect((await statusOf(server)).status).toBe(200);
    } finally {
      gate.decide(() => 'pass');
    }
  });

  describe('a start', () => {
    it('waits for a cluster that is down, says so, and goes on when it is there', async () => {
      const door = await openStoreGate(url);
      stopAtTheEnd(() => door.stop());
      await door.down();
      const starting = await launchServer({
        dataPath: house.dataPath,
        settings: { ...house.settings, 'elasticsearch.hosts': [door.url] },
        publicBaseUrl: server.url,
      });
      await starting.says(
        /store is not available, trying again in .*elasticsearch\.hosts/,
        BACK_WITHIN_MS,
      );
      await door.up();
      await waitUntil(
        'the server',
        async () => {
          const answer = await statusOf(starting).catch(() => undefined);
          return answer?.status === 200;
        },
        BACK_WITHIN_MS,
      );
      expect(strictOwner(await house.ana.execute(starting, connector, listStrictFiles))).toBe(
        'ana@example.com',
      );
    });

    it('that waits ends when it is asked to', async () => {
      const door = await openStoreGate(url);
      await door.stop();
      const starting = await launchServer({
        dataPath: house.dataPath,
        settings: { ...house.settings, 'elasticsearch.hosts': [door.url] },
        publicBaseUrl: server.url,
      });
      await starting.says('store is not available', BACK_WITHIN_MS);
      expect(await starting.stop()).toMatchObject({ code: 0 });
    });
  });
});
