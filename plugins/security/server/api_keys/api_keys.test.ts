import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type SecurityServer,
  startSecurityServer,
  type TestClient,
} from '../security_plugin.mock.ts';

const KEYS = '/internal/security/api_key';
const ME = { method: 'GET', url: '/internal/security/me' } as const;

interface Created {
  readonly id: string;
  readonly api_key: string;
  readonly encoded: string;
  readonly expiration?: number;
}

let server: SecurityServer;
let admin: TestClient;
let ben: TestClient;
beforeEach(async () => {
  server = await startSecurityServer();
  admin = await server.signIn();
  await saveBen({ password: 'benpass', roles: ['editor'] });
  ben = await server.signIn('ben', 'benpass');
});
afterEach(() => server.stop());

const saveBen = (body: object) =>
  admin.send({ method: 'POST', url: '/internal/security/users/ben', body });
const create = (client: TestClient, body: object = { name: 'ci' }) =>
  client.send<Created>({ method: 'POST', url: KEYS, body });
const meBy = (encoded: string) =>
  server.client().send<Record<string, unknown>>({
    ...ME,
    headers: { authorization: `ApiKey ${encoded}` },
  });
const invalidate = (client: TestClient, id: string, isAdmin = false) =>
  client.send<{ itemsInvalidated: { id: string }[]; errors: unknown[] }>({
    method: 'POST',
    url: `${KEYS}/invalidate`,
    body: { apiKeys: [{ id }], isAdmin },
  });
const idsSeenBy = async (client: TestClient) => {
  const { body } = await client.send<{ apiKeys: { id: string }[] }>({ method: 'GET', url: KEYS });
  return body.apiKeys.map(({ id }) => id);
};

describe('API keys', () => {
  it('have the identity of their owner', async () => {
    const { status, body } = await create(ben);
    expect(status).toBe(200);
    expect(Buffer.from(body.encoded, 'base64').toString()).toBe(`${body.id}:${body.api_key}`);
    expect((await meBy(body.encoded)).body).toMatchObject({
      username: 'ben',
      roles: ['editor'],
      authentication_type: 'api_key',
      api_key: { id: body.id },
    });
  });

  it('are stored without their secret, which is returned only once', async () => {
    const { body } = await create(ben);
    const dump = JSON.stringify((await server.repository.find({ type: 'api_key' })).savedObjects);
    const list = await admin.send({ method: 'GET', url: KEYS });
    expect(dump).toContain(body.id);
    for (const text of [dump, list.text, JSON.stringify(server.logger.lines)]) {
      expect(text).not.toContain(body.api_key);
    }
  });

  it('E70: are returned with `cache-control: no-store`', async () => {
    expect((await create(ben)).headers['cache-control']).toBe('no-store');
  });

  it('have the current roles of their owner', async () => {
    const { body } = await create(ben);
    await meBy(body.encoded);
    await saveBen({ roles: ['viewer'] });
    expect((await meBy(body.encoded)).body['roles']).toEqual(['viewer']);
  });

  it('F79: are refused while their owner is disabled or deleted', async () => {
    const { body } = await create(ben);
    const url = '/internal/security/users/ben';
    await meBy(body.encoded);
    await admin.send({ method: 'POST', url: `${url}/_disable` });
    expect((await meBy(body.encoded)).status).toBe(401);
    await admin.send({ method: 'POST', url: `${url}/_enable` });
    expect((await meBy(body.encoded)).status).toBe(200);
    await admin.send({ method: 'DELETE', url });
    await saveBen({ password: 'benpass', roles: ['superuser'] });
    expect((await meBy(body.encoded)).status).toBe(401);
    expect(await idsSeenBy(admin)).toEqual([]);
  });

  it('are refused once they have expired', async () => {
    const { body } = await create(ben, { name: 'short', expiration: '1h' });
    expect(body.expiration).toBe(server.clock.now() + 3_600_000);
    expect((await meBy(body.encoded)).status).toBe(200);
    await server.clock.advance(3_600_000);
    expect((await meBy(body.encoded)).status).toBe(401);
  });

  it.each(['0s', 'soon', '-1d', '999999999d', '100', '1.5'])(
    'refuse the expiration %s',
    async (expiration) => {
      expect((await create(ben, { name: 'odd', expiration })).status).toBe(400);
    },
  );

  it('refuse metadata keys that are reserved for the server', async () => {
    const withMetadata = (metadata: object) => create(ben, { name: 'marked', metadata });
    expect((await withMetadata({ _reserved: true })).status).toBe(400);
    expect((await withMetadata({ team: 'sales' })).status).toBe(200);
  });

  it('A24: are refused when they are nested too deep', async () => {
    const body = `{"name":"deep","metadata":${'{"a":'.repeat(1100)}1${'}'.repeat(1101)}`;
    const headers = { 'content-type': 'application/json' };
    expect((await ben.send({ method: 'POST', url: KEYS, headers, body })).status).toBe(400);
  });

  it('are refused immediately when invalidated', async () => {
    const { body } = await create(ben);
    await meBy(body.encoded);
    expect((await invalidate(ben, body.id)).body.itemsInvalidated).toEqual([
      { id: body.id, name: 'ci' },
    ]);
    expect((await meBy(body.encoded)).status).toBe(401);
  });

  it('F72: are listed and invalidated only by their owner and by superusers', async () => {
    const ofAdmin = (await create(admin)).body;
    const ofBen = (await create(ben)).body;
    expect(await idsSeenBy(ben)).toEqual([ofBen.id]);
    expect((await idsSeenBy(admin)).sort()).toEqual([ofAdmin.id, ofBen.id].sort());
    const foreign = (await invalidate(ben, ofAdmin.id)).body;
    const unknown = (await invalidate(ben, 'nosuchkey')).body;
    expect(foreign.itemsInvalidated).toEqual([]);
    expect(JSON.stringify(foreign.errors).replace(ofAdmin.id, 'x').replace(ofAdmin.id, 'x')).toBe(
      JSON.stringify(unknown.errors).replaceAll('nosuchkey', 'x'),
    );
    expect((await invalidate(ben, ofAdmin.id, true)).status).toBe(403);
    expect((await meBy(ofAdmin.encoded)).status).toBe(200);
    expect((await invalidate(admin, ofBen.id, true)).body.itemsInvalidated).toHaveLength(1);
  });

  it('cannot create API keys, because a created key would stay valid when the first key ends', async () => {
    const { body } = await create(ben);
    const response = await server.client().send({
      method: 'POST',
      url: KEYS,
      headers: { authorization: `ApiKey ${body.encoded}` },
      body: { name: 'child' },
    });
    expect(response).toMatchObject({
      status: 403,
      body: { attributes: { code: 'api_key_needs_login' } },
    });
  });

  it('are refused when the secret belongs to another key, is truncated, or is not base64', async () => {
    const one = (await create(ben)).body;
    const two = (await create(ben)).body;
    const mixed = Buffer.from(`${one.id}:${two.api_key}`).toString('base64');
    for (const encoded of [mixed, one.encoded.slice(0, -4), '%%%', 'x'.repeat(5000)]) {
      expect((await meBy(encoded)).status).toBe(401);
    }
  });
});
