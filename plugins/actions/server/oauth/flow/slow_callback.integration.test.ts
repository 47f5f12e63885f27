import { type FakeOAuthServer, startStrict, walkConsent } from '@latchkey/dev-providers';
import type { DocumentStore } from '@latchkey/saved-objects';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { USER_CONNECTOR_TOKEN_TYPE } from '../tokens/index.ts';
import {
  aFlowSpec,
  anAppConnector,
  aTestUser,
  createFlowFixture,
  type FlowFixture,
  PUBLIC_BASE_URL,
  type TestUser,
  withMethods,
} from './flow_fixture.mock.ts';

let strict: FakeOAuthServer;
let fixture: FlowFixture;
/** Function that is called once, before the store reads the grant of the user. */
let beforeRead: (() => Promise<void>) | undefined;
beforeEach(async () => {
  strict = await startStrict({ port: 0 });
  fixture = await createFlowFixture({
    specs: [aFlowSpec('.strict', { revocationUrl: strict.revocationEndpoint })],
    wrapStore: (inner: DocumentStore) =>
      withMethods(inner, {
        getMany: async (keys, type) => {
          const run = type === USER_CONNECTOR_TOKEN_TYPE ? beforeRead : undefined;
          if (run !== undefined) {
            beforeRead = undefined;
            await run();
          }
          return inner.getMany(keys, type);
        },
      }),
  });
  await fixture.create('files', anAppConnector('.strict', strict, strict.clients.basic));
});
afterEach(async () => {
  await fixture.close();
  await strict.stop();
});

const approach = async (testUser: TestUser) => {
  const { body } = await fixture.start(testUser, 'files');
  return walkConsent(body.authorizationUrl, { as: 'ana', stopAtOrigin: PUBLIC_BASE_URL });
};

it('F78, G104: a delayed callback does not replace the grant of a newer authorization after an edit', async () => {
  const testUser = aTestUser();
  const arrival = await approach(testUser);
  const armed = Promise.withResolvers<void>();
  beforeRead = async () => {
    const put = await fixture.as(testUser, {
      method: 'PUT',
      url: '/api/actions/connector/files',
      body: {
        name: 'files',
        secrets: anAppConnector('.strict', strict, strict.clients.post, {
          tokenEndpointAuthMethod: 'client_secret_post',
        }).secrets,
      },
    });
    expect([put.status, put.text.slice(0, 200)]).toMatchObject([200, expect.any(String)]);
    expect((await fixture.arrive(testUser, await approach(testUser))).text).toContain(
      'You are connected',
    );
    armed.resolve();
  };
  const page = await fixture.arrive(testUser, arrival);
  await armed.promise;
  expect([page.status, page.text]).toEqual([
    409,
    expect.stringContaining('The connector was changed while you were authorizing it'),
  ]);
  expect(await fixture.statusOf(testUser, 'files')).toBe('connected');
});
