import { type FakeOAuthServer, startStrict, walkConsent } from '@latchkey/dev-providers';
import type { DocumentStore } from '@latchkey/saved-objects';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  aFlowSpec,
  anAppConnector,
  aTestUser,
  createFlowFixture,
  type FlowFixture,
  PUBLIC_BASE_URL,
  withMethods,
} from '../flow/flow_fixture.mock.ts';

const CONNECTOR = '/api/actions/connector/files';

let strict: FakeOAuthServer;
let fixture: FlowFixture;
/** Function that is called once, immediately before the callback stores the grant. */
let meanwhile: (() => Promise<void>) | undefined;
/** Function that is called once, immediately after the callback has stored the grant. */
let afterwards: (() => Promise<void>) | undefined;
let isDemoted = false;
beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());
afterEach(() => fixture.close());

const wrapStore = (inner: DocumentStore): DocumentStore =>
  withMethods(inner, {
    put: async (document, options) => {
      const act = meanwhile;
      if (act !== undefined && document.attributes['status'] === 'connected') {
        meanwhile = undefined;
        await act();
      }
      const stored = await inner.put(document, options);
      const follow = afterwards;
      if (follow !== undefined && document.attributes['status'] === 'connected') {
        afterwards = undefined;
        await follow();
      }
      return stored;
    },
  });

/**
 * Lets Ana return from the provider, and calls `act` immediately before or after her grant is
 * stored.
 */
async function authorizeAround(
  act: () => Promise<void>,
  when: 'before' | 'after' = 'before',
): Promise<number> {
  isDemoted = false;
  fixture = await createFlowFixture({
    specs: [aFlowSpec('.strict', { revocationUrl: strict.revocationEndpoint })],
    missing: () => isDemoted,
    wrapStore,
  });
  await fixture.create('files', anAppConnector('.strict', strict, strict.clients.basic));
  const { testUser, arrival } = await consent();
  strict.clearRequests();
  if (when === 'before') meanwhile = act;
  else afterwards = act;
  const { status } = await fixture.arrive(testUser, arrival);
  expect([meanwhile, afterwards]).toEqual([undefined, undefined]);
  return status;
}

/** Signs Ana in at the provider, and lets her return. */
async function consent() {
  const testUser = aTestUser();
  const { body } = await fixture.start(testUser, 'files');
  const arrival = await walkConsent(body.authorizationUrl, {
    as: 'ana',
    stopAtOrigin: PUBLIC_BASE_URL,
  });
  return { testUser, arrival };
}

/** Changes the OAuth client of the connector, as an administrator would. */
async function changeClient(): Promise<void> {
  const { secrets } = anAppConnector('.strict', strict, strict.clients.post, {
    tokenEndpointAuthMethod: 'client_secret_post',
  });
  const body = { name: 'files', secrets };
  const edited = await fixture.as(aTestUser(), { method: 'PUT', url: CONNECTOR, body });
  expect(edited.status).toBe(200);
}

const revoked = async () => {
  while (strict.isGrantAlive('ana')) await new Promise((resolve) => setTimeout(resolve, 5));
  const left = (await fixture.dump()).map((row) => JSON.stringify(row));
  return left.filter((row) => row.includes('"credentials":'));
};

describe('a grant stored after the job that ended the other grants', () => {
  it('H115: is revoked when the connector was deleted', async () => {
    const status = await authorizeAround(async () => {
      const deleted = await fixture.as(aTestUser(), { method: 'DELETE', url: CONNECTOR });
      expect(deleted.status).toBe(204);
    });
    expect(status).toBe(404);
    expect(await revoked()).toEqual([]);
  });

  it.each([
    ['disabled or deleted', async () => fixture.setUsers([])],
    [
      'demoted',
      async () => {
        isDemoted = true;
      },
    ],
  ])('F79: is revoked when its owner was %s', async (_what, leave) => {
    expect(await authorizeAround(leave)).toBe(403);
    expect(await revoked()).toEqual([]);
    expect(strict.requests({ endpoint: 'revoke' })).toHaveLength(2);
  });

  it('H114: is revoked with its own client when the connector has a new client', async () => {
    const status = await authorizeAround(changeClient);
    expect(status).toBe(409);
    expect(await revoked()).toEqual([]);
    const clients = strict.requests({ endpoint: 'revoke' }).map(({ clientId }) => clientId);
    expect(new Set(clients)).toEqual(new Set([strict.clients.basic.clientId]));
    expect(await fixture.statusOf(aTestUser(), 'files')).toBe('needs_reauth');
  });

  it('H114: is revoked without ending the grant that its owner has authorized meanwhile for the changed connector', async () => {
    const status = await authorizeAround(async () => {
      await changeClient();
      const { testUser, arrival } = await consent();
      expect((await fixture.arrive(testUser, arrival)).status).toBe(200);
    }, 'after');
    expect(status).toBe(409);
    expect(await fixture.statusOf(aTestUser(), 'files')).toBe('connected');
    expect(strict.isGrantAlive('ana')).toBe(true);
  });
});
