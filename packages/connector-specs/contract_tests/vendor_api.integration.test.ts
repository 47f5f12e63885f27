import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectorSpecs } from '../connectors/index.ts';
import type { ActionDefinition } from '../contract/types.ts';
import { isOperation, type OperationRequest } from '../operations/index.ts';
import { getSchemaForAuthType } from '../schema/index.ts';
import { createTestContext, runAction } from './action_context.ts';
import { generateInputs, generateMinimal, generateSpecial } from './generate_inputs.ts';
import { configOf, loadFixtures } from './load_fixtures.ts';
import { type LocalService, startLocalService } from './local_service.ts';
import { type CheckedRequest, checkRequest } from './vendor_api/check_request.ts';
import { checkScopes } from './vendor_api/check_scopes.ts';
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
import { mutationsOf } from './vendor_api/mutate_request.ts';
import { missingFields, outputMaskOf } from './vendor_api/output_mask.ts';
import type { Sample } from './vendor_api/sample_response.ts';
import { hasVendorApi, loadVendorApi, vendorResponder } from './vendor_api/vendor_responder.ts';

const FOREIGN = 'https://foreign.test/page?page=2';

const SAMPLES: readonly Sample[] = [
  { size: 'full', variant: 0 },
  { size: 'minimal', variant: 0 },
  { size: 'full', variant: 1 },
  { size: 'full', variant: 2 },
];

let service: LocalService;
beforeAll(async () => {
  service = await startLocalService();
});
afterAll(() => service.close());

/** Cursors come from the vendor, so a generated text is replaced by a usable one. */
const withCursors = (input: unknown, requests: readonly OperationRequest[]): unknown => {
  const cursors = new Set(requests.map(({ pages }) => pages?.cursor));
  const isUrl = requests.some(({ pages }) => pages?.next === 'url');
  const entries = Object.entries(input as Record<string, unknown>);
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      cursors.has(name) && typeof value === 'string' ? (isUrl ? '' : '2') : value,
    ]),
  );
};

const hasAll = (input: unknown): boolean =>
  typeof input === 'object' && input !== null && 'all' in input;

/** The scopes that are requested for an action. Of each list one suffices. */
const scopesOf = (action: Pick<ActionDefinition, 'oauthScopes' | 'optionalScopes'>) =>
  [...(action.oauthScopes ?? []), ...(action.optionalScopes ?? [])].map((scope) =>
    typeof scope === 'string' ? [scope] : scope,
  );

/** Facts of an operation by its route or the name of its GraphQL document. */
const operationFactsOf = ({ operations }: VendorFacts, name: string) =>
  entryOfRoute(operations, name)?.[1] ??
  Object.entries(operations).find(([key]) => key.endsWith(` ${name}`))?.[1];

const connectors = connectorSpecs.filter(hasVendorApi);

describe.each(connectors.map((spec) => [spec.metadata.id, spec] as const))('%s', (_, spec) => {
  let facts: VendorFacts;
  let manifest: VendorManifest;
  beforeAll(async () => {
    ({ facts, manifest } = await loadVendorApi(spec));
  });

  /** Responds as the vendor's description says. Returns the requests, as they are checked. */
  const answerWith = (sample: Sample, headers: Record<string, string> = {}): CheckedRequest[] => {
    const checked: CheckedRequest[] = [];
    const respond = vendorResponder(facts, sample, (result) => checked.push(result));
    service.response = (request) => ({ ...respond(request), headers });
    return checked;
  };

  const contextFor = async (entry = spec.auth?.types[0] ?? 'none') => {
    const secrets = generateMinimal(getSchemaForAuthType(entry).schema) as Record<string, unknown>;
    const fixtures = await loadFixtures(spec);
    const config = configOf(spec, fixtures);
    return createTestContext({ spec, service, config, secrets, grant: fixtures.grant });
  };

  it('has facts for each operation of its actions, and for no other', () => {
    const operations = operationsOf(spec, manifest);
    expect([...operations].filter(([, requests]) => requests.length === 0)).toEqual([]);
    const keys = requestsOf(spec, manifest).map((request) => positionalRoute(factsKeyOf(request)));
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

  it('names scopes as the vendor does', () => {
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

  it('reads all pages of each list on request, also where a handler chooses the operation', () => {
    const withoutAll = [...operationsOf(spec, manifest)].flatMap(([name, requests]) => {
      const { input, output } = spec.actions[name] as ActionDefinition;
      const isList = requests.some((one) => 'output' in one && one.output === output && one.pages);
      return isList && !generateInputs(input).some((one) => hasAll(one)) ? [name] : [];
    });
    expect(withoutAll).toEqual([]);
  });

  it('sends requests that the vendor documents, and accepts its responses', async () => {
    const { context } = await contextFor();
    const problems: unknown[] = [];
    const run = async (name: string, input: unknown, sample: Sample) => {
      const checked = answerWith(sample);
      await runAction(spec, context, { name, input }).catch((error: unknown) => {
        problems.push([name, sample, String(error)]);
      });
      if (checked.length === 0) problems.push([name, 'sent no request']);
      for (const { route, problems: found } of checked) {
        if (found.length > 0) problems.push([name, route, input, found]);
      }
    };
    for (const [name, requests] of operationsOf(spec, manifest)) {
      const action = spec.actions[name] as ActionDefinition;
      const [minimal, ...others] = generateInputs(action.input);
      for (const sample of SAMPLES) await run(name, minimal, sample);
      for (const input of [...others, ...generateSpecial(action.input)]) {
        await run(name, withCursors(input, requests), { size: 'full', variant: 0 });
      }
    }
    expect(problems).toEqual([]);
  });

  it('may be redirected only for files, to the hosts that the vendor documents', () => {
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

  it.each(
    (spec.auth?.types ?? []).map(
      (entry) => [typeof entry === 'string' ? entry : entry.type, entry] as const,
    ),
  )(
    'sends the same requests with %s, and the check finds each mistake in them',
    async (_type, entry) => {
      const { context } = await contextFor(entry);
      const missed: unknown[] = [];
      const respond = vendorResponder(facts, { size: 'full', variant: 0 }, (checked, request) => {
        if (checked.route === undefined || checked.problems.length > 0) missed.push(checked);
        else {
          const mutations = mutationsOf(request, facts, checked.route);
          missed.push(
            ...mutations.filter((mutated) => checkRequest(facts, mutated).problems.length === 0),
          );
        }
      });
      service.response = respond;
      for (const [name, requests] of operationsOf(spec, manifest)) {
        const action = spec.actions[name] as ActionDefinition;
        // The application itself has no smallest input where it must name a user.
        const [full] = generateSpecial(action.input);
        await runAction(spec, context, { name, input: withCursors(full, requests) });
      }
      expect(missed).toEqual([]);
    },
  );

  it('refuses links to another host, and sends nothing there', async () => {
    const { context, origins } = await contextFor();
    const accepted: string[] = [];
    for (const [name, requests] of operationsOf(spec, manifest)) {
      const action = spec.actions[name] as ActionDefinition;
      if (!requests.some(({ pages }) => pages?.next === 'link')) continue;
      answerWith({ size: 'full', variant: 0 }, { link: `<${FOREIGN}>; rel="next"` });
      for (const input of generateInputs(action.input)) {
        const outcome = await runAction(spec, context, { name, input }).catch(String);
        if (isOperation(action) && !String(outcome).includes('another host')) accepted.push(name);
      }
    }
    expect(accepted).toEqual([]);
    expect([...origins].filter((origin) => FOREIGN.startsWith(origin))).toEqual([]);
  });
});
