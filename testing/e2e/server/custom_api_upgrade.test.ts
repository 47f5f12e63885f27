import { connectorSoType } from '@latchkey/actions-plugin/server/testing';
import type { Reachable } from '@latchkey/test-environment';
import {
  createConnector,
  filesOwner,
  listStrictFiles,
  strictFiles,
  strictFilesOfOtherApp,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { errorLines } from '../support/error_lines.ts';
import { startBeforeAll } from '../support/start_before_all.ts';
import { storedDocuments } from '../support/stored_documents.ts';

const OLD_BUILD = new URL('../builds/before_custom_api_build.ts', import.meta.url);

/** A module that changes nothing, for the product's own build. */
const PRODUCT = new URL('data:text/javascript,');

const NEWEST = Math.max(...Object.keys(connectorSoType.modelVersions).map(Number));

const views = z.array(z.looseObject({ id: z.string(), connector_type_id: z.string() }));
const fingerprints = (documents: Awaited<ReturnType<typeof storedDocuments>>) =>
  documents.map(({ key, attributes }) => [key, attributes['clientFingerprint']]).sort();

onEachStore((store) => {
  describe('servers of the builds before and after the generic type became .custom_api', () => {
    const environment = startBeforeAll({ store, build: OLD_BUILD });
    /**
     * Connectors that the old build has created: one per user, one with a fixed key, one without
     * credentials.
     */
    let personal: string;
    let fixed: string;
    let open: string;
    beforeAll(async () => {
      const { admin, ana, ben, first: old } = environment;
      const make = (body: Parameters<typeof createConnector>[2]) =>
        createConnector(admin, old, { ...body, connector_type_id: '.http' });
      const { config } = strictFiles(environment);
      personal = await make(strictFiles(environment));
      fixed = await make({
        name: 'Fixed',
        connector_type_id: '.http',
        config: { ...config },
        secrets: { authType: 'api_key_header', headerField: 'X-Key', apiKey: 'development-key' },
      });
      open = await make({ name: 'Open', connector_type_id: '.http', config: { ...config } });
      for (const user of [ana, ben]) await user.connect(old, personal);
    });

    const list = async (server: Reachable) =>
      views.parse(await environment.admin.json(server, 'GET /api/actions/connectors'));
    const typeOf = async (server: Reachable, id: string) =>
      (await list(server)).find((view) => view.id === id)?.connector_type_id;

    it('serve the same connectors side by side, without new authorizations and without lost secrets', async () => {
      const { admin, ana, ben, first: old } = environment;
      const before = fingerprints(await storedDocuments(environment, 'user_connector_token'));
      const renewed = await environment.addServer({}, PRODUCT);

      for (const id of [personal, fixed, open]) {
        expect(await typeOf(renewed, id)).toBe('.custom_api');
        expect(await typeOf(old, id)).toBe('.http');
      }
      const rows = await storedDocuments(environment, 'action');
      for (const { attributes, modelVersion } of rows) {
        expect(attributes).toMatchObject({
          actionTypeId: '.http',
          connectorTypeId: '.custom_api',
        });
        expect(modelVersion).toBe(NEWEST);
      }
      for (const server of [old, renewed, old]) {
        expect(await filesOwner(ana, server, personal)).toBe('ana@example.com');
        expect(await filesOwner(ben, server, personal)).toBe('ben@example.com');
        for (const id of [fixed, open]) {
          const response = await ana.execute(server, id, listStrictFiles);
          expect(response).toMatchObject({ status: 'ok', data: { status: 401 } });
        }
      }
      expect(fingerprints(await storedDocuments(environment, 'user_connector_token'))).toEqual(
        before,
      );

      // Each server edits the documents of the other one, and creates a connector that the other
      // executes.
      for (const [editor, other] of [
        [old, renewed],
        [renewed, old],
      ] as const) {
        const edited = await admin.call(editor, `PUT /api/actions/connector/${personal}`, {
          name: 'Renamed',
          config: strictFiles(environment).config,
        });
        expect(edited.status).toBe(200);
        expect(edited.text).not.toContain('disconnected_users');
        expect(await filesOwner(ana, other, personal)).toBe('ana@example.com');
        const made = await createConnector(admin, editor, {
          ...strictFilesOfOtherApp(environment),
          connector_type_id: editor === old ? '.http' : '.custom_api',
        });
        await ana.connect(old, made);
        expect(await filesOwner(ana, other, made)).toBe('ana@example.com');
        expect(await typeOf(renewed, made)).toBe('.custom_api');
      }
    });

    it('keep connectors in Kibana’s format apart: the old server refuses to execute one, and does not damage it', async () => {
      const { admin, ana } = environment;
      const [old, renewed] = environment.servers;
      if (renewed === undefined) throw new Error('the second server was not started');
      const id = await createConnector(admin, renewed, {
        name: 'As in Kibana',
        connector_type_id: '.http',
        config: { ...strictFiles(environment).config, hasAuth: false },
      });
      const execute = (server: Reachable) =>
        ana.call(server, `POST /api/actions/connector/${id}/_execute`, {
          params: { subAction: 'request', subActionParams: { path: '/files' } },
        });
      expect(await execute(old)).toMatchObject({ status: 400 });
      const response = await execute(renewed);
      expect(response.status).toBe(200);
      expect(response.text).toContain('[401]');
      expect(await typeOf(renewed, id)).toBe('.http');
    });

    it('convert every connector to the new format once the old server has stopped', async () => {
      const { ana } = environment;
      const [old, renewed] = environment.servers;
      if (renewed === undefined) throw new Error('the second server was not started');
      await old.stop();
      const after = await environment.addServer({}, PRODUCT);
      expect(await filesOwner(ana, after, personal)).toBe('ana@example.com');
      expect(await ana.connectionStatus(after, personal)).toBe('connected');
      const rows = await storedDocuments(environment, 'action');
      expect(rows.map(({ modelVersion }) => modelVersion)).toEqual(rows.map(() => NEWEST));
      for (const { output } of environment.servers) expect(errorLines(output())).toEqual([]);
    });
  });
});
