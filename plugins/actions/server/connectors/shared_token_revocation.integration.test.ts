import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ActionsFixture,
  clientCredentials,
  createActionsFixture,
} from '../execution/actions_fixture.mock.ts';
import { CONNECTOR_TOKEN_TYPE, OAUTH_REVOCATION_TYPE } from '../oauth/tokens/index.ts';

let fixture: ActionsFixture;
beforeEach(async () => {
  fixture = await createActionsFixture();
  await fixture.create('c1', { connector_type_id: '.probe', secrets: clientCredentials });
});
afterEach(() => fixture.close());

const url = '/api/actions/connector/c1';
const run = async () => {
  const { body } = await fixture.execute('c1', { subAction: 'get' });
  expect(body).toMatchObject({ status: 'ok' });
};
const put = (secrets: object) =>
  fixture.inject({ method: 'PUT', url, body: { name: 'c1', secrets } });
const finishRevocations = async () => {
  await fixture.services.tokens.outbox.drain(1000);
};
const stored = async (type: string) => {
  const keys: string[] = [];
  for await (const batch of fixture.store.iterate({ types: [type], batchSize: 100 }))
    keys.push(...batch.map(({ key }) => key));
  return keys;
};

describe('a shared token', () => {
  it('H115: is revoked when its connector is deleted', async () => {
    await run();
    expect((await fixture.inject({ method: 'DELETE', url })).status).toBe(204);
    await finishRevocations();
    expect(fixture.idp.revoked).toEqual(['development-access-everybody-1']);
    expect(await stored(CONNECTOR_TOKEN_TYPE)).toEqual([]);
    expect(await stored(OAUTH_REVOCATION_TYPE)).toEqual([]);
  });

  it.each([
    ['the client', { clientId: 'another-client' }],
    ['the client secret', { clientSecret: 'rotated-secret' }],
  ])('F78: is revoked when %s of its connector changes', async (_what, change) => {
    await run();
    expect((await put({ ...clientCredentials, ...change })).status).toBe(200);
    await finishRevocations();
    expect(fixture.idp.revoked).toEqual(['development-access-everybody-1']);
    await run();
    expect(fixture.idp.tokenCalls).toHaveLength(2);
  });

  it('F78: is kept when only the name of its connector changes', async () => {
    await run();
    expect((await put(clientCredentials)).status).toBe(200);
    await run();
    await finishRevocations();
    expect([fixture.idp.revoked, fixture.idp.tokenCalls.length]).toEqual([[], 1]);
  });

  it('H111: waits in the outbox when its connector is deleted while the provider is unavailable', async () => {
    await run();
    const respond = fixture.idp.upstream.response;
    fixture.idp.upstream.response = () => ({ status: 503 });
    expect((await fixture.inject({ method: 'DELETE', url })).status).toBe(204);
    await fixture.services.tokens.outbox.drain(1000);
    expect(await stored(OAUTH_REVOCATION_TYPE)).toHaveLength(1);
    fixture.idp.upstream.response = respond;
    await fixture.clock.advance(60_000);
    await fixture.services.tokens.outbox.processDue(new AbortController().signal);
    expect(fixture.idp.revoked).toEqual(['development-access-everybody-1']);
    expect(await stored(OAUTH_REVOCATION_TYPE)).toEqual([]);
  });

  it('is deleted without a request to the provider when it has expired', async () => {
    await run();
    await fixture.clock.advance(3_601_000);
    expect((await fixture.inject({ method: 'DELETE', url })).status).toBe(204);
    await finishRevocations();
    expect(fixture.idp.revoked).toEqual([]);
  });

  it('is deleted when it has expired, and only its refresh token is revoked', async () => {
    const now = new Date(fixture.clock.now());
    const connector = await fixture.read('c1');
    await fixture.services.tokens.store.create(
      { scope: 'shared', connectorId: 'c1' },
      {
        generation: 'g1',
        clientFingerprint: fixture.services.clients.forConnector(connector).fingerprint,
        spaceId: 'default',
        state: 'connected',
        stateSince: now,
        accessToken: 'Bearer development-expired',
        refreshToken: 'development-refresh',
        issuedAt: now,
        expiresAt: now,
      },
    );
    expect((await fixture.inject({ method: 'DELETE', url })).status).toBe(204);
    await finishRevocations();
    expect(fixture.idp.revoked).toEqual(['development-refresh']);
  });

  it('G103: is revoked when it arrives after an edit, even if a newer token is in use', async () => {
    const respond = fixture.idp.upstream.response;
    const arrived = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    let isFirst = true;
    fixture.idp.upstream.response = async (request) => {
      const response = await respond(request);
      if (request.url === '/token' && isFirst) {
        isFirst = false;
        arrived.resolve();
        await released.promise;
      }
      return response;
    };
    const slow = fixture.execute('c1', { subAction: 'get' });
    await arrived.promise;
    await put({ ...clientCredentials, clientSecret: 'rotated-secret' });
    const other = fixture.services.tokens;
    const connector = await fixture.read('c1');
    await other.store.create(
      { scope: 'shared', connectorId: 'c1' },
      {
        generation: 'later',
        clientFingerprint: fixture.services.clients.forConnector(connector).fingerprint,
        spaceId: 'default',
        state: 'connected',
        stateSince: new Date(fixture.clock.now()),
        accessToken: 'Bearer development-later',
        issuedAt: new Date(fixture.clock.now()),
        expiresAt: new Date(fixture.clock.now() + 3_600_000),
      },
    );
    released.resolve();
    await slow;
    await finishRevocations();
    expect(fixture.idp.revoked).toEqual(['development-access-everybody-1']);
  });
});
