import type { AuthenticatedUser } from '@latchkey/core/server';
import { anAuthenticatedUser, aPrincipal } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerTestFeatures } from '../features.mock.ts';
import {
  type SecurityServer,
  startSecurityServer,
  type TestClient,
} from '../security_plugin.mock.ts';

const ROLES = '/api/security/role';

let server: SecurityServer;
let admin: TestClient;
beforeEach(async () => {
  server = await startSecurityServer({ beforeStart: registerTestFeatures });
  admin = await server.signIn();
});
afterEach(() => server.stop());

const put = (name: string, body: object) =>
  admin.send<{ message?: string }>({ method: 'PUT', url: `${ROLES}/${name}`, body });
const get = (name: string) =>
  admin.send<Record<string, unknown>>({ method: 'GET', url: `${ROLES}/${name}` });
const missing = (user: Partial<AuthenticatedUser>, required: string[]) =>
  server.start.missingPrivileges(aPrincipal({ user: anAuthenticatedUser(user) }), required);

describe('a role from another installation', () => {
  const kibana = (feature: object) => [{ feature, spaces: ['*'] }];

  it('keeps unknown privileges of a feature, which grant nothing, and causes a warning in the response', async () => {
    const feature = { actions: ['read', 'endpoint_security_execute'], workflows: ['x', 'x'] };
    const response = await put('mixed', { kibana: kibana(feature) });
    expect(response.status).toBe(204);
    expect(response.headers['warning']).toBe(
      '299 Latchkey "Feature [actions] has no privilege [endpoint_security_execute], which grants nothing.", ' +
        '299 Latchkey "Feature [workflows] has no privilege [x], which grants nothing."',
    );
    expect((await get('mixed')).body).toMatchObject({ kibana: [{ feature }] });
    const mixed = { roles: ['mixed'] };
    const needed = ['actions:execute', 'actions:save', 'workflows:execute'];
    expect(await missing(mixed, needed)).toEqual(['actions:save', 'workflows:execute']);
  });

  it('causes at most 100 warnings, and the number of further ones', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `p${index}`);
    const feature = { actions: names, workflows: names, api_keys: ['x', 'y'] };
    const { body } = await admin.send({
      method: 'POST',
      url: '/api/security/roles',
      body: { roles: { many: { kibana: kibana(feature) } } },
    });
    const { warnings } = body as { warnings: { many: string[] } };
    expect(warnings.many).toHaveLength(101);
    expect(warnings.many.at(-1)).toBe('2 more privileges grant nothing.');
  });

  it('may name a space twice in one entry, which is stored once', async () => {
    const row = { base: ['read'], spaces: ['sales', 'sales'] };
    expect((await put('twice', { kibana: [row] })).status).toBe(204);
    expect((await get('twice')).body).toMatchObject({ kibana: [{ spaces: ['sales'] }] });
    const entries = [row, { base: ['all'], spaces: ['sales'] }];
    expect(await put('entries', { kibana: entries })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('more than one entry') },
    });
  });

  it('keeps unknown features, which grant nothing, and causes a warning in the response', async () => {
    const feature = { actions: ['read'], 'pay"roll\n': ['any'], discover: ['all'] };
    const response = await put('mixed', { kibana: kibana(feature) });
    expect(response.status).toBe(204);
    expect(response.headers['warning']).toBe(
      '299 Latchkey "Feature [discover] does not exist here and grants nothing.", ' +
        `299 Latchkey "Feature [pay'roll?] does not exist here and grants nothing."`,
    );
    expect((await get('mixed')).body).toMatchObject({ kibana: [{ feature }] });
    const mixed = { roles: ['mixed'] };
    expect(await missing(mixed, ['actions:execute', 'actions:save'])).toEqual(['actions:save']);
    expect(
      (await put('plain', { kibana: kibana({ actions: ['read'] }) })).headers,
    ).not.toHaveProperty('warning');
  });

  it('may have `base: null`', async () => {
    const row = { base: null, feature: { actions: ['read'] }, spaces: ['*'] };
    expect((await put('nullable', { kibana: [row] })).status).toBe(204);
    expect((await get('nullable')).body).toMatchObject({ kibana: [{ ...row, base: [] }] });
  });

  it('is returned without privileges in Elasticsearch when an older build stored it', async () => {
    await put('old', { elasticsearch: { cluster: ['all'] }, kibana: [] });
    const [row] = await server.store.getMany(['role:old'], 'role');
    if (row === undefined) throw new Error('the row was not found');
    const { version: _, attributes, ...document } = row;
    const { elasticsearch, ...before } = attributes;
    expect(elasticsearch).toEqual({ cluster: ['all'] });
    await server.store.put({ ...document, attributes: before, modelVersion: 1 });
    expect((await get('old')).body).toMatchObject({
      elasticsearch: { cluster: [], indices: [], run_as: [] },
    });
  });

  it('is read with `replaceDeprecatedPrivileges`, which has no effect', async () => {
    await put('plain', { kibana: [] });
    for (const [value, status] of [
      ['true', 200],
      ['false', 200],
      ['x', 400],
    ] as const)
      for (const name of ['plain', '']) {
        const url = `${ROLES}/${name}`.replace(/\/$/, '');
        const query = `?replaceDeprecatedPrivileges=${value}`;
        expect((await admin.send({ method: 'GET', url: `${url}${query}` })).status).toBe(status);
      }
  });
});

describe('privileges in Elasticsearch', () => {
  const ofIndex = { names: ['logs-*'], privileges: ['read'] };

  it('are returned without malformed members that an older build stored, so that the role can be saved again', async () => {
    await put('old', { elasticsearch: { cluster: ['all'] }, kibana: [] });
    const [row] = await server.store.getMany(['role:old'], 'role');
    if (row === undefined) throw new Error('the row was not found');
    const { version: _, attributes, ...document } = row;
    const elasticsearch = { cluster: ['all'], global: {}, indices: [{ query: {} }] };
    await server.store.put({ ...document, attributes: { ...attributes, elasticsearch } });
    const { body } = await get('old');
    expect(body).toMatchObject({ elasticsearch: { cluster: ['all'], indices: [], run_as: [] } });
    expect(body['elasticsearch']).not.toHaveProperty('global');
    const read = { elasticsearch: body['elasticsearch'], kibana: [] };
    expect((await put('old', read)).status).toBe(204);
  });

  it('have at most 64 kB', async () => {
    const elasticsearch = { indices: [{ ...ofIndex, query: 'x'.repeat(70_000) }] };
    expect((await put('large', { elasticsearch })).status).toBe(400);
  });

  it('are stored and returned with all members', async () => {
    const field_security = { grant: ['a', 'b'] };
    const complete = { ...ofIndex, field_security, allow_restricted_indices: false };
    const elasticsearch = {
      cluster: ['all'],
      indices: [complete],
      run_as: ['ben'],
      remote_cluster: [{ clusters: ['east'], privileges: ['monitor_enrich'] }],
      remote_indices: [{ ...complete, field_security: { except: ['c'] }, clusters: ['*'] }],
    };
    expect((await put('complete', { elasticsearch })).status).toBe(204);
    expect((await get('complete')).body).toMatchObject({ elasticsearch });
  });

  it.each([
    [{ clusters: ['all'] }, 'elasticsearch.clusters'],
    [{ cluster: [''] }, 'elasticsearch.cluster'],
    [{ cluster: Array(101).fill('all') }, 'elasticsearch.cluster'],
    [{ indices: [{ privileges: ['read'] }] }, 'names'],
    [{ indices: [{ names: [], privileges: ['read'] }] }, 'names'],
    [{ indices: [{ names: ['a'], privileges: [] }] }, 'privileges'],
    [{ indices: [{ ...ofIndex, query: { match_all: {} } }] }, 'query'],
    [{ indices: [{ ...ofIndex, field_security: { grant: 'a' } }] }, 'field_security'],
    [{ indices: [{ ...ofIndex, field_security: { other: ['a'] } }] }, 'field_security'],
    [{ indices: [{ ...ofIndex, clusters: ['a'] }] }, 'clusters'],
    [{ remote_cluster: [{ privileges: ['read'] }] }, 'clusters'],
    [{ remote_indices: [ofIndex] }, 'clusters'],
  ])('are refused if they are malformed: %j', async (elasticsearch, member) => {
    const response = await put('malformed', { elasticsearch });
    expect(response.status).toBe(400);
    expect(response.body.message).toContain(member);
  });
});
