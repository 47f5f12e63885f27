import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SecurityServer, TestClient } from '../security_plugin.mock.ts';
import { startSecurityServer } from '../security_plugin.mock.ts';

const URL = '/internal/security/user_profile/settings';

describe('personal settings', () => {
  let server: SecurityServer;
  let admin: TestClient;
  let ben: TestClient;
  const put = (client: TestClient, body: object) =>
    client.send<Record<string, unknown>>({ method: 'PUT', url: URL, body });
  const read = async (client: TestClient) => (await client.send({ method: 'GET', url: URL })).body;

  beforeEach(async () => {
    server = await startSecurityServer();
    admin = await server.signIn();
    const body = { password: 'benpass', roles: ['viewer'] };
    await admin.send({ method: 'POST', url: '/internal/security/users/ben', body });
    ben = await server.signIn('ben', 'benpass');
  });
  afterEach(() => server.stop());

  it('are the theme of the system and the language of the browser until others are stored', async () => {
    expect(await read(ben)).toEqual({ theme: 'system', language: 'browser' });
  });

  it('are stored for each user', async () => {
    const response = await put(ben, { theme: 'dark', language: 'de' });
    expect(response).toMatchObject({ status: 200, body: { theme: 'dark', language: 'de' } });
    expect(await read(ben)).toEqual({ theme: 'dark', language: 'de' });
    expect(await read(admin)).toEqual({ theme: 'system', language: 'browser' });
  });

  it.each([
    ['an unknown theme', { theme: 'blue', language: 'de' }],
    ['an unknown language', { theme: 'dark', language: 'fr' }],
    ['a missing setting', { theme: 'dark' }],
    ['an additional setting', { theme: 'dark', language: 'de', colour: 'red' }],
  ])('are not changed by %s, which is refused with 400', async (_, body) => {
    await put(ben, { theme: 'light', language: 'en' });
    expect((await put(ben, body)).status).toBe(400);
    expect(await read(ben)).toEqual({ theme: 'light', language: 'en' });
  });

  it('can only be read by a user who is signed in', async () => {
    expect((await put(server.client(), { theme: 'dark', language: 'de' })).status).toBe(401);
    expect((await server.client().send({ method: 'GET', url: URL })).status).toBe(401);
  });

  it('can be read but not changed with an API key', async () => {
    const { body } = await admin.send<{ encoded: string }>({
      method: 'POST',
      url: '/internal/security/api_key',
      body: { name: 'key' },
    });
    const headers = { authorization: `ApiKey ${body.encoded}` };
    const settings = { theme: 'dark', language: 'de' };
    const refused = await server
      .client()
      .send({ method: 'PUT', url: URL, headers, body: settings });
    expect(refused).toMatchObject({
      status: 403,
      body: { attributes: { code: 'api_key_needs_login' } },
    });
    expect((await server.client().send({ method: 'GET', url: URL, headers })).status).toBe(200);
  });

  it('have default values in place of values that only another build knows', async () => {
    const [profile] = await profilesOf('ben');
    const settings = { theme: 'sepia', language: 'de' };
    await server.repository.update('user_profile', profile?.id ?? '', { settings });
    expect(await read(ben)).toEqual({ theme: 'system', language: 'de' });
  });

  it('are stored for an account that an older build created', async () => {
    const [profile] = await profilesOf('ben');
    const [row] = await server.store.getMany([`user_profile:${profile?.id}`], 'user_profile');
    if (row === undefined) throw new Error('the profile does not exist');
    const { version: _, ...document } = row;
    await server.store.put({ ...document, modelVersion: 1, attributes: { username: 'ben' } });
    expect(await read(ben)).toEqual({ theme: 'system', language: 'browser' });
    await put(ben, { theme: 'dark', language: 'en-XA' });
    expect(await read(ben)).toEqual({ theme: 'dark', language: 'en-XA' });
  });

  it('are part of the data in a page that the user opens', async () => {
    await put(ben, { theme: 'dark', language: 'de' });
    const [profile] = await profilesOf('ben');
    const user = await server.start.getActiveUser(profile?.id ?? '');
    const session = user && { ...user, authenticationType: 'session' as const };
    const page = await server.start.getPageUser({ user: session, spaceId: 'default' });
    expect(page).toMatchObject({
      user: { username: 'ben', roles: ['viewer'] },
      settings: { theme: 'dark', language: 'de' },
      privileges: ['monitoring:read'],
    });
    expect(await server.start.getPageUser({ user: undefined, spaceId: 'default' })).toEqual({
      user: undefined,
      settings: { theme: 'system', language: 'browser' },
      privileges: [],
    });
  });

  async function profilesOf(username: string) {
    const found = await server.repository.find<{ username: string }>({ type: 'user_profile' });
    return found.savedObjects.filter(({ attributes }) => attributes.username === username);
  }
});
