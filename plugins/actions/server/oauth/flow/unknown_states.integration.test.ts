import { type FakeOAuthServer, startStrict, walkConsent } from '@latchkey/dev-providers';
import type { DocumentStore } from '@latchkey/saved-objects';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  aFlowSpec,
  anAppConnector,
  aTestUser,
  ben,
  createFlowFixture,
  PUBLIC_BASE_URL,
  withMethods,
} from './flow_fixture.mock.ts';

let strict: FakeOAuthServer;
beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());

/** Names of the store operations that were called, in order. */
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

it('A2: a callback makes the same store calls for an unknown and a used state', async () => {
  const fixture = await createFlowFixture({ wrapStore: counting, specs: [aFlowSpec('.strict')] });
  await fixture.create('files', anAppConnector('.strict', strict, strict.clients.basic));
  const testUser = aTestUser();
  const { authorizationUrl } = (await fixture.start(testUser, 'files')).body;
  const used = await walkConsent(authorizationUrl, { as: 'ana', stopAtOrigin: PUBLIC_BASE_URL });
  expect((await fixture.arrive(testUser, used)).status).toBe(200);
  const unknown = new URL(used);
  unknown.searchParams.set('state', 'A'.repeat(43));
  const otherUser = aTestUser(ben);
  const askedFor = async (url: URL) => {
    calls.length = 0;
    expect((await fixture.arrive(otherUser, url)).status).toBe(400);
    return calls.join(', ');
  };
  const asked = await askedFor(unknown);
  expect(asked).toMatch(/get oauth_state$/);
  expect(await askedFor(used)).toBe(asked);
  await fixture.close();
});
