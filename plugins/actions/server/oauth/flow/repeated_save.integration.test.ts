import { type FakeOAuthServer, startStrict, walkConsent } from '@latchkey/dev-providers';
import { type DocumentStore, StoreError } from '@latchkey/saved-objects';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  aFlowSpec,
  anAppConnector,
  aTestUser,
  createFlowFixture,
  PUBLIC_BASE_URL,
  withMethods,
} from './flow_fixture.mock.ts';
import { FLOW_RESPONSES } from './flow_responses.ts';

let strict: FakeOAuthServer;
beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());

it('an authorization is reported as failed when the user disconnects before its save is repeated', async () => {
  /** Called after the next write of a grant, whose response is then lost. */
  let afterWrite: (() => Promise<unknown>) | undefined;
  const wrapStore = (inner: DocumentStore) =>
    withMethods(inner, {
      put: async (document, options) => {
        const stored = await inner.put(document, options);
        const act = afterWrite;
        if (act === undefined || document.type !== 'user_connector_token') return stored;
        afterWrite = undefined;
        await act();
        throw new StoreError('unavailable', 'test');
      },
    });
  const facts = { revocationUrl: strict.revocationEndpoint, issuer: strict.origin };
  const fixture = await createFlowFixture({ wrapStore, specs: [aFlowSpec('.strict', facts)] });
  const testUser = aTestUser();
  await fixture.create('files', anAppConnector('.strict', strict, strict.clients.basic));
  const { body } = await fixture.start(testUser, 'files');
  const arrival = await walkConsent(body.authorizationUrl, {
    as: 'ana',
    stopAtOrigin: PUBLIC_BASE_URL,
  });
  afterWrite = async () => {
    expect((await fixture.disconnect(testUser, 'files')).status).toBe(204);
    expect(strict.isGrantAlive('ana')).toBe(false);
  };

  let isDone = false;
  const response = fixture.arrive(testUser, arrival).finally(() => {
    isDone = true;
  });
  // The completion sleeps before it repeats the save.
  while (!isDone) {
    if (fixture.clock.sleeping > 0) await fixture.clock.advance(500);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const page = await response;
  expect(page.status).toBe(503);
  expect(page.text).toContain(FLOW_RESPONSES.store_unavailable.text.en);
  expect(await fixture.statusOf(testUser, 'files')).not.toBe('connected');
  expect(strict.isGrantAlive('ana')).toBe(false);
  await fixture.close();
});
