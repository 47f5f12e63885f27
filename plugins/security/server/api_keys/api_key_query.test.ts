import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type SecurityServer,
  startSecurityServer,
  type TestClient,
} from '../security_plugin.mock.ts';

const KEYS = '/internal/security/api_key';

interface Found {
  readonly apiKeys: readonly { readonly name: string; readonly _sort?: readonly unknown[] }[];
  readonly total: number;
  readonly count: number;
  readonly searchAfter?: readonly unknown[];
  readonly aggregations: { readonly usernames: { readonly buckets: readonly { key: string }[] } };
  readonly aggregationTotal: number;
  readonly message?: string;
}

let server: SecurityServer;
let admin: TestClient;
let ben: TestClient;
beforeEach(async () => {
  server = await startSecurityServer({ settings: { apiKeys: { defaultExpiration: 'never' } } });
  admin = await server.signIn();
  const user = { password: 'ben-password', roles: ['editor'] };
  await admin.send({ method: 'POST', url: '/internal/security/users/ben', body: user });
  ben = await server.signIn('ben', 'ben-password');
});
afterEach(() => server.stop());

const create = async (client: TestClient, body: object) =>
  (await client.send<{ encoded: string }>({ method: 'POST', url: KEYS, body })).body;
const query = async (client: TestClient, body: object, headers = {}) => {
  const url = `${KEYS}/_query`;
  return client.send<Found>({ method: 'POST', url, body, headers });
};
const namesBy = async (client: TestClient, body: object) =>
  (await query(client, body)).body.apiKeys.map(({ name }) => name);

describe('a search for API keys', () => {
  /** The query that Kibana's page sends for a text in its search box. */
  const searchBox = (text: string) => ({
    bool: {
      must: [
        {
          bool: {
            should: [
              { simple_query_string: { query: `+${text}` } },
              ...['name', 'username'].map((field) => ({
                wildcard: { [field]: { value: `*${text}*`, case_insensitive: true } },
              })),
            ],
          },
        },
      ],
    },
  });

  beforeEach(async () => {
    for (const name of ['alpha one', 'Alphabet', 'Alerting: rule']) {
      await create(ben, { name });
      await server.clock.advance(1000);
    }
    await create(ben, { name: 'by fleet', metadata: { managed: true } });
    await create(admin, { name: 'of admin', expiration: '1h' });
    await server.clock.advance(2 * 3_600_000);
  });

  it('accepts the query of Kibana’s search box', async () => {
    const sort = { field: 'name', direction: 'asc' };
    const body = { query: searchBox('LPHA'), sort, from: 0, size: 25, filters: {} };
    expect(await namesBy(admin, body)).toEqual(['Alphabet', 'alpha one']);
    expect(await namesBy(ben, { query: searchBox('elastic') })).toEqual([]);
    expect(await namesBy(admin, { query: searchBox('elastic') })).toEqual(['of admin']);
  });

  it('applies the filters of Kibana’s page', async () => {
    const sort = { field: 'name', direction: 'asc' };
    for (const [filters, names] of [
      [{ type: 'managed' }, ['Alerting: rule', 'by fleet']],
      [{ type: 'rest', usernames: ['ben'] }, ['Alphabet', 'alpha one']],
      [{ type: 'cross_cluster' }, []],
      [{ expired: true, usernames: [] }, ['of admin']],
    ] as const) {
      expect(await namesBy(admin, { filters, sort })).toEqual(names);
    }
  });

  it('returns users, types and states of all keys that the caller may see, whatever the query is', async () => {
    const body = { query: { term: { name: 'no such key' } }, size: 0 };
    expect((await query(admin, body)).body).toMatchObject({
      apiKeys: [],
      total: 0,
      count: 0,
      aggregationTotal: 5,
      aggregations: {
        usernames: { buckets: [{ key: 'ben' }, { key: 'elastic' }] },
        types: { buckets: [{ key: 'rest' }] },
        expired: { doc_count: 1 },
        managed: {
          buckets: { metadataBased: { doc_count: 1 }, namePrefixBased: { doc_count: 1 } },
        },
      },
    });
    expect((await query(ben, body)).body).toMatchObject({
      aggregationTotal: 4,
      aggregations: { usernames: { buckets: [{ key: 'ben' }] }, expired: { doc_count: 0 } },
    });
  });

  it('finds no key that the caller may not see, for any query', async () => {
    const everything = { bool: { should: [{ match_all: {} }, { term: { username: 'elastic' } }] } };
    expect((await query(ben, { query: everything })).body.total).toBe(4);
    const { encoded } = await create(ben, { name: 'a program' });
    const headers = { authorization: `ApiKey ${encoded}` };
    const found = (await query(server.client(), { query: everything }, headers)).body;
    expect(found).toMatchObject({ apiKeys: [{ name: 'a program' }], total: 1 });
    expect(found.aggregationTotal).toBe(1);
  });

  it('refuses unsupported queries and names the unsupported part', async () => {
    const refused = await query(ben, {
      query: { bool: { must: [{ fuzzy: { name: 'x' } }] } },
    });
    expect(refused.status).toBe(400);
    expect(refused.body.message).toContain('query.bool.must.0');
    expect(refused.body.message).toContain('supported queries');
  });
});

describe('pages by cursor', () => {
  const readAll = async (sort: object, size: number) => {
    const names: string[] = [];
    let searchAfter: readonly unknown[] | undefined;
    do {
      const body = { sort, size, ...(searchAfter === undefined ? {} : { searchAfter }) };
      const found = (await query(ben, body)).body;
      expect(found.total).toBe(7);
      expect(found.searchAfter).toEqual(found.apiKeys.at(-1)?._sort);
      names.push(...found.apiKeys.map(({ name }) => name));
      searchAfter = found.searchAfter;
    } while (searchAfter !== undefined);
    return names;
  };

  beforeEach(async () => {
    for (const name of ['c', 'a', 'same', 'same', 'same']) await create(ben, { name });
    await create(ben, { name: 'soon', expiration: '1h' });
    await create(ben, { name: 'later', expiration: '2h' });
  });

  it('contain every key exactly once, even if sort values are equal', async () => {
    for (const size of [1, 2, 3, 7]) {
      expect(await readAll({ field: 'name', direction: 'asc' }, size)).toEqual([
        'a',
        'c',
        'later',
        'same',
        'same',
        'same',
        'soon',
      ]);
    }
  });

  it('put keys without a value of the sort field last, in both directions', async () => {
    const never = ['a', 'c', 'same', 'same', 'same'];
    const sort = { field: 'expiration', direction: 'asc' };
    expect(await readAll(sort, 2)).toEqual(['soon', 'later', ...never]);
    expect(await readAll({ ...sort, direction: 'desc' }, 2)).toEqual(['later', 'soon', ...never]);
  });

  it('are not available when the client chooses no sort field', async () => {
    const [key] = (await query(ben, {})).body.apiKeys;
    expect(key).not.toHaveProperty('_sort');
    expect((await query(ben, {})).body).not.toHaveProperty('searchAfter');
  });

  const byName = { field: 'name', direction: 'asc' };
  it.each([
    [{ searchAfter: ['a', 1, 'id'] }],
    [{ searchAfter: ['a', 1], sort: byName }],
    [{ searchAfter: ['a', 'b', 'id'], sort: byName }],
    [{ searchAfter: ['a', 1, 'id'], sort: byName, from: 1 }],
    [{ searchAfter: [{}], sort: byName }],
    [{ search_after: ['a', 1, 'id'], sort: byName }],
    [{ aggs: {} }],
  ])('are refused with %j', async (body) => {
    expect((await query(ben, body)).status).toBe(400);
  });
});
