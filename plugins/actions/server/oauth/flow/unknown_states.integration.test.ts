import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type StrictStandIn, startStrict, walkConsent } from '@latchkey/dev-providers';
import type { DocumentStore } from '@latchkey/saved-objects';
import {
  aFlowSpec,
  anAppConnector,
  aPerson,
  ben,
  createFlowBench,
  PUBLIC_BASE_URL,
  withMethods,
} from './flow_bench.mock.ts';

let strict: StrictStandIn;
beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());

/** What the store is asked, in order. */
const calls: string[] = [];
const counting = (store: DocumentStore): DocumentStore =>
  withMethods(store, {
    getMany: (keys, type) => {
      calls.push(`get ${type}`);
      return store.getMany(keys, type);
    },
    put: (document, options) => {
      calls.push(`put ${document.type}`);
      return store.put(document, options);
    },
    delete: (key, type, options) => {
      calls.push(`delete ${type}`);
      return store.delete(key, type, options);
    },
  });

it('A2: asks the store for the same things, whether a state never was or was used', async () => {
  const bench = await createFlowBench({ wrapStore: counting, specs: [aFlowSpec('.strict')] });
  await bench.create('files', anAppConnector('.strict', strict, strict.clients.basic));
  const person = aPerson();
  const { authorizationUrl } = (await bench.start(person, 'files')).body;
  const used = await walkConsent(authorizationUrl, { as: 'ana', stopAtOrigin: PUBLIC_BASE_URL });
  expect((await bench.arrive(person, used)).status).toBe(200);
  const unknown = new URL(used);
  unknown.searchParams.set('state', 'A'.repeat(43));
  const stranger = aPerson(ben);
  const askedFor = async (url: URL) => {
    calls.length = 0;
    expect((await bench.arrive(stranger, url)).status).toBe(400);
    return calls.join(', ');
  };
  const asked = await askedFor(unknown);
  expect(asked).toMatch(/get oauth_state$/);
  expect(await askedFor(used)).toBe(asked);
  await bench.close();
});
