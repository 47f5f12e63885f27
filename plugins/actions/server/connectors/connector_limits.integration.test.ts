import type { DocumentStore, IterateRequest } from '@latchkey/saved-objects';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type ActionsFixture,
  createActionsFixture,
  type FixtureOptions,
  fixtureEncryption,
} from '../execution/actions_fixture.mock.ts';
import { connectorSoType } from './connector_so_type.ts';
import { ConnectorStore } from './connector_store.ts';

/** Headers that make a connector as large as older versions accepted: 100 of 8,192 characters. */
const HUGE_HEADERS = Object.fromEntries(
  Array.from({ length: 100 }, (_, index) => [`X-A${index}`, 'y'.repeat(8192)]),
);

let fixture: ActionsFixture;
afterEach(() => fixture.close());
const start = async (options: FixtureOptions = {}) => {
  fixture = await createActionsFixture(options);
};

/** Writes large connectors into the store, as an older version would have done. */
const seedHuge = (ids: readonly string[]) => async (store: DocumentStore) => {
  for (const id of ids) {
    const now = new Date(0).toISOString();
    const attributes = {
      name: id,
      actionTypeId: '.http',
      connectorTypeId: '.http',
      isMissingSecrets: false,
      authMode: 'shared',
      config: { url: 'http://localhost:1/', headers: HUGE_HEADERS },
      secrets: {},
    };
    await store.put({
      key: `action:${id}`,
      type: 'action',
      namespace: 'default',
      attributes: fixtureEncryption().encrypt(
        { type: 'action', id, namespace: 'default' },
        attributes,
      ),
      references: [],
      modelVersion: Math.max(...Object.keys(connectorSoType.modelVersions).map(Number)),
      createdAt: now,
      updatedAt: now,
    });
  }
};

const bearer = (token: string, url = 'http://localhost:1/') => ({
  name: 'Service',
  config: { url },
  secrets: { authType: 'bearer', token },
});
const create = (id: string, content: object, prefix = '') =>
  fixture.inject<Record<string, unknown>>({
    method: 'POST',
    url: `${prefix}/api/actions/connector/${id}`,
    body: { connector_type_id: '.custom_api', ...content },
  });
const update = (id: string, content: object) =>
  fixture.inject<Record<string, unknown>>({
    method: 'PUT',
    url: `/api/actions/connector/${id}`,
    body: content,
  });
const codeOf = ({ body }: { readonly body: Readonly<Record<string, unknown>> }) =>
  (body['attributes'] as Record<string, unknown> | undefined)?.['code'];

describe('F145: a large connector', () => {
  const headers = (length: number) => ({
    'X-A': 'y'.repeat(8192),
    ...Object.fromEntries(Array.from({ length }, (_, n) => [`X-${n}`, 'y'.repeat(7600)])),
  });
  const http = (count: number) => ({
    name: 'Service',
    config: { url: 'http://localhost:1/', headers: headers(count) },
  });

  it('is refused with advice when it is created, changed or validated', async () => {
    await start();
    const type = { connector_type_id: '.http' };
    expect((await create('a', { ...type, ...http(7) })).status).toBe(200);
    const refused = [await create('b', { ...type, ...http(8) }), await update('a', http(8))];
    for (const response of refused) {
      expect([response.status, codeOf(response)]).toEqual([400, 'connector_too_large']);
      expect(response.body['message']).toMatch(/at most 65536 are allowed\. Shorten/);
    }
    const { body } = await fixture.inject<{ issues: object[] }>({
      method: 'POST',
      url: '/internal/actions/connectors/_validate',
      body: { ...type, ...http(8) },
    });
    expect(body.issues).toMatchObject([{ code: 'connector_too_large' }]);
  });

  it('of an older version can be read, edited to become smaller, and deleted', async () => {
    await start({ seed: seedHuge(['old', 'older']) });
    const config = { url: 'http://localhost:1/', headers: HUGE_HEADERS };
    expect((await update('old', { name: 'Renamed', config })).status).toBe(200);
    // A quotation mark takes two bytes in JSON, so the new value has more bytes but fewer
    // characters.
    const little = { ...HUGE_HEADERS, 'X-A0': 'y'.repeat(7_692) + '"'.repeat(500) };
    const saved = await update('old', { name: 'A', config: { ...config, headers: little } });
    expect(saved.status).toBe(200);
    const grown = { ...HUGE_HEADERS, 'X-A0': 'y'.repeat(5_192) + '"'.repeat(3_000) };
    const refused = await update('old', { name: 'Grown', config: { ...config, headers: grown } });
    expect([refused.status, codeOf(refused)]).toEqual([400, 'connector_too_large']);
    const smaller = { ...config, headers: { 'X-A': 'short' } };
    expect((await update('old', { name: 'Small', config: smaller })).body).toMatchObject({
      config: smaller,
    });
    const remove = { method: 'DELETE', url: '/api/actions/connector/older' } as const;
    expect((await fixture.inject(remove)).status).toBe(204);
  });
});

describe('F145: the connectors of a space', () => {
  it('are limited to xpack.actions.maxConnectorsPerSpace, independently of other spaces', async () => {
    await start({ config: { maxConnectorsPerSpace: 2 } });
    for (const id of ['a', 'b']) expect((await create(id, bearer(`token-${id}`))).status).toBe(200);
    const refused = await create('c', bearer('token-c'));
    expect([refused.status, codeOf(refused)]).toEqual([400, 'connector_limit_reached']);
    expect(refused.body['message']).toContain('[xpack.actions.maxConnectorsPerSpace]');
    const again = await create('b', bearer('token-b'));
    expect([again.status, codeOf(again)]).toEqual([409, 'id_taken']);
    expect((await create('d', bearer('token-d'), '/s/sales')).status).toBe(200);
    expect((await update('a', bearer('token-2'))).status).toBe(200);
    await fixture.inject({ method: 'DELETE', url: '/api/actions/connector/a' });
    expect((await create('c', bearer('token-c'))).status).toBe(200);
  });

  it('are listed with configs of at most 8 million characters in total', async () => {
    const ids = Array.from({ length: 12 }, (_, n) => `huge-${n}`);
    await start({ seed: seedHuge(ids) });
    await create('small', bearer('development-token'));
    const list = { method: 'GET', url: '/api/actions/connectors' } as const;
    const { text, body } = await fixture.inject<readonly Record<string, unknown>[]>(list);
    expect(text.length).toBeLessThan(8_100_000);
    expect(body.map(({ id }) => id).toSorted()).toEqual([...ids, 'small'].toSorted());
    const withConfig = body.filter(({ config }) => config !== undefined).map(({ id }) => id);
    expect(withConfig).toHaveLength(10);
    // The small config still fits after a large one was left out.
    expect(withConfig).toContain('small');
    for (const connector of body) expect(connector).toMatchObject({ auth_mode: 'shared' });
    const one = await fixture.inject({ method: 'GET', url: '/api/actions/connector/huge-11' });
    expect(one.body).toMatchObject({ config: { headers: HUGE_HEADERS } });
  });
});

describe('F145: reads of all connectors', () => {
  const reads: { readonly batchSize?: number; readonly names: readonly string[] | 'all' }[] = [];
  const namesOf = (fields: IterateRequest['fields']) => fields?.names ?? 'all';
  const recording = (store: DocumentStore): DocumentStore => ({
    ...store,
    iterate: (request) => {
      reads.push({ batchSize: request.batchSize, names: namesOf(request.fields) });
      return store.iterate(request);
    },
    getMany: (keys, type, fields) => {
      if (keys.length > 1) reads.push({ batchSize: keys.length, names: namesOf(fields) });
      return store.getMany(keys, type, fields);
    },
  });

  it('read small batches, and no attributes where only ids are needed', async () => {
    await start({ wrapStore: recording });
    await create('a', bearer('token-a'));
    const store = fixture.services.connectorReader;
    if (!(store instanceof ConnectorStore)) throw new Error('the reader is replaced');
    reads.length = 0;
    for await (const space of store.spacesInUse()) expect(space).toBe('default');
    expect(await store.idsIn('default')).toEqual(['a']);
    expect(reads).toEqual([
      { batchSize: 200, names: [] },
      { batchSize: 200, names: [] },
    ]);
    reads.length = 0;
    await store.list('default');
    await store.readMany(['a', ...Array.from({ length: 250 }, (_, n) => `b-${n}`)], 'default');
    expect(reads.map(({ batchSize }) => batchSize)).toEqual([200, 200, 51]);
  });
});
