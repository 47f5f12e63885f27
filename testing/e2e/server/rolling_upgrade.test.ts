import { connectorSoType, userConnectorTokenType } from '@latchkey/actions-plugin/server/testing';
import type { SavedObjectsType } from '@latchkey/saved-objects';
import {
  createConnector,
  filesOwner,
  launchServer,
  listStrictFiles,
  strictFiles,
  strictFilesOfOtherApp,
  strictOwner,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorLines } from '../support/error_lines.ts';
import { startBeforeAll } from '../support/start_before_all.ts';
import { storedDocuments } from '../support/stored_documents.ts';
import { startWorkLoad, type WorkLoad } from '../support/work_load.ts';

const FIRST_BUILD = new URL('../../stack/builds/first_build.ts', import.meta.url);
const SECOND_BUILD = new URL('../../stack/builds/second_build.ts', import.meta.url);
const UNREADABLE_BUILD = new URL('../builds/unreadable_build.ts', import.meta.url);
/** Number of executions and of edits through each process in each phase. */
const WORK = 12;
/**
 * Number of model versions that the product has. Each build of these tests adds one model version
 * to those of the previous build.
 */
const released = (type: SavedObjectsType): number => Object.keys(type.modelVersions).length;
const CONNECTOR_VERSIONS = released(connectorSoType);
const TYPES = [
  { type: 'action', count: 4, newest: CONNECTOR_VERSIONS + 2 },
  { type: 'user_connector_token', count: 6, newest: released(userConnectorTokenType) + 2 },
] as const;
/** The product's message about a document that the unreadable build wrote. */
const BOTH_VERSIONS = `has model version ${CONNECTOR_VERSIONS + 1} and this build knows [action] up to ${CONNECTOR_VERSIONS}: it cannot read attribute [name]. Start the newer build.`;

onEachStore((store) => {
  describe('two builds whose types differ by one model version', () => {
    let load: WorkLoad | undefined;
    // Hooks run in the order of declaration, so the load stops before the servers do.
    afterAll(() => load?.stop());
    const environment = startBeforeAll({ store, build: FIRST_BUILD });
    let connectors: readonly string[];
    beforeAll(async () => {
      const { first: server, admin, ana, ben } = environment;
      const make = () => createConnector(admin, server, strictFiles(environment));
      connectors = [await make(), await make()];
      for (const connector of connectors) {
        await ana.connect(server, connector);
        await ben.connect(server, connector);
      }
    });

    it('replace each other under load, without an error, a lost attribute or a second backfill', async () => {
      const { ana, admin, first: older } = environment;
      load = startWorkLoad({ environment, connectors, servers: [older] });
      await load.doMore(2);
      // The newer build migrates documents while the older build writes them.
      const newer = await environment.addServer({}, SECOND_BUILD);
      await load.useServers([older, newer]);
      await load.doMore(WORK);

      // Each build creates a connector whose authorization the other build completes. These
      // connectors have an app of their own, whose tokens the load does not use.
      const crossed = [];
      for (const [maker, finisher] of [
        [older, newer],
        [newer, older],
      ] as const) {
        const connector = await createConnector(admin, maker, strictFilesOfOtherApp(environment));
        const callback = await ana.callbackPath(maker, connector, { publicServer: older });
        await ana.call(finisher, `GET ${callback}`);
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
      for (const { output } of environment.servers) expect(errorLines(output())).toEqual([]);
    });

    it.each(TYPES)(
      'store every document of type [$type] in the newer version in the end, whichever build wrote it',
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

  describe('a build on a store to which a newer build has written', () => {
    const environment = startBeforeAll({ store });

    it('can use all documents except the one that it cannot read, logs the reason, and refuses to start again with a message that names both versions', async () => {
      const { admin, ana, dataPath, settings, first: server } = environment;
      const odd = await createConnector(admin, server, {
        ...strictFiles(environment),
        name: 'Odd',
      });
      const even = await createConnector(admin, server, strictFiles(environment));
      for (const connector of [odd, even]) await ana.connect(server, connector);
      await (await environment.addServer({}, UNREADABLE_BUILD)).stop();

      const read = await admin.call(server, `GET /api/actions/connector/${odd}`);
      expect(read).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
      expect(read.text).toContain(BOTH_VERSIONS);
      const execution = await ana.call(server, `POST /api/actions/connector/${odd}/_execute`, {
        params: listStrictFiles,
      });
      expect(execution.status).toBe(503);
      expect(await filesOwner(ana, server, even)).toBe('ana@example.com');
      const list = await admin.json(server, 'GET /api/actions/connectors');
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
