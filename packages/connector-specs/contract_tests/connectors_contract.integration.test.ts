import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { resolveGrantOrigin } from '@latchkey/oauth-providers';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { connectorSpecs } from '../connectors/index.ts';
import type { ActionDefinition, AuthTypeEntry, ConnectorSpec } from '../contract/types.ts';
import { translationProblems } from '../localization/index.ts';
import { isOperation } from '../operations/index.ts';
import { getSchemaForAuthType, serializeConnectorSpec } from '../schema/index.ts';
import { resolveConfigOrigin } from '../spec_definition/config_origins.ts';
import { providerOf } from '../spec_definition/connector_provider.ts';
import {
  TEST_CONNECTOR_SUB_ACTION,
  validateConnectorSpec,
} from '../spec_definition/define_spec.ts';
import { createTestContext, runAction, runNamedAction } from './action_context.ts';
import type { ContractFixtures } from './fixtures.ts';
import {
  emptyPaths,
  generateInputs,
  generateInvalid,
  generateMinimal,
  negativePaths,
  unboundedPaths,
  wrongMaximums,
} from './generate_inputs.ts';
import { CONNECTORS, configOf, folderOf, loadFixtures } from './load_fixtures.ts';
import { type LocalService, type ReceivedRequest, startLocalService } from './local_service.ts';
import { hasVendorApi, loadVendorApi, vendorResponder } from './vendor_api/vendor_responder.ts';

const FULL = { size: 'full', variant: 0 } as const;
/** Beginnings of names of actions that change or remove existing data. */
const CHANGES =
  /^(assign|clear|createOr|delete|merge|modify|remove|replace|transition|trash|update)/;
const ajv = new Ajv2020({ strict: false });
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Fixtures of the connector. Unless they say otherwise, the service responds as its vendor's
 * description says.
 */
const fixturesOf = async (spec: ConnectorSpec): Promise<ContractFixtures> => {
  const response = hasVendorApi(spec)
    ? { response: vendorResponder((await loadVendorApi(spec)).facts, FULL) }
    : {};
  return { ...response, ...(await loadFixtures(spec)) };
};

/** The scopes that the field of an auth type has in a new form. */
const defaultScopesOf = (entry: AuthTypeEntry) => {
  const { type, defaults = {} } = typeof entry === 'string' ? { type: entry } : entry;
  const text = 'scope' in defaults ? String(defaults['scope']) : '';
  return { type, scopes: text.split(/[\s,]+/).filter((scope) => scope !== '') };
};

/** Returns `true` for an action whose input names the HTTP method. */
const hasMethodInput = ({ input }: ActionDefinition): boolean => {
  const { properties } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  const method = properties?.['method'];
  return typeof method === 'object' && method.enum?.includes('GET') === true;
};

/** Returns `true` for a request that changes nothing. */
const reads = (
  { method, body }: ReceivedRequest,
  { name, fixtures }: { readonly name: string; readonly fixtures: ContractFixtures },
): boolean =>
  SAFE_METHODS.includes(method) ||
  fixtures.queries?.includes(name) === true ||
  /^\{"query":"query /.test(body);

/**
 * A text in the form of a private key. No such text can be generated from the pattern of the field.
 */
const PRIVATE_KEY = '-----BEGIN PRIVATE KEY-----a-----END PRIVATE KEY-----';

const secretsOf = (spec: ConnectorSpec, entry: AuthTypeEntry): Record<string, unknown> => {
  const schema = spec.credentials?.secrets ?? getSchemaForAuthType(entry).schema;
  const minimal = z.record(z.string(), z.unknown()).parse(generateMinimal(schema));
  return schema.parse('privateKey' in minimal ? { ...minimal, privateKey: PRIVATE_KEY } : minimal);
};

const allowedOrigins = (
  spec: ConnectorSpec,
  config: Record<string, unknown>,
  { grant = {} }: ContractFixtures,
): string[] => [
  ...(spec.apiOrigins ?? []).flatMap((origin) => {
    const configured = resolveConfigOrigin(origin, config);
    return (configured && resolveGrantOrigin(configured, grant)) ?? [];
  }),
  ...(spec.validateUrls?.fields ?? []).map((field) => new URL(String(config[field])).origin),
];

let service: LocalService;
beforeAll(async () => {
  service = await startLocalService();
  // A handler that does not use its client bypasses credentials, limits and the allow-list.
  vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('handlers use context.client'));
});
beforeEach(() => {
  service.received.length = 0;
});
afterAll(async () => {
  vi.restoreAllMocks();
  await service.close();
});

it('the registry lists every connector folder', async () => {
  const folders = (await readdir(CONNECTORS, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(CONNECTORS, entry.name));
  expect(connectorSpecs.map(folderOf).sort()).toEqual(folders.sort());
});

it('every connector has a unique id', () => {
  const ids = connectorSpecs.map((spec) => spec.metadata.id);
  expect(new Set(ids).size).toBe(ids.length);
});

it('every connector has an icon of its own, which exists in the icon map of EUI', async () => {
  // The map is read as text, because EUI is not a dependency of this package.
  const { resolve } = createRequire(import.meta.url);
  const path = resolve('@elastic/eui/es/components/icon/icon_map.js');
  const types = new Set(
    [...(await readFile(path, 'utf8')).matchAll(/^ {2}(\w+): /gm)].map(([, type]) => type),
  );
  const icons = connectorSpecs.map(({ metadata: { id, icon = '' } }) => ({ id, icon }));
  const byIcon = Map.groupBy(icons, ({ icon }) => icon);
  const twice = [...byIcon.values()].filter((same) => same.length > 1);
  expect({ usedByTwoConnectors: twice }).toEqual({ usedByTwoConnectors: [] });
  const unknown = icons.filter(({ icon }) => !types.has(icon));
  expect({ notInEui: unknown, path }).toEqual({ notInEui: [], path });
});

describe.each(connectorSpecs.map((spec) => [spec.metadata.id, spec] as const))(
  'the connector type %s',
  (_, spec) => {
    const entries = spec.auth?.types ?? ['none'];

    it('follows the contract and is serialized as JSON', () => {
      expect(() => validateConnectorSpec(spec)).not.toThrow();
      const serialized = serializeConnectorSpec(spec);
      expect(JSON.parse(JSON.stringify(serialized))).toEqual(serialized);
    });

    it('has an account call in its fixtures if users authorize at a known provider', async () => {
      const isPersonal = entries.some(
        (entry) => (typeof entry === 'string' ? entry : entry.type) === 'oauth_authorization_code',
      );
      const { accountCall } = await loadFixtures(spec);
      const accountCalls = accountCall === undefined ? 0 : 1;
      expect({ accountCalls }).toEqual({ accountCalls: isPersonal && spec.provider ? 1 : 0 });
      expect(Object.keys(spec.actions)).toEqual(
        expect.arrayContaining(accountCall === undefined ? [] : [accountCall.action]),
      );
    });

    it('has German texts for all its forms, and no unused ones', () => {
      expect(translationProblems(spec, 'de')).toEqual([]);
    });

    it('requests scopes for each action, unless its fixtures say that it needs none', async () => {
      const actions = Object.entries(spec.actions);
      const scopeless = actions.filter(
        ([, { oauthScopes = [], optionalScopes = [] }]) =>
          oauthScopes.length + optionalScopes.length === 0,
      );
      const { withoutScopes = [] } = await loadFixtures(spec);
      const isWithout = scopeless.length === actions.length;
      expect(isWithout ? [] : scopeless.map(([name]) => name)).toEqual(withoutScopes);
    });

    it('requests by default a scope for each action, and no unneeded scope', async () => {
      const { otherScopes = {} } = await loadFixtures(spec);
      const needs = [...Object.values(spec.actions), spec.test].flatMap(
        ({ oauthScopes = [] }: Pick<ActionDefinition, 'oauthScopes'>) =>
          oauthScopes.map((scope) => [scope].flat()),
      );
      const optional = Object.values(spec.actions).flatMap((action) => action.optionalScopes ?? []);
      const forRefresh = providerOf(spec)?.refreshToken?.needsScope;
      const known = new Set([
        ...needs.flat(),
        ...optional,
        ...Object.keys(otherScopes),
        forRefresh,
      ]);
      for (const entry of entries) {
        const { type, scopes } = defaultScopesOf(entry);
        const isForAll = scopes.some((scope) => scope.endsWith('/.default'));
        const unknown = scopes.filter((scope) => !known.has(scope) && !scope.endsWith('/.default'));
        expect([type, unknown]).toEqual([type, []]);
        // The apps of EARS may have fewer scopes than the actions need. `.default` stands for the
        // scopes of the app registration.
        if (type !== 'oauth_authorization_code' || isForAll) continue;
        const lacking = needs.filter((need) => !need.some((scope) => scopes.includes(scope)));
        expect(lacking).toEqual([]);
        if (forRefresh !== undefined && scopes.length > 0) expect(scopes).toContain(forRefresh);
      }
    });

    it('states the scope `destroy` exactly for the actions that change or remove existing data', () => {
      const actions = Object.entries(spec.actions);
      const changes = actions.filter(
        ([name, action]) =>
          hasMethodInput(action) ||
          CHANGES.test(name) ||
          (isOperation(action) && /^(PUT|PATCH|DELETE) /.test(action.route)),
      );
      const stated = actions.filter(([, { scope }]) => scope === 'destroy');
      expect(stated.map(([name]) => name)).toEqual(changes.map(([name]) => name));
    });

    it('offers each action to language models, unless its fixtures say why not', async () => {
      const actions = Object.entries(spec.actions);
      const notTools = actions.filter(([, { isTool }]) => isTool !== true).map(([name]) => name);
      const { notTools: stated = {} } = await loadFixtures(spec);
      expect(notTools.sort()).toEqual(Object.keys(stated).sort());
    });

    it('in descriptions, states only maximums that the schema enforces', () => {
      const wrong = serializeConnectorSpec(spec).actions.flatMap(({ name, input }) =>
        wrongMaximums(input, name),
      );
      expect(wrong).toEqual([]);
    });

    it('refuses empty required texts and lists, unless its fixtures permit them', async () => {
      const { mayBeEmpty = {} } = await loadFixtures(spec);
      const { actions } = serializeConnectorSpec(spec);
      const paths = actions.flatMap(({ name, input }) => emptyPaths(input, name));
      expect(paths.sort()).toEqual(Object.keys(mayBeEmpty).sort());
    });

    it('refuses negative integers in inputs', () => {
      const { actions } = serializeConnectorSpec(spec);
      expect(actions.flatMap(({ name, input }) => negativePaths(input, name))).toEqual([]);
    });

    it('limits every string and array that a caller or an administrator may send', () => {
      const { schema, actions } = serializeConnectorSpec(spec);
      expect(unboundedPaths(schema)).toEqual([]);
      expect(actions.flatMap(({ name, input }) => unboundedPaths(input, name))).toEqual([]);
    });

    it('reports invalid texts as issues: no check of its schemas throws', () => {
      const secrets = entries.map(
        (entry) => spec.credentials?.secrets ?? getSchemaForAuthType(entry).schema,
      );
      const inputs = Object.values(spec.actions).map(({ input }) => input);
      for (const schema of [...(spec.schema ? [spec.schema] : []), ...secrets, ...inputs]) {
        for (const value of generateInvalid(schema)) {
          expect(() => schema.safeParse(value)).not.toThrow();
        }
      }
    });

    it.each(
      entries.map((entry) => [typeof entry === 'string' ? entry : entry.type, entry] as const),
    )(
      'runs every action with %s, reads with safe methods and calls only its own API',
      async (_authType, entry) => {
        const fixtures = await fixturesOf(spec);
        service.response = fixtures.response ?? (() => ({}));
        const config = configOf(spec, fixtures);
        const secrets = secretsOf(spec, entry);
        const { grant } = fixtures;
        const made = await createTestContext({ spec, service, config, secrets, grant });
        const { context, origins } = made;
        for (const [name, action] of Object.entries(spec.actions)) {
          service.received.length = 0;
          for (const input of fixtures.inputs?.[name] ?? generateInputs(action.input)) {
            expect(await runNamedAction(spec, context, { name, input })).toBeDefined();
          }
          expect(service.received.length).toBeGreaterThan(0);
          if (!hasMethodInput(action)) {
            const isRead = service.received.every((request) => reads(request, { name, fixtures }));
            expect([name, action.scope === 'read']).toEqual([name, isRead]);
          }
        }
        expect(allowedOrigins(spec, config, fixtures)).toEqual(
          expect.arrayContaining([...origins]),
        );
      },
    );

    it('lists only API origins that it calls with some auth type', async () => {
      const fixtures = await fixturesOf(spec);
      service.response = fixtures.response ?? (() => ({}));
      const config = configOf(spec, fixtures);
      const called = new Set<string>();
      for (const entry of entries) {
        const secrets = secretsOf(spec, entry);
        const { grant } = fixtures;
        const { context, origins } = await createTestContext({
          spec,
          service,
          config,
          secrets,
          grant,
        });
        for (const [name, action] of Object.entries(spec.actions)) {
          const [input] = fixtures.inputs?.[name] ?? generateInputs(action.input);
          await runNamedAction(spec, context, { name, input });
        }
        for (const origin of origins) called.add(origin);
      }
      expect(called).toEqual(new Set(allowedOrigins(spec, config, fixtures)));
    });

    it('returns results that match the declared schema', async () => {
      const fixtures = await fixturesOf(spec);
      service.response = fixtures.response ?? (() => ({}));
      const config = configOf(spec, fixtures);
      const secrets = secretsOf(spec, entries[0] ?? 'none');
      const { grant } = fixtures;
      const { context } = await createTestContext({ spec, service, config, secrets, grant });
      const wrong: unknown[] = [];
      for (const [name, { input, output }] of Object.entries(spec.actions)) {
        if (output === undefined) continue;
        const schema = z.toJSONSchema(output, { io: 'output', unrepresentable: 'any' });
        const check = ajv.compile(schema);
        for (const call of fixtures.inputs?.[name] ?? generateInputs(input)) {
          // A result of a call with `raw` has the form of the vendor.
          const isRaw = z.looseObject({ raw: z.literal(true) }).safeParse(call).success;
          const given = isRaw ? Object.assign({}, call, { raw: false }) : call;
          const result = await runNamedAction(spec, context, { name, input: given });
          if (!check(JSON.parse(JSON.stringify(result)))) wrong.push([name, call, check.errors]);
        }
      }
      expect(wrong).toEqual([]);
    });

    it('repeats a failed request only if the repetition changes nothing', async () => {
      const fixtures = await fixturesOf(spec);
      const config = configOf(spec, fixtures);
      const secrets = secretsOf(spec, entries[0] ?? 'none');
      const { grant, repeatable = {}, notRepeatable = {} } = fixtures;
      let response = fixtures.response ?? (() => ({}));
      const made = await createTestContext({ spec, service, config, secrets, grant });
      // With this key, a connector that sends idempotency keys would also repeat its writes.
      const context = { ...made.context, idempotencyKey: 'dev-only-key' };
      const sent = new Map<string, number>();
      // The first attempt of each request fails.
      service.response = (request) => {
        const key = [request.method, request.url, request.body].join(' ');
        const count = (sent.get(key) ?? 0) + 1;
        sent.set(key, count);
        return count === 1 ? { status: 503, headers: { 'retry-after': '0' } } : response(request);
      };
      const wrong: string[] = [];
      for (const [name, action] of Object.entries(spec.actions)) {
        if (hasMethodInput(action)) continue;
        const inputs = fixtures.inputs?.[name] ?? generateInputs(action.input);
        // The input decides which operations a handler calls. The largest input is left out,
        // because its lists have equal items.
        const [minimal, full, _large, ...others] = inputs;
        for (const input of isOperation(action) ? [minimal] : [minimal, full, ...others]) {
          if (input === undefined) continue;
          // The first response of an operation is its full one.
          response = (await fixturesOf(spec)).response ?? response;
          sent.clear();
          service.received.length = 0;
          await runAction(spec, context, { name, input }).catch(() => undefined);
          for (const request of service.received) {
            const { method, url, body } = request;
            // RFC 9110 section 9.2.2 defines the idempotent methods.
            const isIdempotent =
              ['PUT', 'DELETE'].includes(method) || reads(request, { name, fixtures });
            const isRepeated = (isIdempotent && !(name in notRepeatable)) || name in repeatable;
            const count = sent.get([method, url, body].join(' '));
            const expected = isRepeated ? 2 : 1;
            const hint = isRepeated
              ? 'set isRepeatable, or give a reason in notRepeatable of the fixtures'
              : 'give a reason in repeatable of the fixtures, if a repetition is safe';
            if (count !== expected)
              wrong.push(
                `${name} ${method} ${url} was sent ${count}, not ${expected} times: ${hint}`,
              );
          }
        }
      }
      expect(wrong).toEqual([]);
    });

    it('fails its connection test when the service rejects the credentials', async () => {
      const fixtures = await fixturesOf(spec);
      if (!spec.test.enabled) {
        expect(Object.keys(spec.actions)).not.toContain(TEST_CONNECTOR_SUB_ACTION);
        return;
      }
      const config = configOf(spec, fixtures);
      const secrets = secretsOf(spec, entries[0] ?? 'none');
      const { grant } = fixtures;
      const { context } = await createTestContext({ spec, service, config, secrets, grant });
      service.response = () => ({ status: 401, body: { error: 'no' } });
      await expect(spec.test.handler(context)).rejects.toThrow();
      service.response = fixtures.response ?? (() => ({}));
      await expect(spec.test.handler(context)).resolves.toBeDefined();
    });
  },
);
