import { isRecord, pathSteps } from '@latchkey/oauth-providers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectorSpecs } from '../connectors/index.ts';
import type { ActionDefinition, AuthTypeEntry } from '../contract/types.ts';
import { isOperation, type OperationRequest } from '../operations/index.ts';
import { getSchemaForAuthType, toJsonSchema } from '../schema/index.ts';
import { createTestContext, runAction } from './action_context.ts';
import { generateInputs, generateMinimal, generateSpecial } from './generate_inputs.ts';
import { configOf, loadFixtures } from './load_fixtures.ts';
import { type LocalService, startLocalService } from './local_service.ts';
import { type CheckedRequest, checkRequest } from './vendor_api/check_request.ts';
import { checkScopes } from './vendor_api/check_scopes.ts';
import { enumValuesOf } from './vendor_api/enum_values.ts';
import type { VendorFacts } from './vendor_api/facts.ts';
import {
  entryOfRoute,
  factsKeyOf,
  factsOf,
  operationsOf,
  positionalRoute,
  requestsOf,
  type VendorManifest,
} from './vendor_api/manifest.ts';
import { freePlacesOf, type MutatedRequest, mutationsOf } from './vendor_api/mutate_request.ts';
import { missingFields, outputMaskOf } from './vendor_api/output_mask.ts';
import type { Sample } from './vendor_api/sample_response.ts';
import { unselectedFields } from './vendor_api/selected_fields.ts';
import { hasVendorApi, loadVendorApi, vendorResponder } from './vendor_api/vendor_responder.ts';

const FOREIGN = 'https://foreign.test/page?page=2';
const FOREIGN_LINKS = [FOREIGN, '//foreign.test/page?page=2', 'https://u:p@foreign.test/?page=2'];

/** A call of an action, and the response that it gets. */
interface Call {
  readonly name: string;
  readonly input: unknown;
  readonly sample: Sample;
}

const FULL: Sample = { size: 'full', variant: 0 };
const SAMPLES: readonly Sample[] = [
  FULL,
  { size: 'minimal', variant: 0 },
  { size: 'full', variant: 1 },
  { size: 'full', variant: 2 },
];

let service: LocalService;
beforeAll(async () => {
  service = await startLocalService();
});
afterAll(() => service.close());

/**
 * An input with cursors that the requests accept. The vendor chooses cursors, so a generated text
 * would not be one.
 */
const withCursors = (input: unknown, requests: readonly OperationRequest[]): unknown => {
  const cursors = new Set(requests.map(({ pages }) => pages?.cursor));
  const isUrl = requests.some(({ pages }) => pages?.next === 'url');
  const entries = Object.entries(input as Record<string, unknown>);
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      cursors.has(name) && typeof value === 'string' && !isUrl ? '2' : value,
    ]),
  );
};

const hasAll = (input: unknown): boolean =>
  typeof input === 'object' && input !== null && 'all' in input;

/** The scopes that are requested for an action. Each list contains scopes of which one suffices. */
const scopesOf = (action: Pick<ActionDefinition, 'oauthScopes' | 'optionalScopes'>) =>
  [...(action.oauthScopes ?? []), ...(action.optionalScopes ?? [])].map((scope) =>
    typeof scope === 'string' ? [scope] : scope,
  );

/** Auth type whose token is that of the application, not of a user. */
const APPLICATION = 'oauth_client_credentials';

const withField = (input: unknown, name: string, value: string): unknown => ({
  [name]: value,
  ...(input as Record<string, unknown>),
});

/** An object with another value at a path. */
const withValueAt = (
  value: Readonly<Record<string, unknown>>,
  [step = '', ...rest]: readonly string[],
  replaced: unknown,
): Record<string, unknown> => {
  const inner = value[step];
  return {
    ...value,
    [step]:
      rest.length === 0 ? replaced : withValueAt(isRecord(inner) ? inner : {}, rest, replaced),
  };
};

/** Adds a value to the set of a key. */
const added = <K>(sets: Map<K, Set<string>>, key: K, value: string): void => {
  sets.set(key, new Set([...(sets.get(key) ?? []), value]));
};

const typeOf = (entry: AuthTypeEntry): string => (typeof entry === 'string' ? entry : entry.type);

/** Facts of an operation, found by its route or the name of its GraphQL document. */
const operationFactsOf = ({ operations }: VendorFacts, name: string) =>
  entryOfRoute(operations, name)?.[1] ??
  Object.entries(operations).find(([key]) => key.endsWith(` ${name}`))?.[1];

const connectors = connectorSpecs.filter(hasVendorApi);

describe.each(connectors.map((spec) => [spec.metadata.id, spec] as const))(
  'the connector type %s',
  (_, spec) => {
    let facts: VendorFacts;
    let manifest: VendorManifest;
    beforeAll(async () => {
      ({ facts, manifest } = await loadVendorApi(spec));
    });

    /**
     * Lets the service respond as the vendor's description says. Returns the list to which checked
     * requests are added.
     */
    const respondWith = (
      sample: Sample,
      headers: Record<string, string> = {},
    ): CheckedRequest[] => {
      const checked: CheckedRequest[] = [];
      const respond = vendorResponder(facts, sample, (result) => checked.push(result));
      service.response = (request) => ({ ...respond(request), headers });
      return checked;
    };

    const contextFor = async (entry: AuthTypeEntry = spec.auth?.types[0] ?? 'none') => {
      const secrets = generateMinimal(getSchemaForAuthType(entry).schema) as Record<
        string,
        unknown
      >;
      const fixtures = await loadFixtures(spec);
      const config = configOf(spec, fixtures);
      return createTestContext({ spec, service, config, secrets, grant: fixtures.grant });
    };

    it('has vendor facts exactly for the operations of its actions', () => {
      const operations = operationsOf(spec, manifest);
      expect([...operations].filter(([, requests]) => requests.length === 0)).toEqual([]);
      const keys = requestsOf(spec, manifest).map((request) =>
        positionalRoute(factsKeyOf(request)),
      );
      const known = Object.keys(facts.operations).map(positionalRoute);
      expect(known.sort()).toEqual([...new Set(keys)].sort());
      expect(facts.source).toEqual(manifest.source);
    });

    it('requests for each action the scopes of the operations that its handler calls', () => {
      const lacking = [...operationsOf(spec, manifest)].flatMap(([name, requests]) => {
        const has = scopesOf(spec.actions[name] as ActionDefinition);
        return requests
          .flatMap(scopesOf)
          .filter((need) => !has.some((one) => one.every((scope) => need.includes(scope))))
          .map((need) => `${name}: ${need.join(' or ')}`);
      });
      expect(lacking).toEqual([]);
    });

    it('calls the API at the documented origins', () => {
      expect(spec.apiOrigins).toEqual(manifest.origins);
    });

    it('accepts for each action the scopes that the vendor documents, and no others', () => {
      const { unusedScopes = [], test } = manifest;
      const wrong = [
        ...operationsOf(spec, manifest),
        ...(test?.oauthScopes === undefined ? [] : [['connection test', [test]] as const]),
      ].flatMap(([name, requests]) => {
        const documented = requests.flatMap((one) => factsOf(facts.operations, one) ?? []);
        const found = checkScopes(spec.actions[name] ?? test ?? {}, documented, unusedScopes);
        return found.map((problem) => `${name} ${problem}`);
      });
      expect(wrong).toEqual([]);
      const all = Object.values(facts.operations).flatMap(({ scopes = [] }) => scopes);
      expect(all).toEqual(expect.arrayContaining([...unusedScopes]));
      for (const [name, { source: _, ...documented }] of Object.entries(manifest.scopes ?? {}))
        expect(operationFactsOf(facts, name)).toMatchObject(documented);
    });

    it('names scopes as the vendor names them', () => {
      const { scopeNames } = manifest;
      if (scopeNames === undefined) return;
      const named = new Set(Object.values(spec.actions).flatMap(scopesOf).flat());
      expect([...named].sort()).toEqual([...scopeNames].sort());
    });

    it('returns only fields that the vendor documents', () => {
      const missing = [...operationsOf(spec, manifest)].flatMap(([name, requests]) =>
        requests.flatMap((request) => {
          const mask = outputMaskOf(request);
          const schemas = (factsOf(facts.operations, request)?.responses ?? [])
            .map(({ schema }) => schema)
            .filter((schema) => schema !== undefined);
          return mask === undefined ? [] : missingFields({ anyOf: schemas }, mask, name);
        }),
      );
      expect(missing).toEqual([]);
    });

    it('reads the size of a page from the input that sets it', () => {
      const wrong = Object.entries(spec.actions).flatMap(([name, action]) => {
        const { input, pages } = isOperation(action) ? action : {};
        if (input === undefined || pages === undefined) return [];
        const { properties } = toJsonSchema(input);
        const limit = 'limit' in pages ? pages.limit?.size : undefined;
        return ['size' in pages ? pages.size : undefined, limit]
          .filter((size) => size !== undefined)
          .map((size) => [name, size, isRecord(properties) ? properties[size] : undefined])
          .filter(([, , field]) => !/ per page\b/.test(JSON.stringify(field) ?? ''));
      });
      expect(wrong).toEqual([]);
    });

    it('reads all pages of each list on request, also where a handler chooses the operation', () => {
      const withoutAll = [...operationsOf(spec, manifest)].flatMap(([name, requests]) => {
        const { input, output } = spec.actions[name] as ActionDefinition;
        const isList = requests.some(
          (one) => 'output' in one && one.output === output && one.pages,
        );
        return isList && !generateInputs(input).some((one) => hasAll(one)) ? [name] : [];
      });
      expect(withoutAll).toEqual([]);
    });

    const entries: readonly AuthTypeEntry[] = spec.auth?.types ?? ['none'];

    /** The inputs of all actions, with the responses that they get. */
    const callsOf = async (): Promise<readonly Call[]> => {
      const { inputs = {} } = await loadFixtures(spec);
      return [...operationsOf(spec, manifest)].flatMap(([name, requests]) => {
        const { input: schema } = spec.actions[name] as ActionDefinition;
        const [minimal, ...others] = generateInputs(schema);
        const more = [...others, ...generateSpecial(schema), ...(inputs[name] ?? [])];
        return [
          ...SAMPLES.map((sample) => ({ name, input: minimal, sample })),
          ...more.map((input) => ({ name, input: withCursors(input, requests), sample: FULL })),
        ];
      });
    };

    const headersOf = (route: string) => manifest.headers?.[route] ?? manifest.headers?.['*'] ?? {};

    interface Recording {
      /** Operations that were requested. */
      readonly routes: Set<string>;
      readonly problems: unknown[];
      /** Objects in bodies whose fields the caller names, after their route. */
      readonly free: Set<string>;
      /** Sent and documented values, by the route and the place. */
      readonly values: Map<
        string,
        { readonly sent: Set<string>; readonly documented: Set<string> }
      >;
      /** Sent values of documented headers, by the route and the name. */
      readonly headers: Map<string, Set<string>>;
      /** Fields of partial responses that were asked for, by the route. */
      readonly fields: Map<string, Set<string>>;
      /** Requests with a mistake that the check does not find. */
      readonly missed: MutatedRequest[];
    }
    const recordings = new Map<AuthTypeEntry, Promise<Recording>>();

    /** Runs every action with all inputs, and the connection test. Each auth type once. */
    const recordingOf = (entry: AuthTypeEntry): Promise<Recording> => {
      const known = recordings.get(entry) ?? record(entry);
      recordings.set(entry, known);
      return known;
    };

    const record = async (entry: AuthTypeEntry): Promise<Recording> => {
      const { context } = await contextFor(entry);
      const { userInputs = {} } = await loadFixtures(spec);
      const recording: Recording = {
        routes: new Set(),
        problems: [],
        values: new Map(),
        headers: new Map(),
        fields: new Map(),
        free: new Set(),
        missed: [],
      };
      const mutated = new Set<string>();
      const run = async (call: unknown, sample: Sample, send: () => unknown) => {
        let count = 0;
        service.response = vendorResponder(
          facts,
          sample,
          ({ route, problems }, request, headers) => {
            count += 1;
            if (problems.length > 0) recording.problems.push([call, route, problems]);
            if (route === undefined || problems.length > 0) return;
            recording.routes.add(route);
            const operation = facts.operations[route];
            for (const place of operation === undefined ? [] : freePlacesOf(request, operation))
              recording.free.add(`${route} ${place}`);
            for (const { place, sent, documented } of operation
              ? enumValuesOf(request, operation)
              : []) {
              const known = recording.values.get(`${route} ${place}`) ?? {
                sent: new Set(),
                documented: new Set(documented.map(String)),
              };
              for (const value of sent) known.sent.add(String(value));
              recording.values.set(`${route} ${place}`, known);
            }
            for (const name of Object.keys(headersOf(route)))
              added(recording.headers, `${route} ${name}`, String(headers[name]));
            const fields = new URLSearchParams(request.url.split('?')[1] ?? '').get('fields');
            if (fields !== null) added(recording.fields, route, fields);
            for (const mutation of mutationsOf(request, facts, route)) {
              const key = [route, mutation.mistake, mutation.place].join(' ');
              if (mutated.has(key)) continue;
              mutated.add(key);
              if (checkRequest(facts, mutation).problems.length === 0)
                recording.missed.push(mutation);
            }
          },
        );
        await Promise.resolve()
          .then(send)
          .catch((error: unknown) => {
            recording.problems.push([call, String(error)]);
          });
        if (count === 0) recording.problems.push([call, 'sent no request']);
      };
      for (const all of await callsOf()) {
        const user = typeOf(entry) === APPLICATION ? userInputs[all.name] : undefined;
        const call = user === undefined ? all : { ...all, input: withField(all.input, user, 'u1') };
        await run(call, call.sample, () => runAction(spec, context, call));
      }
      if (spec.test.enabled) await run('connection test', FULL, () => spec.test.handler(context));
      return recording;
    };

    it.each(entries.map((entry) => [typeOf(entry), entry] as const))(
      'with %s, sends documented requests and accepts documented responses',
      async (_type, entry) => {
        const { problems } = await recordingOf(entry);
        expect(problems).toEqual([]);
      },
    );

    it.each(entries.map((entry) => [typeOf(entry), entry] as const))(
      'with %s, sends requests in which the check finds every injected mistake',
      async (_type, entry) => {
        const { missed, free } = await recordingOf(entry);
        expect(missed).toEqual([]);
        const stated = Object.entries(manifest.freeFields ?? {}).flatMap(([route, places]) =>
          places.map((place) => `${route} ${place}`),
        );
        expect([...free].sort()).toEqual(stated.sort());
      },
    );

    it('sends each documented value of a field, or its manifest says that it is not used', async () => {
      const stated = manifest.unusedValues ?? {};
      const unused: Record<string, readonly string[] | 'fixed'> = {};
      const all = new Map<string, { sent: Set<string>; documented: Set<string> }>();
      for (const entry of entries) {
        for (const [place, { sent, documented }] of (await recordingOf(entry)).values) {
          const known = all.get(place) ?? { sent: new Set(), documented };
          all.set(place, { sent: known.sent.union(sent), documented });
        }
      }
      for (const [place, { sent, documented }] of all) {
        const missing = [...documented.difference(sent)];
        if (missing.length > 0)
          unused[place] = stated[place] === 'fixed' ? 'fixed' : missing.sort();
      }
      expect(unused).toEqual(stated);
    });

    it('sends the documented headers', async () => {
      const sent = new Map<string, Set<string>>();
      for (const entry of entries) {
        for (const [key, values] of (await recordingOf(entry)).headers)
          for (const value of values) added(sent, key, value);
      }
      const documented = Object.keys(facts.operations).flatMap((route) =>
        Object.entries(headersOf(route)).map(([name, values]) => [`${route} ${name}`, values]),
      );
      expect(
        Object.fromEntries([...sent].map(([key, values]) => [key, [...values].sort()])),
      ).toEqual(Object.fromEntries(documented));
    });

    it('requests all fields that it reads from a partial response', async () => {
      const sent = new Map<string, Set<string>>();
      for (const entry of entries) {
        for (const [route, values] of (await recordingOf(entry)).fields)
          for (const value of values) added(sent, positionalRoute(route), value);
      }
      const lacking = requestsOf(spec, manifest).flatMap((request) => {
        const masks = [...(sent.get(positionalRoute(request.route)) ?? [])];
        const mask = outputMaskOf(request);
        if (masks.length === 0 || mask === undefined) return [];
        const paths = masks.map((fields) => unselectedFields(fields, mask));
        return paths.some((one) => one.length === 0) ? [] : [[request.route, paths]];
      });
      expect(lacking).toEqual([]);
    });

    it('requires a user name when the application itself is authorized', async () => {
      const { userInputs = {} } = await loadFixtures(spec);
      const entry = entries.find((one) => typeOf(one) === APPLICATION);
      if (entry === undefined) return;
      const { context } = await contextFor(entry);
      respondWith(FULL);
      const refused: unknown[] = [];
      for (const name of Object.keys(spec.actions)) {
        const [input] = generateInputs((spec.actions[name] as ActionDefinition).input);
        const outcome = await runAction(spec, context, { name, input }).catch(String);
        const [, field] =
          /\[(\w+)\] is required with client credentials/.exec(String(outcome)) ?? [];
        if (field !== undefined) refused.push([name, field]);
      }
      expect(refused).toEqual(Object.entries(userInputs));
    });

    it('requests each documented operation', async () => {
      const seen = new Set<string>();
      for (const entry of entries) {
        for (const route of (await recordingOf(entry)).routes) seen.add(route);
      }
      expect([...seen].sort()).toEqual(Object.keys(facts.operations).sort());
    });

    it('follows redirects only for files, to documented hosts', () => {
      const requests = requestsOf(spec, manifest).filter((one) => one.redirectHosts.length > 0);
      const hosts = new Set(requests.flatMap(({ redirectHosts }) => redirectHosts));
      expect([...hosts].sort()).toEqual(Object.keys(manifest.fileHosts ?? {}).sort());
      expect(requests.filter(({ response }) => response !== 'bytes')).toEqual([]);
    });

    it('follows no redirect to another host', async () => {
      const { context } = await contextFor();
      service.response = () => ({ status: 302, headers: { location: FOREIGN } });
      for (const [name] of operationsOf(spec, manifest)) {
        const [input] = generateInputs((spec.actions[name] as ActionDefinition).input);
        await expect(runAction(spec, context, { name, input })).rejects.toThrow(
          'redirected to another host',
        );
      }
    });

    /**
     * Responds with a link to a next page, in the header and where the operations read it.
     * @returns tells if one of the operations was requested
     */
    const respondWithLink = (lists: readonly OperationRequest[], link: string): (() => boolean) => {
      let isRequested = false;
      const routes = lists.map(({ route }) => positionalRoute(route));
      const respond = vendorResponder(facts, FULL, ({ route = '' }) => {
        isRequested ||= routes.includes(positionalRoute(route));
      });
      const paths = lists.flatMap(({ pages }) => (pages?.next === 'url' ? [pages.path] : []));
      service.response = (request) => {
        const { body = '', ...response } = respond(request);
        const parsed: unknown = paths.length === 0 ? undefined : JSON.parse(String(body));
        return {
          ...response,
          headers: { link: `<${link}>; rel="next"` },
          body: isRecord(parsed)
            ? paths.reduce((changed, path) => withValueAt(changed, pathSteps(path), link), parsed)
            : body,
        };
      };
      return () => isRequested;
    };

    it('refuses links to another host, and sends no request there', async () => {
      const { context, origins } = await contextFor();
      const accepted: unknown[] = [];
      for (const [name, requests] of operationsOf(spec, manifest)) {
        const { input: schema } = spec.actions[name] as ActionDefinition;
        const lists = requests.filter(
          ({ pages }) => pages?.next === 'link' || pages?.next === 'url',
        );
        if (lists.length === 0) continue;
        for (const link of FOREIGN_LINKS) {
          for (const input of generateInputs(schema)) {
            const isRequested = respondWithLink(lists, link);
            const call = { name, input: withCursors(input, requests) };
            const outcome = await runAction(spec, context, call).catch(String);
            if (isRequested() && !String(outcome).includes('another host'))
              accepted.push([call, outcome]);
          }
        }
      }
      expect(accepted).toEqual([]);
      expect([...origins].filter((origin) => origin.includes('foreign.test'))).toEqual([]);
    });

    it('sends no request for a cursor that is a link to another host', async () => {
      const { context } = await contextFor();
      const accepted: unknown[] = [];
      for (const [name, requests] of operationsOf(spec, manifest)) {
        const { input: schema } = spec.actions[name] as ActionDefinition;
        const cursors = requests.flatMap(({ pages }) =>
          pages?.next === 'url' ? pages.cursor : [],
        );
        for (const cursor of new Set(cursors)) {
          respondWith(FULL);
          for (const link of FOREIGN_LINKS) {
            for (const generated of generateInputs(schema)) {
              service.received.length = 0;
              const input = { ...(generated as object), [cursor]: link };
              await runAction(spec, context, { name, input }).catch(() => undefined);
              if (service.received.length > 0) accepted.push([name, input]);
            }
          }
        }
      }
      expect(accepted).toEqual([]);
    });
  },
);
