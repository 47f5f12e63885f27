import { type FakeOAuthServer, startStrict, walkConsent } from '@latchkey/dev-providers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  aFlowSpec,
  anAppConnector,
  aTestUser,
  ben,
  createFlowFixture,
  type FlowFixture,
  PUBLIC_BASE_URL,
  type TestUser,
} from './flow_fixture.mock.ts';

let strict: FakeOAuthServer;
let fixture: FlowFixture;
beforeAll(async () => {
  strict = await startStrict({ port: 0 });
});
afterAll(() => strict.stop());
beforeEach(async () => {
  strict.clearRequests();
  strict.clearFaults();
  strict.revokeGrant('ana');
  strict.revokeGrant('ben');
  const facts = { revocationUrl: strict.revocationEndpoint };
  fixture = await createFlowFixture({ specs: [aFlowSpec('.strict', facts)] });
  for (const id of ['files', 'other'])
    await fixture.create(id, anAppConnector('.strict', strict, strict.clients.basic));
});
afterEach(() => fixture.close());

const NOT_FOUND = { status: 404, body: { attributes: { code: 'not_found' } } };
const walk = (authorizationUrl: string, as: 'ana' | 'ben') =>
  walkConsent(authorizationUrl, { as, stopAtOrigin: PUBLIC_BASE_URL });
const connect = async (testUser: TestUser, as: 'ana' | 'ben' = 'ana') => {
  const { body } = await fixture.start(testUser, 'files');
  const page = await fixture.arrive(testUser, await walk(body.authorizationUrl, as));
  expect(page.status).toBe(200);
};
const revocations = () => strict.requests({ endpoint: 'revoke' });

/** Changes the secrets of a connector in the store, so that they cannot be decrypted. */
const damage = async (id: string) => {
  const [row] = await fixture.store.getMany([`action:${id}`], 'action');
  if (row === undefined) throw new Error('the row was not found');
  const { version: _, ...document } = row;
  await fixture.store.put({
    ...document,
    attributes: { ...document.attributes, secrets: 'damaged' },
  });
};

describe('a cancellation', () => {
  it('ends the flow, and writes one audit event', async () => {
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files');
    const arrival = await walk(body.authorizationUrl, 'ana');
    const before = fixture.audit.events.length;
    expect((await fixture.cancel(testUser, 'files', body.state)).status).toBe(204);
    expect(
      fixture.audit.events.slice(before).map(({ action, errorCode }) => [action, errorCode]),
    ).toEqual([['connector_oauth_connect', 'cancelled']]);
    expect((await fixture.arrive(testUser, arrival)).status).toBe(400);
    expect(strict.tokenRequests()).toEqual([]);
  });

  it('has no further effect when it is repeated, and gets the same response', async () => {
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files');
    await fixture.cancel(testUser, 'files', body.state);
    const before = fixture.audit.events.length;
    expect((await fixture.cancel(testUser, 'files', body.state)).status).toBe(204);
    expect((await fixture.cancel(testUser, 'files', 'never-given-out')).status).toBe(204);
    expect(fixture.audit.events).toHaveLength(before);
  });

  it('B38: is refused for the flow of another user, which can still be finished', async () => {
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files');
    expect((await fixture.cancel(aTestUser(ben), 'files', body.state)).status).toBe(403);
    expect((await fixture.arrive(testUser, await walk(body.authorizationUrl, 'ana'))).status).toBe(
      200,
    );
  });

  it('has no effect on the flow of another connector', async () => {
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files');
    expect((await fixture.cancel(testUser, 'other', body.state)).status).toBe(204);
    expect(await fixture.statusOf(testUser, 'files')).toBe('pending');
    expect((await fixture.arrive(testUser, await walk(body.authorizationUrl, 'ana'))).status).toBe(
      200,
    );
  });

  it('has no effect on a finished flow', async () => {
    const testUser = aTestUser();
    const { body } = await fixture.start(testUser, 'files');
    await fixture.arrive(testUser, await walk(body.authorizationUrl, 'ana'));
    expect((await fixture.cancel(testUser, 'files', body.state)).status).toBe(204);
    expect(await fixture.statusOf(testUser, 'files')).toBe('connected');
  });

  it('responds with 401 without a user and with 404 without the connector', async () => {
    expect((await fixture.cancel(aTestUser(null), 'files', 's')).status).toBe(401);
    expect(await fixture.cancel(aTestUser(), 'nowhere', 's')).toMatchObject(NOT_FOUND);
  });
});

describe('a disconnect', () => {
  it('ends the grant of the caller alone, and revokes the refresh token before the access token', async () => {
    const [testUser, other] = [aTestUser(), aTestUser(ben)];
    await connect(testUser);
    await connect(other, 'ben');
    expect((await fixture.disconnect(testUser, 'files')).status).toBe(204);
    expect(await fixture.statusOf(testUser, 'files')).toBe('not_connected');
    expect(await fixture.statusOf(other, 'files')).toBe('connected');
    expect(strict.isGrantAlive('ana')).toBe(false);
    expect(strict.isGrantAlive('ben')).toBe(true);
    expect(revocations().map(({ status }) => status)).toEqual([200, 200]);
  });

  it('responds within seconds with the status revocation_pending when the provider does not respond', async () => {
    const testUser = aTestUser();
    await connect(testUser);
    strict.failNext({ endpoint: 'revoke', fault: { kind: 'hang' } });
    let hasResponse = false;
    const response = fixture.disconnect(testUser, 'files').finally(() => {
      hasResponse = true;
    });
    while (revocations().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await fixture.clock.advance(2999);
    expect(hasResponse).toBe(false);
    await fixture.clock.advance(1);
    expect((await response).status).toBe(204);
    expect(await fixture.statusOf(testUser, 'files')).toBe('revocation_pending');
    // The server must be able to stop although the provider does not respond.
    let isClosed = false;
    const closing = fixture.close().finally(() => {
      isClosed = true;
    });
    while (!isClosed) await fixture.clock.advance(1000);
    await closing;
  });

  it('D55: ends the grant even if the secrets cannot be decrypted, and a new start refers to the administrator', async () => {
    const testUser = aTestUser();
    await connect(testUser);
    const { body: started } = await fixture.start(testUser, 'other');
    for (const id of ['files', 'other']) await damage(id);
    expect(await fixture.start(testUser, 'files')).toMatchObject({
      status: 500,
      body: {
        message: expect.stringContaining('An administrator must enter them again'),
        attributes: { code: 'secrets_undecryptable' },
      },
    });
    expect((await fixture.cancel(testUser, 'other', started.state)).status).toBe(204);
    expect((await fixture.disconnect(testUser, 'files')).status).toBe(204);
    expect(await fixture.statusOf(testUser, 'files')).toBe('not_connected');
  });

  it('responds with 204 and revokes nothing when the user has no grant', async () => {
    expect((await fixture.disconnect(aTestUser(), 'files')).status).toBe(204);
    expect(revocations()).toEqual([]);
    expect(await fixture.disconnect(aTestUser(), 'nowhere')).toMatchObject(NOT_FOUND);
    expect((await fixture.disconnect(aTestUser(null), 'files')).status).toBe(401);
  });

  it('is refused for requests of other sites', async () => {
    const url = '/internal/actions/connector/files/_oauth_disconnect';
    const response = await fixture.as(aTestUser(), { method: 'POST', url, defaultHeaders: false });
    expect(response.status).toBe(400);
  });
});

describe('a disconnect with with_outcome=true', () => {
  const disconnect = (testUser: TestUser) =>
    fixture.as(testUser, {
      method: 'POST',
      url: '/internal/actions/connector/files/_oauth_disconnect?with_outcome=true',
    });

  it('reports that the grant was revoked, and in a second request that there is no grant', async () => {
    const testUser = aTestUser();
    await connect(testUser);
    const first = await disconnect(testUser);
    expect([first.status, first.body]).toEqual([200, { revocation: 'revoked' }]);
    expect(strict.isGrantAlive('ana')).toBe(false);
    expect((await disconnect(testUser)).body).toEqual({ revocation: 'none' });
  });

  it('reports that the revocation is waiting while the provider cannot be reached', async () => {
    const testUser = aTestUser();
    await connect(testUser);
    strict.failNext({ endpoint: 'revoke', times: 2, fault: { kind: 'status', status: 503 } });
    expect((await disconnect(testUser)).body).toEqual({ revocation: 'waiting' });
    expect(await fixture.statusOf(testUser, 'files')).toBe('revocation_pending');
  });
});
