import { waitUntil } from '@latchkey/core/server/wait_until';
import {
  createConnector,
  listStrictFiles,
  type Reachable,
  strictFiles,
  TestUser,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { startBeforeAll } from '../support/start_before_all.ts';

const KEYS = '/internal/security/api_key';
const MAX_PER_USER = 5;
const created = z.object({ id: z.string(), encoded: z.string(), expiration: z.number() });
const page = z.object({
  apiKeys: z.array(z.object({ id: z.string(), name: z.string() })),
  total: z.number(),
});
const searchPage = page.extend({
  searchAfter: z.array(z.unknown()).optional(),
  aggregationTotal: z.number(),
});

onEachStore((store) => {
  const settings = { 'xpack.security.apiKeys.maxPerUser': MAX_PER_USER };
  const environment = startBeforeAll({ store, processes: 2, settings });

  const executor = { reader: { kibana: [{ feature: { actions: ['read'] }, spaces: ['*'] }] } };
  const create = async (testUser: TestUser, server: Reachable, body: object = {}) =>
    created.parse(await testUser.json(server, `POST ${KEYS}`, { name: 'ci', ...body }));
  const program = new TestUser({ username: 'a program', password: '' });
  const call = (
    { encoded }: { readonly encoded: string },
    server: Reachable,
    method: string,
    path: string,
    body?: object,
  ) =>
    program.call(server, { method, path, body, headers: { authorization: `ApiKey ${encoded}` } });

  it('a restricted key has exactly the privileges of its descriptors, in every process', async () => {
    const { admin, ana, first, second } = environment;
    const connector = await createConnector(admin, first, strictFiles(environment));
    await ana.connect(first, connector);
    const elsewhere = { sales: { kibana: [{ base: ['all'], spaces: ['sales'] }] } };
    const execute = `/api/actions/connector/${connector}/_execute`;
    for (const [role_descriptors, status] of [
      [executor, 200],
      [elsewhere, 403],
    ] as const) {
      const key = await create(ana, first, { role_descriptors });
      for (const server of [first, second]) {
        const response = await call(key, server, 'POST', execute, { params: listStrictFiles });
        expect(response.status).toBe(status);
      }
    }
    const key = await create(admin, second, { role_descriptors: executor });
    const deletion = await call(key, first, 'DELETE', `/api/actions/connector/${connector}`);
    expect(deletion.status).toBe(403);
  });

  it('no key can authorize a connector; its owner can, with a session and with HTTP Basic', async () => {
    const { admin, ben, first, second } = environment;
    const connector = await createConnector(admin, first, strictFiles(environment));
    const start = `/internal/actions/connector/${connector}/_start_oauth_flow`;
    const callback = await ben.callbackPath(first, connector);
    const arrival = callback;
    for (const body of [{ role_descriptors: executor }, {}]) {
      const key = await create(ben, first, body);
      const refused = await call(key, second, 'POST', start, {});
      expect(refused.status).toBe(403);
      expect(JSON.parse(refused.text)).toMatchObject({
        attributes: { code: 'api_key_not_allowed' },
      });
      const headers = { authorization: `ApiKey ${key.encoded}` };
      // The request has the cookies of the browser that started the authorization, which must not
      // help.
      const finished = await ben.call(second, { method: 'GET', path: arrival, headers });
      expect(finished.status).toBe(403);
      const change = `/api/actions/connector/${connector}/_account_change`;
      expect((await call(key, first, 'GET', change)).status).toBe(403);
    }
    expect((await ben.callWithPassword(second, `GET ${arrival}`)).status).toBe(200);
    expect((await ben.callWithPassword(first, `POST ${start}`, {})).status).toBe(200);
  });

  it('a superuser’s key cannot manage users, roles, keys or encryption', async () => {
    const { admin, first, second } = environment;
    const key = await create(admin, first);
    const evil = { password: 'evil-password', roles: ['superuser'] };
    for (const [method, path, body] of [
      ['POST', '/internal/security/users/evil', evil],
      ['PUT', '/api/security/role/evil', { kibana: [{ base: ['all'] }] }],
      ['POST', KEYS, { name: 'child' }],
      ['POST', '/api/encrypted_saved_objects/_rotate_key', undefined],
    ] as const) {
      const { status } = await call(key, second, method, path, body);
      expect([path, status]).toEqual([path, 403]);
    }
    expect((await call(key, second, 'GET', '/api/actions/connectors')).status).toBe(200);
  });

  it('the limit per user applies over all processes, and lists have pages', async () => {
    const { ben, first, second } = environment;
    const tries = Array.from({ length: 2 * MAX_PER_USER }, (_, n) =>
      ben.call(n % 2 === 0 ? first : second, `POST ${KEYS}`, { name: `key ${n}` }),
    );
    await Promise.all(tries);
    const list = async (server: Reachable, query: string) =>
      page.parse(await ben.json(server, `GET ${KEYS}${query}`));
    expect((await list(first, '')).total).toBeLessThanOrEqual(MAX_PER_USER);
    for (let n = 0; (await list(first, '')).total < MAX_PER_USER; n += 1) {
      await create(ben, second, { name: `later ${n}` });
    }
    for (const server of [first, second]) {
      const refused = await ben.call(server, `POST ${KEYS}`, { name: 'x' });
      expect(refused.status).toBe(400);
      expect(refused.text).toContain('api_key_limit_reached');
    }
    const pages = [await list(first, '?per_page=3'), await list(second, '?per_page=3&page=2')];
    expect(pages.map(({ apiKeys }) => apiKeys.length)).toEqual([3, 2]);
    const search = { query: { simple_query_string: { query: 'key*' } }, size: MAX_PER_USER };
    const sort = { field: 'creation', direction: 'desc' };
    const found = await ben.json(second, `POST ${KEYS}/_query`, {
      ...search,
      sort,
      filters: { usernames: ['ben'], expired: false },
    });
    expect(page.parse(found).apiKeys.every(({ name }) => name.startsWith('key '))).toBe(true);
    const ids = new Set<string>();
    let searchAfter: readonly unknown[] | undefined;
    do {
      const query = { bool: { should: [{ wildcard: { name: '?*' } }, search.query] } };
      const body = { query, sort, size: 2, searchAfter };
      const next = searchPage.parse(await ben.json(first, `POST ${KEYS}/_query`, body));
      for (const { id } of next.apiKeys) ids.add(id);
      expect(next.aggregationTotal).toBe(MAX_PER_USER);
      searchAfter = next.searchAfter;
    } while (searchAfter !== undefined);
    expect(ids.size).toBe(MAX_PER_USER);
  });

  it('a password reset invalidates the user’s keys in every process when requested', async () => {
    const { admin, ana, first, second } = environment;
    const key = await create(ana, first);
    const me = (server: Reachable) => call(key, server, 'GET', '/internal/security/me');
    expect((await me(second)).status).toBe(200);
    await admin.json(first, 'POST /internal/security/users/ana/password', {
      newPassword: 'another-password-21d7',
      invalidateApiKeys: true,
    });
    expect((await me(first)).status).toBe(401);
    await waitUntil('the invalidation of the key', async () => (await me(second)).status === 401);
  });
});
