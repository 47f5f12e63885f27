import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { connectorSpecs } from '../connectors/index.ts';
import type { ConnectorSpec } from '../contract/types.ts';
import { getSchemaForAuthType } from '../schema/index.ts';
import { createTestContext, runAction } from './action_context.ts';
import { generateMinimal } from './generate_inputs.ts';
import { configOf, folderOf, loadFixtures } from './load_fixtures.ts';
import { type LocalService, startLocalService } from './local_service.ts';
import { graphqlCall } from './vendor_api/graphql_call.ts';
import { entryOfRoute, operationsOf } from './vendor_api/manifest.ts';
import { loadVendorApi, vendorResponder } from './vendor_api/vendor_responder.ts';

/** Requests of the client of a vendor, which `npm run vendor_api` records. */
const recordedSchema = z.object({
  source: z.record(z.string(), z.string()),
  requests: z.array(
    z.object({
      action: z.string(),
      input: z.record(z.string(), z.unknown()),
      sent: z.array(
        z.object({ method: z.string(), url: z.string(), body: z.unknown().optional() }),
      ),
    }),
  ),
});
const graphqlBody = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).optional(),
});

const fileOf = (spec: ConnectorSpec) => join(folderOf(spec), 'vendor_api', 'sdk_requests.json');
const recordedOf = (spec: ConnectorSpec) =>
  recordedSchema.parse(JSON.parse(readFileSync(fileOf(spec), 'utf8')));

/** Paths without a slash at the end, and queries in any order, which APIs treat as the same. */
const comparable = (
  { method, url, body }: { method: string; url: string; body?: unknown },
  gatewayPath = '',
) => {
  const { pathname, searchParams } = new URL(url, 'https://x.test');
  const graphql = graphqlBody.safeParse(body);
  return {
    request: `${method} ${pathname.replace(gatewayPath, '').replace(/\/$/, '')}`,
    query: [...searchParams].map((pair) => pair.join('=')).sort(),
    body: graphql.success ? graphqlCall(graphql.data) : body,
  };
};
const inOrder = (requests: readonly ReturnType<typeof comparable>[]) =>
  [...requests].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

let service: LocalService;
beforeAll(async () => {
  service = await startLocalService();
});
beforeEach(() => {
  service.received.length = 0;
});
afterAll(() => service.close());

const specs = connectorSpecs.filter((spec) => existsSync(fileOf(spec)));

describe.each(specs.map((spec) => [spec.metadata.id, spec] as const))(
  'the connector type %s',
  (_, spec) => {
    const recorded = recordedOf(spec);

    it.each(recorded.requests)(
      '$action with $input sends the same requests as the client of the vendor',
      async ({ action, input, sent }) => {
        const { facts } = await loadVendorApi(spec);
        service.response = vendorResponder(facts, { size: 'full', variant: 0 });
        const fixtures = await loadFixtures(spec);
        const [entry = 'none'] = spec.auth?.types ?? [];
        const secrets = z
          .record(z.string(), z.unknown())
          .parse(generateMinimal(getSchemaForAuthType(entry).schema));
        const { context } = await createTestContext({
          spec,
          service,
          secrets,
          config: configOf(spec, fixtures),
          grant: fixtures.grant,
        });
        await runAction(spec, context, { name: action, input });
        const ours = service.received.map(({ method, url, body }) =>
          comparable(
            { method, url, body: body === '' ? undefined : JSON.parse(body) },
            facts.gatewayPath,
          ),
        );
        expect(inOrder(ours)).toEqual(inOrder(sent.map((one) => comparable(one))));
      },
    );

    it('has a recorded request for each action that no description covers', async () => {
      const { manifest } = await loadVendorApi(spec);
      const { added = {}, notInSdk = {}, clientFolders, graphql } = manifest;
      // The facts are written from the code of the client, or from documentation.
      const isFromClient = clientFolders !== undefined || graphql !== undefined;
      const needed = [...operationsOf(spec, manifest)]
        .filter(([, all]) => isFromClient || all.some(({ route }) => entryOfRoute(added, route)))
        .map(([name]) => name);
      const covered = [...recorded.requests.map(({ action }) => action), ...Object.keys(notInSdk)];
      expect([...new Set(covered)].sort()).toEqual(needed.sort());
    });

    it('has requests recorded from the client that its manifest names', async () => {
      const { manifest } = await loadVendorApi(spec);
      const named = manifest.sdk ?? manifest.source;
      expect(recorded.source).toEqual({
        package: named?.package,
        version: named?.version,
        licence: named?.licence,
        sha256: named?.sha256,
      });
    });
  },
);
