import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MANAGER, SELLER, SpacesServer } from './spaces_server.mock.ts';

let server: SpacesServer;
beforeEach(async () => {
  server = await new SpacesServer().start();
});
afterEach(() => server.stop());

type SpaceBody = { readonly id: string; readonly [key: string]: unknown };
const LIST = '/api/spaces/space';
const create = (id: string, over: object = {}) =>
  server.harness.inject<SpaceBody>({ method: 'POST', url: LIST, body: { id, name: id, ...over } });
const get = <B = SpaceBody>(path = '', user = MANAGER) =>
  server.harness.inject<B>({ method: 'GET', url: `${LIST}${path}`, user });
const put = (id: string, body: object) =>
  server.harness.inject<SpaceBody>({ method: 'PUT', url: `${LIST}/${id}`, body });
const remove = (id: string, user = MANAGER) =>
  server.harness.inject({ method: 'DELETE', url: `${LIST}/${id}`, user });
const enter = async (id: string) =>
  (await server.harness.inject({ method: 'GET', url: `/s/${id}/api/here` })).status;
const code = (value: string) => ({ attributes: { code: value } });

describe('the spaces API', () => {
  it.each(['ZZ', 'no%20spaces', 'x'.repeat(65), '%F0%9F%98%80'])(
    'does not find %s, which is not a valid id',
    async (id) => {
      for (const response of [await get(`/${id}`), await remove(id)]) {
        expect(response).toMatchObject({ status: 404, body: code('space_not_found') });
      }
    },
  );

  it('accepts Kibana’s purposes of spaces and no others', async () => {
    for (const purpose of ['any', 'copySavedObjectsIntoSpace', 'shareSavedObjectsIntoSpace']) {
      expect((await get(`?purpose=${purpose}`)).status).toBe(200);
    }
    expect((await get('?purpose=nope')).status).toBe(400);
  });

  it.each(['\ud800', 'a\u0000b', ' '])('refuses the name %j', async (name) => {
    expect((await create('odd', { name })).status).toBe(400);
  });

  it('creates, lists, changes and deletes spaces with Kibana’s bodies', async () => {
    const space = {
      id: 'sales',
      name: 'Sales',
      description: 'Where we sell',
      color: '#00BFB3',
      initials: 'S',
      imageUrl: 'data:image/png;base64,iVBORw0KGgo=',
      disabledFeatures: ['workflows'],
      solution: 'classic',
    };
    expect(await create('sales', space)).toMatchObject({ status: 200, body: space });
    expect((await get('/sales')).body).toEqual(space);
    expect((await get<SpaceBody[]>('?purpose=any')).body.map(({ id }) => id)).toEqual([
      'default',
      'sales',
    ]);
    expect((await remove('sales')).status).toBe(204);
    expect(await get('/sales')).toMatchObject({ status: 404, body: code('space_not_found') });
    expect(await put('sales', space)).toMatchObject({ status: 404 });
  });

  it('keeps members that an update does not name, except for the disabled features', async () => {
    const space = {
      id: 'sales',
      name: 'Sales',
      description: 'Where we sell',
      color: '#00BFB3',
      initials: 'S',
      imageUrl: 'data:image/png;base64,iVBORw0KGgo=',
      disabledFeatures: ['workflows'],
      solution: 'classic',
    };
    await create('sales', space);
    const renamed = { ...space, name: 'Sales team', disabledFeatures: [] };
    const response = await put('sales', { id: 'sales', name: 'Sales team' });
    expect(response).toMatchObject({ status: 200, body: renamed });
    expect((await get('/sales')).body).toEqual(renamed);
  });

  it('changes a space only if it still has the version that the request names', async () => {
    const versionOf = async (id: string) => {
      const url = '/internal/spaces/spaces';
      const { body } = await server.harness.inject<SpaceBody[]>({ method: 'GET', url });
      return String(body.find((space) => space.id === id)?.['version']);
    };
    const save = (version: string, body: object) =>
      put(`sales?version=${encodeURIComponent(version)}`, { id: 'sales', ...body });
    await create('sales');
    const version = await versionOf('sales');
    // Another administrator changes the space, with a client of Kibana.
    expect((await put('sales', { id: 'sales', name: 'Theirs' })).status).toBe(200);
    expect(await save(version, { name: 'Mine' })).toMatchObject({
      status: 409,
      body: code('stale_version'),
    });
    expect((await get('/sales')).body).toEqual({
      id: 'sales',
      name: 'Theirs',
      disabledFeatures: [],
    });
    const current = await versionOf('sales');
    expect(await save(current, { name: 'Mine' })).toMatchObject({
      status: 200,
      body: { name: 'Mine' },
    });
    await remove('sales');
    expect(await save(current, { name: 'Mine' })).toMatchObject({
      status: 404,
      body: code('space_not_found'),
    });
    const [listed] = (await get<SpaceBody[]>()).body;
    expect(listed).not.toHaveProperty('version');
  });

  it.each([
    ['color', '#00BFB3'],
    ['initials', 'S'],
    ['imageUrl', 'data:image/png;base64,iVBORw0KGgo='],
  ])('resets only %s when an update contains an empty value for it', async (member, value) => {
    const others = { description: 'Where we sell', solution: 'classic' };
    expect(await create('sales', { ...others, [member]: value })).toMatchObject({
      body: { [member]: value },
    });
    await put('sales', { id: 'sales', name: 'sales', [member]: '' });
    expect((await get('/sales')).body).toEqual({
      id: 'sales',
      name: 'sales',
      ...others,
      disabledFeatures: [],
    });
  });

  it('creates a space with the default avatar when color, initials and picture are empty', async () => {
    await create('sales', { color: '', initials: '', imageUrl: '' });
    expect((await get('/sales')).body).toEqual({
      id: 'sales',
      name: 'sales',
      disabledFeatures: [],
    });
  });

  it('updates the space that the path names, whichever id the body names', async () => {
    await create('sales');
    const response = await put('sales', { id: 'other', name: 'Renamed' });
    expect(response).toMatchObject({ status: 200, body: { id: 'sales', name: 'Renamed' } });
    expect((await get('/other')).status).toBe(404);
  });

  it.each([
    'data:image/svg+xml;base64,PHN2Zz4=',
    "data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg'></svg>",
    'data:image/png;base64,iVBORw0KGgo=',
  ])('accepts the picture %s', async (imageUrl) => {
    expect(await create('sales', { imageUrl })).toMatchObject({ status: 200, body: { imageUrl } });
  });

  it('lets a manager rename the default space but not delete it', async () => {
    const renamed = await put('default', { id: 'default', name: 'Home', _reserved: true });
    expect(renamed.body).toMatchObject({ name: 'Home', _reserved: true });
    expect(await remove('default')).toMatchObject({ status: 400, body: code('space_reserved') });
  });

  it.each([
    { id: 'Sales' },
    { id: 'a/b' },
    { id: '' },
    { id: 'x'.repeat(65) },
    { name: ' ' },
    { color: 'red' },
    { imageUrl: 'https://evil.example/x.png' },
    { imageUrl: 'data:text/html;base64,PHN2Zz4=' },
    { owner: 'ana' },
  ])('refuses %j', async (over) => {
    expect((await create('sales', over)).status).toBe(400);
  });

  it('refuses an id that is taken', async () => {
    await create('sales');
    expect(await create('sales')).toMatchObject({ status: 409, body: code('space_exists') });
  });

  it('lists the purposes of each space on request', async () => {
    await create('sales');
    await create('secret');
    const purposes = (user?: typeof SELLER) =>
      get<SpaceBody[]>('?include_authorized_purposes=true', user);
    const all = {
      any: true,
      copySavedObjectsIntoSpace: true,
      findSavedObjects: true,
      shareSavedObjectsIntoSpace: true,
    };
    expect((await purposes()).body.map(({ authorizedPurposes }) => authorizedPurposes)).toEqual([
      all,
      all,
      all,
    ]);
    const reader = { ...all, copySavedObjectsIntoSpace: false, shareSavedObjectsIntoSpace: false };
    expect((await purposes(SELLER)).body).toEqual([
      expect.objectContaining({ id: 'sales', authorizedPurposes: reader }),
    ]);
    expect((await get<SpaceBody[]>('?purpose=shareSavedObjectsIntoSpace', SELLER)).body).toEqual(
      [],
    );
    for (const query of ['', '?include_authorized_purposes=false'])
      expect((await get<SpaceBody[]>(query)).body[0]).not.toHaveProperty('authorizedPurposes');
    const both = '?purpose=any&include_authorized_purposes=true';
    expect((await get(both)).status).toBe(400);
    expect((await get('?include_authorized_purposes=yes')).status).toBe(400);
  });

  it('refuses to create more spaces than the configuration allows', async () => {
    await server.stop();
    server = await new SpacesServer({ maxSpaces: 2 }).start();
    expect((await create('one')).status).toBe(200);
    expect(await create('two')).toMatchObject({ status: 400, body: code('space_limit_reached') });
  });

  it('F72: shows users only spaces in which they have a privilege, and lets them change none', async () => {
    await create('sales');
    await create('secret');
    expect((await get<SpaceBody[]>('', SELLER)).body.map(({ id }) => id)).toEqual(['sales']);
    expect((await get('/sales', SELLER)).status).toBe(200);
    const hidden = await get('/secret', SELLER);
    const absent = await get('/absent', SELLER);
    expect(hidden.status).toBe(404);
    expect(hidden.text.replaceAll('secret', 'absent')).toBe(absent.text);
    expect((await remove('sales', SELLER)).status).toBe(403);
  });

  it('leads users without access to the default space to a space that they may enter', async () => {
    await create('sales');
    const home = { method: 'GET', url: '/', user: SELLER, defaultHeaders: false } as const;
    const response = await server.harness.inject({ ...home, headers: { accept: 'text/html' } });
    expect(response).toMatchObject({ status: 302, headers: { location: '/s/sales/' } });
  });

  it('returns the space of the request', async () => {
    await create('sales');
    const url = '/s/sales/internal/spaces/_active_space';
    expect((await server.harness.inject<SpaceBody>({ method: 'GET', url })).body.id).toBe('sales');
  });

  it('writes an audit event for each change, including refused changes', async () => {
    await create('sales');
    await create('sales');
    await put('sales', { id: 'sales', name: 'x' });
    await remove('sales');
    expect(server.audit.events.map((e) => [e.action, e.outcome, e.errorCode])).toEqual([
      ['space_create', 'success', undefined],
      ['space_create', 'failure', 'space_exists'],
      ['space_update', 'success', undefined],
      ['space_delete_complete', 'success', undefined],
      ['space_delete', 'success', undefined],
    ]);
  });
});

describe('the space guard', () => {
  it('F71: gives the same response for a space without privileges as for a missing space', async () => {
    await create('sales');
    await create('secret');
    const as = (id: string, user: typeof SELLER | null) =>
      server.harness.inject({ method: 'GET', url: `/s/${id}/api/here`, user });
    expect((await as('sales', SELLER)).status).toBe(200);
    const [hidden, absent] = [await as('secret', SELLER), await as('absent', SELLER)];
    expect([hidden.status, hidden.text]).toEqual([404, absent.text]);
  });

  it('lets requests into a space as soon as the space exists, and never after its deletion', async () => {
    expect(await enter('sales')).toBe(404);
    await create('sales');
    expect(await enter('sales')).toBe(200);
    expect(await server.started.exists('sales')).toBe(true);
    await remove('sales');
    expect(await enter('sales')).toBe(404);
    expect(await enter('default')).toBe(200);
  });
});
