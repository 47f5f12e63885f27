import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SavedObjectsType } from '@latchkey/saved-objects';
import {
  createConnector,
  type Installation,
  launchServer,
  listStrictFiles,
  stopEverything,
  strictFiles,
  strictFilesOfOtherApp,
  strictOwner,
  twoUsers,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { connectorSoType } from '../../../plugins/actions/server/connectors/connector_so_type.ts';
import { userConnectorTokenType } from '../../../plugins/actions/server/oauth/tokens/grants/token_types.ts';
import { storedDocuments } from '../support/stored_documents.ts';
import { startWorkLoad, type WorkLoad } from '../support/work_load.ts';

const FIRST_BUILD = new URL('../builds/first_build.ts', import.meta.url);
const SECOND_BUILD = new URL('../builds/second_build.ts', import.meta.url);
const UNREADABLE_BUILD = new URL('../builds/unreadable_build.ts', import.meta.url);
/** Executions and edits through each process in each phase. */
const WORK = 12;
/** Number of model versions in the product; each build adds one to those of the previous build. */
const released = (type: SavedObjectsType): number => Object.keys(type.modelVersions).length;
const CONNECTOR_VERSIONS = released(connectorSoType);
const TYPES = [
  { type: 'action', count: 4, newest: CONNECTOR_VERSIONS + 2 },
  { type: 'user_connector_token', count: 6, newest: released(userConnectorTokenType) + 2 },
] as const;
/** The product's message about a document of the unreadable build. */
const BOTH_VERSIONS = `has model version ${CONNECTOR_VERSIONS + 1} and this build knows [action] up to ${CONNECTOR_VERSIONS}: it cannot read attribute [name]. Start the newer build.`;

onEachStore((store) => {
  describe('two builds whose types differ by one model version', () => {
    let environment: Installation;
    let connectors: readonly string[];
    let load: WorkLoad | undefined;
    beforeAll(async () => {
      environment = await twoUsers({ store, build: FIRST_BUILD });
      const [server] = environment.servers;
      const make = () =>
        createConnector(environment.admin, server, strictFiles(environment.providers));
      connectors = [await make(), await make()];
      for (const connector of connectors) {
        await environment.ana.connect(server, connector);
        await environment.ben.connect(server, connector);
      }
    });
    afterAll(async () => {
      await load?.stop();
      await stopEverything();
    });

    it('replace each other under load without an error, a lost attribute or a second backfill', async () => {
      const { ana, admin, servers } = environment;
      const [older] = servers;
      load = startWorkLoad({ environment, connectors, servers: [older] });
      await load.doMore(2);
      // The newer build migrates documents while the older build writes them.
      const newer = await environment.addServer({}, SECOND_BUILD);
      await load.useServers([older, newer]);
      await load.doMore(WORK);

      // Each build creates a connector whose authorization the other one completes. It has its own
      // app, whose tokens the load does not use.
      const crossed = [];
      for (const [maker, finisher] of [
        [older, newer],
        [newer, older],
      ] as const) {
        const connector = await createConnector(
          admin,
          maker,
          strictFilesOfOtherApp(environment.providers),
        );
        const { authorizationUrl } = await ana.startFlow(maker, connector);
        const { pathname, search } = await ana.consent(older, authorizationUrl);
        await ana.call(finisher, { method: 'GET', path: `${pathname}${search}` });
        crossed.push(connector);
      }
      for (const connector of crossed) {
        for (const server of [older, newer]) {
          const response = await ana.execute(server, connector, listStrictFiles);
          expect(strictOwner(response)).toBe('ana@example.com');
        }
      }
      const mixed = await storedDocuments(environment, 'action');
      expect(mixed.map(({ modelVersion }) => modelVersion)).toContain(CONNECTOR_VERSIONS + 2);

      await load.useServers([newer]);
      await older.stop();
      const newest = await environment.addServer({}, SECOND_BUILD);
      await load.useServers([newer, newest]);
      await load.doMore(WORK);
      await load.stop();
      expect(load.failures).toEqual([]);
      for (const connector of crossed) {
        const response = await ana.execute(newest, connector, listStrictFiles);
        expect(strictOwner(response)).toBe('ana@example.com');
      }
      for (const { output } of environment.servers) expect(output()).not.toMatch(/ERROR|"error"/);
    });

    it.each(TYPES)(
      'end with every [$type] in the newer version, whichever build wrote it',
      async ({ type, count, newest }) => {
        const documents = await storedDocuments(environment, type);
        expect(documents).toHaveLength(count);
        for (const { attributes, modelVersion, key } of documents) {
          expect({ key, modelVersion }).toEqual({ key, modelVersion: newest });
          expect(attributes).toMatchObject({ filled: 1, label: 'none' });
          expect(attributes).not.toHaveProperty('origin');
          expect(attributes['extraSecret'] ?? 'lk1.').toMatch(/^lk1\./);
        }
      },
    );
  });

  describe('a build on a store that a newer build wrote', () => {
    let environment: Installation;
    beforeAll(async () => {
      environment = await twoUsers({ store });
    });
    afterAll(stopEverything);

    it('can use all documents except the one it cannot read, logs the reason, and refuses to start again, naming both versions', async () => {
      const { admin, ana, servers, providers, dataPath, settings } = environment;
      const [server] = servers;
      const odd = await createConnector(admin, server, { ...strictFiles(providers), name: 'Odd' });
      const even = await createConnector(admin, server, strictFiles(providers));
      for (const connector of [odd, even]) await ana.connect(server, connector);
      await (await environment.addServer({}, UNREADABLE_BUILD)).stop();

      const read = await admin.call(server, {
        method: 'GET',
        path: `/api/actions/connector/${odd}`,
      });
      expect(read).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
      expect(read.text).toContain(BOTH_VERSIONS);
      const execution = await ana.call(server, {
        method: 'POST',
        path: `/api/actions/connector/${odd}/_execute`,
        body: { params: listStrictFiles },
      });
      expect(execution.status).toBe(503);
      expect(strictOwner(await ana.execute(server, even, listStrictFiles))).toBe('ana@example.com');
      const list = await admin.json(server, { method: 'GET', path: '/api/actions/connectors' });
      expect(JSON.stringify(list)).toContain(even);
      expect(JSON.stringify(list)).not.toContain(odd);
      await server.waitForOutput(
        /A search skipped a document of a newer build: Document \[action:/,
      );

      const refused = await launchServer({ dataPath, settings, publicBaseUrl: server.url });
      expect((await refused.exited).code).not.toBe(0);
      expect(refused.output()).toContain(BOTH_VERSIONS);
    });
  });
});
