import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type SecurityServer,
  startSecurityServer,
  type TestClient,
} from '../security_plugin.mock.ts';

const KEYS = '/internal/security/api_key';
const ME = { method: 'GET', url: '/internal/security/me' } as const;
const DAY = 24 * 3_600_000;

interface Page {
  readonly apiKeys: readonly {
    readonly id: string;
    readonly name: string;
    readonly expiration?: number;
  }[];
  readonly total: number;
  readonly count?: number;
  readonly canManageOwnApiKeys: boolean;
}

let server: SecurityServer;
let admin: TestClient;
let ben: TestClient;
const start = async (settings: object = {}) => {
  server = await startSecurityServer({ settings });
  admin = await server.signIn();
  await saveUser('ben', ['editor']);
  ben = await server.signIn('ben', 'ben-password');
};
afterEach(() => server.stop());

const saveUser = (name: string, roles: readonly string[]) =>
  admin.send({
    method: 'POST',
    url: `/internal/security/users/${name}`,
    body: { password: `${name}-password`, roles },
  });
const create = (client: TestClient, body: object = {}) =>
  client.send<{ id: string; encoded: string; expiration?: number }>({
    method: 'POST',
    url: KEYS,
    body: { name: 'ci', ...body },
  });
const list = async (client: TestClient, query = '') =>
  (await client.send<Page>({ method: 'GET', url: `${KEYS}${query}` })).body;
const query = (client: TestClient, body: object = {}) =>
  client.send<Page>({ method: 'POST', url: `${KEYS}/_query`, body });
const namesBy = async (client: TestClient, body: object) =>
  (await query(client, body)).body.apiKeys.map(({ name }) => name);
const as = (encoded: string) => ({ authorization: `ApiKey ${encoded}` });
const works = async (encoded: string) =>
  (await server.client().send({ ...ME, headers: as(encoded) })).status === 200;

describe('the number of keys', () => {
  const limit = { status: 400, body: { attributes: { code: 'api_key_limit_reached' } } };

  it('is limited per user, even when many keys are created at the same time', async () => {
    await start({ apiKeys: { maxPerUser: 3 } });
    const responses = await Promise.all(Array.from({ length: 8 }, () => create(ben)));
    expect(responses.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(3);
    while ((await create(ben)).status === 200);
    expect(await create(ben)).toMatchObject(limit);
    expect((await list(ben)).total).toBe(3);
    expect((await create(admin)).status).toBe(200);
  });

  it('includes expired keys, which are removed when the limit is reached', async () => {
    await start({ apiKeys: { maxPerUser: 2 } });
    await create(ben, { expiration: '1h' });
    await create(ben);
    expect(await create(ben)).toMatchObject(limit);
    await server.clock.advance(3_600_001);
    expect((await create(ben)).status).toBe(200);
    expect((await list(ben)).total).toBe(2);
  });
});

describe('a new key', () => {
  beforeEach(() => start());

  it('requires the privilege to manage own keys', async () => {
    for (const [name, roles] of [
      ['nobody', []],
      ['carl', ['viewer']],
    ] as const) {
      await saveUser(name, roles);
      const client = await server.signIn(name, `${name}-password`);
      expect((await create(client)).status).toBe(403);
      expect((await list(client)).canManageOwnApiKeys).toBe(false);
    }
    expect((await list(ben)).canManageOwnApiKeys).toBe(true);
    const granted = { kibana: [{ feature: { api_keys: ['all'] }, spaces: ['*'] }] };
    await admin.send({ method: 'PUT', url: '/api/security/role/key-owner', body: granted });
    await saveUser('carl', ['key-owner']);
    expect((await create(await server.signIn('carl', 'carl-password'))).status).toBe(200);
  });

  it('has at most 4 kB of metadata', async () => {
    expect((await create(ben, { metadata: { text: 'x'.repeat(4000) } })).status).toBe(200);
    expect((await create(ben, { metadata: { text: 'x'.repeat(4090) } })).status).toBe(400);
    expect((await create(ben, { metadata: { text: 'é'.repeat(2100) } })).status).toBe(400);
  });

  it('expires after a year unless the request names another lifetime', async () => {
    const now = server.clock.now();
    expect((await create(ben)).body.expiration).toBe(now + 365 * DAY);
    expect((await create(ben, { expiration: null })).body.expiration).toBe(now + 365 * DAY);
    expect((await create(ben, { expiration: '2d' })).body.expiration).toBe(now + 2 * DAY);
    expect((await create(ben, { expiration: '730d' })).body.expiration).toBe(now + 730 * DAY);
  });

  it('is removed a week after it expired', async () => {
    const stored = async () => (await server.repository.find({ type: 'api_key' })).total;
    await create(ben, { expiration: '1h' });
    await server.clock.advance(7 * DAY);
    expect(await stored()).toBe(1);
    await server.clock.advance(3 * 3_600_000);
    expect(await stored()).toBe(0);
  });
});

it('a key does not expire when the default lifetime is `never`', async () => {
  await start({ apiKeys: { defaultExpiration: 'never' }, session: { cleanupInterval: '7d' } });
  const { body } = await create(ben);
  expect(body).not.toHaveProperty('expiration');
  await server.clock.advance(400 * DAY);
  expect(await works(body.encoded)).toBe(true);
});

describe('a changed key', () => {
  const update = (client: TestClient, body: object) =>
    client.send({ method: 'PUT', url: KEYS, body });
  beforeEach(() => start());

  it('has the new metadata, restriction and expiry, and keeps properties that the request omits', async () => {
    const { body } = await create(ben, { metadata: { team: 'sales' } });
    const role_descriptors = { none: { kibana: [] } };
    const response = await update(ben, { id: body.id, role_descriptors, expiration: '1h' });
    expect(response).toMatchObject({ status: 200, body: { updated: true } });
    expect((await list(ben)).apiKeys[0]).toMatchObject({
      metadata: { team: 'sales' },
      role_descriptors,
      expiration: server.clock.now() + 3_600_000,
    });
  });

  it('can be changed only by its owner with a password, not by another user or a key', async () => {
    const { body } = await create(ben);
    expect((await update(admin, { id: body.id, metadata: {} })).status).toBe(404);
    expect((await update(ben, { id: 'gone', metadata: {} })).status).toBe(404);
    const byKey = await server.client().send({
      method: 'PUT',
      url: KEYS,
      headers: as(body.encoded),
      body: { id: body.id, role_descriptors: {} },
    });
    expect(byKey).toMatchObject({
      status: 403,
      body: { attributes: { code: 'api_key_needs_login' } },
    });
  });
});

describe('lists of API keys', () => {
  beforeEach(async () => {
    await start();
    for (const name of ['alpha one', 'alpha two', 'beta']) {
      await create(ben, { name });
      await server.clock.advance(1000);
    }
    await create(admin, { name: 'alpha of admin', expiration: '1h' });
  });

  it('are returned in pages, the newest key first', async () => {
    expect(await list(admin, '?per_page=3&page=2')).toMatchObject({
      apiKeys: [{ name: 'alpha one' }],
      total: 4,
      page: 2,
      per_page: 3,
    });
    expect((await list(admin, '?isAdmin=false')).total).toBe(1);
    expect((await list(ben)).total).toBe(3);
    const odd = await ben.send({ method: 'GET', url: `${KEYS}?per_page=1000` });
    expect(odd.status).toBe(400);
  });

  it('can be searched with the queries of Kibana’s pages', async () => {
    const search = { simple_query_string: { query: 'alpha*', fields: ['name'] } };
    const sort = { field: 'name', direction: 'asc' };
    expect(await namesBy(admin, { query: search, sort })).toEqual([
      'alpha of admin',
      'alpha one',
      'alpha two',
    ]);
    expect(await namesBy(ben, { query: search, sort })).toEqual(['alpha one', 'alpha two']);
    expect(await namesBy(admin, { filters: { usernames: ['elastic'] } })).toEqual([
      'alpha of admin',
    ]);
    expect(await namesBy(admin, { filters: { type: 'cross_cluster' } })).toEqual([]);
    expect((await query(admin, { from: 2, size: 2, sort })).body).toMatchObject({
      apiKeys: [{ name: 'alpha two' }, { name: 'beta' }],
      total: 4,
      count: 2,
    });
    await server.clock.advance(2 * 3_600_000);
    expect(await namesBy(admin, { filters: { expired: true } })).toEqual(['alpha of admin']);
    expect((await query(admin, { filters: { expired: false } })).body.total).toBe(3);
  });

  it.each([
    [{ query: { fuzzy: { name: 'x' } } }],
    [{ from: -1, size: 10 }],
    [{ from: 0, size: 101 }],
    [{ from: 10_000, size: 10 }],
    [{ sort: { field: 'metadata', direction: 'asc' } }],
  ])('refuse %j', async (body) => {
    expect((await query(ben, body)).status).toBe(400);
  });

  it('report that API keys are enabled', async () => {
    const response = await ben.send({ method: 'GET', url: `${KEYS}/_enabled` });
    expect(response.body).toEqual({ apiKeysEnabled: true });
  });
});

describe('a password reset', () => {
  beforeEach(() => start());
  const reset = (client: TestClient, body: object) =>
    client.send({ method: 'POST', url: '/internal/security/users/ben/password', body });

  it('keeps API keys by default', async () => {
    const { body } = await create(ben);
    expect((await reset(admin, { newPassword: 'another-one' })).status).toBe(204);
    expect(await works(body.encoded)).toBe(true);
  });

  it('invalidates every API key of the user when the request asks for it, but no key that is created later', async () => {
    const mine = (await create(ben)).body;
    const other = (await create(admin)).body;
    expect(await works(mine.encoded)).toBe(true);
    const response = await reset(admin, { newPassword: 'another-one', invalidateApiKeys: true });
    expect(response.status).toBe(204);
    expect(await works(mine.encoded)).toBe(false);
    expect(await works(other.encoded)).toBe(true);
    ben = await server.signIn('ben', 'another-one');
    expect((await list(ben)).total).toBe(0);
    expect(await works((await create(ben)).body.encoded)).toBe(true);
  });

  it('invalidates a key even if its document could not be removed', async () => {
    const { body } = await create(ben);
    const [row] = await server.store.getMany([`api_key:${body.id}`], 'api_key');
    await reset(admin, { newPassword: 'another-one', invalidateApiKeys: true });
    if (row === undefined) throw new Error('the row was not found');
    const { version: _, ...document } = row;
    await server.store.put(document);
    await server.clock.advance(2000);
    expect(await works(body.encoded)).toBe(false);
  });
});

describe('a key that an older build created', () => {
  it('works, never expires, is not restricted, and loses metadata above the limit', async () => {
    await start();
    const { body } = await create(ben);
    const [row] = await server.store.getMany([`api_key:${body.id}`], 'api_key');
    if (row === undefined) throw new Error('the row was not found');
    const { version: _, attributes, ...document } = row;
    const { name, secretHash, username, profileUid } = attributes;
    const old = (metadata: object) =>
      server.store.put({
        ...document,
        modelVersion: 1,
        attributes: { name, secretHash, username, profileUid, metadata },
      });
    await old({ team: 'sales' });
    await server.clock.advance(2000);
    expect(await works(body.encoded)).toBe(true);
    const [shown] = (await list(ben)).apiKeys;
    expect(shown).toMatchObject({ metadata: { team: 'sales' }, role_descriptors: {} });
    expect(shown).not.toHaveProperty('expiration');
    await old({ text: 'x'.repeat(100_000) });
    expect((await list(ben)).apiKeys[0]).toMatchObject({ metadata: {} });
  });
});

describe('a lifetime that a request names', () => {
  const refused = (longest: string) => ({
    status: 400,
    body: {
      message: `The expiration must not be longer than ${longest}, the limit of [xpack.security.apiKeys.maxExpiration].`,
      attributes: { code: 'api_key_expiration_invalid' },
    },
  });
  const update = (id: string, expiration: string) =>
    ben.send({ method: 'PUT', url: KEYS, body: { id, expiration } });

  it('is limited to five years when a key is created or changed', async () => {
    await start();
    expect(await create(ben, { expiration: '1826d' })).toMatchObject(refused('1825d'));
    const made = await create(ben, { expiration: '1825d' });
    expect(made).toMatchObject({ status: 200 });
    expect(await update(made.body.id, '9999d')).toMatchObject(refused('1825d'));
    expect((await list(ben)).apiKeys).toMatchObject([{ expiration: made.body.expiration }]);
  });

  it.each([
    [{ maxExpiration: '90d' }, '365d', '366d'],
    [{ maxExpiration: '90d', defaultExpiration: '30d' }, '90d', '91d'],
    [{ maxExpiration: '36h', defaultExpiration: '1h' }, '36h', '37h'],
  ])(
    'has the maximum %j, but never less than the default lifetime',
    async (apiKeys, longest, longer) => {
      await start({ apiKeys });
      expect(await create(ben, { expiration: longest })).toMatchObject({ status: 200 });
      expect(await create(ben, { expiration: longer })).toMatchObject({ status: 400 });
    },
  );

  it.each([[{ maxExpiration: 'never' }], [{ defaultExpiration: 'never' }]])(
    'has no limit with %j',
    async (apiKeys) => {
      await start({ apiKeys });
      expect(await create(ben, { expiration: '9999d' })).toMatchObject({ status: 200 });
    },
  );
});
