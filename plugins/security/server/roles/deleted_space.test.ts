import { anAuthenticatedUser, aPrincipal } from '@latchkey/core/server/mocks';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerTestFeatures } from '../features.mock.ts';
import { withoutSpace } from '../privileges/index.ts';
import {
  type SecurityServer,
  startSecurityServer,
  type TestClient,
} from '../security_plugin.mock.ts';
import type { SpaceDeletion, UserChange } from '../types.ts';

const SPACES = ['sales', 'default', 'hr', '*'];
const rows = fc.array(
  fc.record({
    base: fc.subarray(['all', 'read']),
    feature: fc.constant({}),
    spaces: fc.subarray(SPACES),
  }),
  { maxLength: 5 },
);

describe('the entries of a role after a space was removed from them', () => {
  it('name no additional space, never grant every space, and always name at least one space', () => {
    fc.assert(
      fc.property(rows, (before) => {
        const after = withoutSpace(before, 'sales');
        const named = before.filter(({ spaces }) => spaces.includes('sales'));
        if (after === undefined) {
          expect(named).toEqual([]);
          return;
        }
        expect(named).not.toEqual([]);
        const spacesOf = (row: { readonly spaces: readonly string[] }) => row.spaces;
        expect(after.flatMap(spacesOf)).toEqual(
          before.flatMap(spacesOf).filter((space) => space !== 'sales'),
        );
        // An entry without spaces could be read as every space, so none may remain, even if it
        // existed before.
        expect(after.every(({ spaces }) => spaces.length > 0)).toBe(true);
      }),
    );
  });
});

const NO_DELETION: SpaceDeletion = { isBeingDeleted: false, lastDeletion: undefined };

interface CreatedKey {
  readonly id: string;
  readonly encoded: string;
}

describe('a space that is deleted', () => {
  let server: SecurityServer;
  let admin: TestClient;
  let changes: UserChange[];
  /**
   * Results of reading deletions, in order. The last one is repeated. Empty: nothing was deleted.
   */
  let deletions: SpaceDeletion[];
  /** Ids of spaces whose deletions were read. */
  let lookups: string[];
  beforeEach(async () => {
    changes = [];
    deletions = [];
    lookups = [];
    server = await startSecurityServer({
      beforeStart: (setup) => {
        registerTestFeatures(setup);
        setup.onUserChange(async (change) => void changes.push(change));
        setup.registerSpaceDeletions(async (id) => {
          lookups.push(id);
          const [first] = id === 'sales' ? deletions : [];
          if (deletions.length > 1) deletions = deletions.slice(1);
          return first ?? NO_DELETION;
        });
      },
    });
    admin = await server.signIn();
  });
  afterEach(() => server.stop());

  const row = (...spaces: string[]) => ({ base: [], feature: { actions: ['read'] }, spaces });
  const put = (name: string, kibana: object[]) =>
    admin.send({ method: 'PUT', url: `/api/security/role/${name}`, body: { kibana } });
  const rowsOf = async (name: string) =>
    (await admin.send<{ kibana: unknown }>({ method: 'GET', url: `/api/security/role/${name}` }))
      .body.kibana;
  const isCurrent = async () => undefined;

  it('is removed from all roles; a role that named no other space grants nothing, even when a new space gets the same id', async () => {
    await put('sellers', [row('sales'), row('default')]);
    await put('only-sales', [row('sales')]);
    await put('everywhere', [row('*')]);
    await put('both', [row('sales', 'hr')]);
    const may = async (role: string, spaceId: string) =>
      (
        await server.start.missingPrivileges(
          aPrincipal({ user: anAuthenticatedUser({ roles: [role] }), spaceId }),
          ['actions:execute'],
        )
      ).length === 0;
    expect(await may('only-sales', 'sales')).toBe(true);
    expect(await server.start.countSpace('sales')).toEqual({ roles: 3, apiKeys: 0 });
    expect(await server.start.removeSpace('sales', isCurrent)).toEqual({ roles: 3, apiKeys: 0 });
    expect(await rowsOf('sellers')).toEqual([row('default')]);
    expect(await rowsOf('only-sales')).toEqual([]);
    expect(await rowsOf('everywhere')).toEqual([row('*')]);
    expect(await rowsOf('both')).toEqual([row('hr')]);
    const spaces = ['sales', 'default', 'hr'];
    expect(await Promise.all(spaces.map((space) => may('only-sales', space)))).toEqual([
      false,
      false,
      false,
    ]);
    expect(await server.start.removeSpace('sales', isCurrent)).toEqual({ roles: 0, apiKeys: 0 });
  });

  it('causes a published change of the users whose role named it', async () => {
    await put('only-sales', [row('sales')]);
    await admin.send({
      method: 'POST',
      url: '/internal/security/users/ben',
      body: { password: 'ben-password-93fe', roles: ['only-sales'] },
    });
    changes = [];
    await server.start.removeSpace('sales', isCurrent);
    expect(changes.every(({ type }) => type === 'roles_changed')).toBe(true);
    expect(new Set(changes.map(({ username }) => username))).toEqual(new Set(['ben']));
  });

  it('is removed from no further role once its deletion has ended', async () => {
    await put('only-sales', [row('sales')]);
    const isFinished = async () => {
      throw new Error('over');
    };
    await expect(server.start.removeSpace('sales', isFinished)).rejects.toThrow('over');
    expect(await rowsOf('only-sales')).toEqual([row('sales')]);
  });

  it('cannot be named by a role while its deletion runs', async () => {
    await put('sellers', [row('hr')]);
    deletions = [{ isBeingDeleted: true, lastDeletion: '2030-01-01T00:00:00.000Z' }];
    const refused = { status: 409, body: { attributes: { code: 'space_being_deleted' } } };
    expect(await put('sellers', [row('hr', 'sales')])).toMatchObject(refused);
    expect(await put('only-sales', [row('sales')])).toMatchObject(refused);
    const url = '/api/security/roles';
    const roles = { both: { kibana: [row('sales')] }, other: { kibana: [row('hr')] } };
    expect(await admin.send({ method: 'POST', url, body: { roles } })).toMatchObject({
      body: { created: ['other'], errors: { both: { type: 'space_being_deleted' } } },
    });
    expect(await rowsOf('sellers')).toEqual([row('hr')]);
    expect(await Promise.all(['only-sales', 'both'].map(rowsOf))).toEqual([undefined, undefined]);
    expect(await put('everywhere', [row('*')])).toMatchObject({ status: 204 });
  });

  it.each([
    ['still runs', { isBeingDeleted: true, lastDeletion: '2030-01-01T00:00:00.000Z' }],
    ['is over', { isBeingDeleted: false, lastDeletion: '2030-01-01T00:00:00.000Z' }],
  ])(
    'remains in no role that was being written when the deletion began, if the deletion %s',
    async (_when, deletion) => {
      deletions = [NO_DELETION, deletion];
      expect(await put('sellers', [row('sales')])).toMatchObject({
        status: 409,
        body: { attributes: { code: 'space_being_deleted' } },
      });
      expect(await rowsOf('sellers')).toEqual([]);
    },
  );

  const KEYS = '/internal/security/api_key';
  const createKey = (name: string, ...spaces: string[]) =>
    admin.send<CreatedKey>({
      method: 'POST',
      url: KEYS,
      body: { name, role_descriptors: { a: { kibana: [row(...spaces)] } } },
    });
  const updateKey = (id: string, ...spaces: string[]) =>
    admin.send({
      method: 'PUT',
      url: KEYS,
      body: { id, role_descriptors: { a: { kibana: [row(...spaces)] } } },
    });
  const keyNames = async () =>
    (
      await admin.send<{ apiKeys: { name: string; role_descriptors?: object }[] }>({
        method: 'GET',
        url: KEYS,
      })
    ).body.apiKeys.map(({ name, role_descriptors: restriction }) => [name, restriction]);
  const refusedKey = {
    status: 409,
    body: {
      message: expect.stringContaining('space [sales] is being deleted'),
      attributes: { code: 'space_being_deleted' },
    },
  };
  const restrictedTo = (...spaces: string[]) => ({ a: { kibana: [row(...spaces)] } });

  it('cannot be named by the restriction of an API key while its deletion runs', async () => {
    const { id } = (await createKey('ci', 'hr')).body;
    deletions = [{ isBeingDeleted: true, lastDeletion: '2030-01-01T00:00:00.000Z' }];
    expect(await createKey('new', 'sales', 'hr')).toMatchObject(refusedKey);
    expect(await updateKey(id, 'sales', 'hr')).toMatchObject(refusedKey);
    expect(await keyNames()).toEqual([['ci', restrictedTo('hr')]]);
    expect(await createKey('everywhere', '*')).toMatchObject({ status: 200 });
  });

  it('is not revealed to an owner of API keys who cannot reach it, and its deletion is not read', async () => {
    const owner = { base: [], feature: { actions: ['read'], api_keys: ['all'] } };
    await put('owner', [{ ...owner, spaces: ['default', 'hr'] }]);
    await admin.send({
      method: 'POST',
      url: '/internal/security/users/ben',
      body: { password: 'ben-password-93fe', roles: ['owner'] },
    });
    const ben = await server.signIn('ben', 'ben-password-93fe');
    deletions = [{ isBeingDeleted: true, lastDeletion: '2030-01-01T00:00:00.000Z' }];
    lookups = [];
    const body = { name: 'ci', role_descriptors: restrictedTo('sales', 'hr') };
    const created = await ben.send<CreatedKey>({ method: 'POST', url: KEYS, body });
    expect(created.status).toBe(200);
    const change = { id: created.body.id, role_descriptors: restrictedTo('sales') };
    expect(await ben.send({ method: 'PUT', url: KEYS, body: change })).toMatchObject({
      status: 200,
    });
    expect(new Set(lookups)).toEqual(new Set(['hr']));
  });

  it('is refused as one of more than 100 spaces of an API key', async () => {
    const ids = Array.from({ length: 101 }, (_, index) => `s${index}`);
    expect(await createKey('few', ...ids.slice(1))).toMatchObject({ status: 200 });
    lookups = [];
    expect(await createKey('many', ...ids)).toMatchObject({ status: 400 });
    expect(lookups).toEqual([]);
  });

  it.each([
    ['still runs', { isBeingDeleted: true, lastDeletion: '2030-01-01T00:00:00.000Z' }],
    ['is over', { isBeingDeleted: false, lastDeletion: '2030-01-01T00:00:00.000Z' }],
  ])(
    'remains in no restriction of an API key that was being written when the deletion began, if the deletion %s',
    async (_when, deletion) => {
      const { id } = (await createKey('ci', 'hr')).body;
      const { id: only } = (await createKey('only', 'hr')).body;
      deletions = [NO_DELETION, deletion];
      expect(await createKey('new', 'sales', 'hr')).toMatchObject(refusedKey);
      deletions = [NO_DELETION, deletion];
      expect(await updateKey(id, 'sales', 'hr')).toMatchObject(refusedKey);
      deletions = [NO_DELETION, deletion];
      expect(await updateKey(only, 'sales')).toMatchObject(refusedKey);
      expect(await keyNames()).toEqual([['ci', restrictedTo('hr')]]);
    },
  );

  it('can be named by a role after its deletion, even when the record of the deletion was removed', async () => {
    const earlier = { isBeingDeleted: false, lastDeletion: '2029-01-01T00:00:00.000Z' };
    deletions = [earlier];
    expect(await put('sellers', [row('sales')])).toMatchObject({ status: 204 });
    deletions = [earlier, NO_DELETION];
    expect(await put('sellers', [row('sales', 'hr')])).toMatchObject({ status: 204 });
    expect(await rowsOf('sellers')).toEqual([row('sales', 'hr')]);
  });

  it('is removed from the restrictions of API keys; a key with an empty restriction ends, and no key loses its restriction', async () => {
    const applications = (...resources: string[]) => [
      { application: 'kibana-.kibana', privileges: ['space_read'], resources },
    ];
    const create = async (name: string, descriptors: object) => {
      const body = { name, role_descriptors: descriptors };
      const url = '/internal/security/api_key';
      const made = await admin.send<CreatedKey>({ method: 'POST', url, body });
      expect(made.status).toBe(200);
      return made.body;
    };
    const keys = {
      rows: await create('rows', { a: { kibana: [row('sales', 'hr')] } }),
      onlyRow: await create('only-row', { a: { kibana: [row('sales')] } }),
      resources: await create('resources', {
        a: { applications: applications('space:sales', 'space:hr') },
      }),
      onlyResource: await create('only-resource', {
        a: { applications: applications('space:sales') },
      }),
      other: await create('other', { a: { kibana: [row('hr')] } }),
      unrestricted: await create('unrestricted', {}),
    };
    const mayIn = async ({ id, encoded }: CreatedKey, spaceId: string) => {
      const headers = { authorization: `ApiKey ${encoded}` };
      const me = { method: 'GET', url: '/internal/security/me', headers } as const;
      if ((await server.client().send(me)).status === 401) return 'ended';
      const apiKey = { authenticationType: 'api_key', apiKeyId: id, roles: ['superuser'] } as const;
      const user = anAuthenticatedUser(apiKey);
      const lacks = await server.start.missingPrivileges(aPrincipal({ user, spaceId }), [
        'actions:execute',
      ]);
      return lacks.length === 0;
    };
    const all = (spaceId: string) =>
      Promise.all(Object.values(keys).map((key) => mayIn(key, spaceId)));
    expect(await all('sales')).toEqual([true, true, true, true, false, true]);
    expect(await server.start.countSpace('sales')).toEqual({ roles: 0, apiKeys: 4 });
    expect(await server.start.removeSpace('sales', isCurrent)).toEqual({ roles: 0, apiKeys: 4 });
    expect(await all('sales')).toEqual([false, 'ended', false, 'ended', false, true]);
    expect(await all('hr')).toEqual([true, 'ended', true, 'ended', true, true]);
    expect(await server.start.removeSpace('sales', isCurrent)).toEqual({ roles: 0, apiKeys: 0 });
  });
});
