import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SecurityServer, TestClient } from '../security_plugin.mock.ts';
import { startSecurityServer } from '../security_plugin.mock.ts';

interface Page {
  readonly users: readonly { readonly username: string; readonly last_login: string | null }[];
  readonly total: number;
}

describe('GET /internal/security/users/_query', () => {
  let server: SecurityServer;
  let admin: TestClient;
  const query = async (search: string) => {
    const url = `/internal/security/users/_query${search}`;
    const { status, body } = await admin.send<Page>({ method: 'GET', url });
    return { status, total: body.total, names: body.users?.map(({ username }) => username), body };
  };

  beforeEach(async () => {
    server = await startSecurityServer();
    admin = await server.signIn();
    const add = (username: string, more: object) =>
      admin.send({
        method: 'POST',
        url: `/internal/security/users/${username}`,
        body: { password: 'password', roles: [], ...more },
      });
    await add('ana', { full_name: 'Ana Sales', email: 'ana@example.com' });
    await add('ben', { full_name: 'Ben Support' });
    await add('cara', { email: 'Cara@Sales.example' });
  });
  afterEach(() => server.stop());

  it('returns all users, sorted by username, when there is no search text', async () => {
    expect(await query('')).toMatchObject({ total: 4, names: ['ana', 'ben', 'cara', 'elastic'] });
  });

  it.each([
    ['the username', 'BEN', ['ben']],
    ['the full name or email address', 'sales', ['ana', 'cara']],
    ['all fields and finds no user if none matches', 'zoe', []],
    ['all fields and does not treat it as a pattern', '*', []],
  ])('searches for a text in %s', async (_, search, names) => {
    expect(await query(`?search=${search}`)).toMatchObject({ names, total: names.length });
  });

  it('returns one page and the total number', async () => {
    expect(await query('?per_page=3&page=2')).toMatchObject({ total: 4, names: ['elastic'] });
    expect(await query('?per_page=3&page=3')).toMatchObject({ total: 4, names: [] });
  });

  it.each(['?per_page=101', '?per_page=0', '?page=0', '?page=x', '?sort=name'])(
    'refuses %s with 400',
    async (search) => {
      expect((await query(search)).status).toBe(400);
    },
  );

  it('returns the time of the last login by form, or null before the first login', async () => {
    const at = new Date(server.clock.now()).toISOString();
    await server.signIn('ben', 'password');
    const logins = (await query('')).body.users.map((user) => [user.username, user.last_login]);
    expect(Object.fromEntries(logins)).toMatchObject({ ana: null, ben: at });
  });

  it('returns no password hash', async () => {
    const { body } = await query('');
    // Random ids may contain such words, so only names of members are compared with them.
    const names: string[] = [];
    const text = JSON.stringify(body, (name, value: unknown) => {
      names.push(name);
      return value;
    });
    expect(names.join(' ')).not.toMatch(/hash|epoch|scrypt/i);
    const { savedObjects } = await server.repository.find<{ passwordHash: string }>({
      type: 'user',
    });
    expect(savedObjects).toHaveLength(4);
    for (const { attributes } of savedObjects) {
      expect(attributes.passwordHash).toBeTruthy();
      expect(text).not.toContain(attributes.passwordHash);
    }
  });

  it('responds with 403 to a user who may not manage security', async () => {
    const ben = await server.signIn('ben', 'password');
    const url = '/internal/security/users/_query';
    expect((await ben.send({ method: 'GET', url })).status).toBe(403);
  });
});
