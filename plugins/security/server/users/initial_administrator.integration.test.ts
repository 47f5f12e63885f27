import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  newFolder,
  removeFolder,
  type SecurityServer,
  type SecurityServerOptions,
  startSecurityServer,
  type TestClient,
} from '../security_plugin.mock.ts';

let server: SecurityServer;
afterEach(() => server.stop());

describe('the first start', () => {
  it('creates an account with the development password in development, and logs a warning', async () => {
    server = await startSecurityServer();
    await server.signIn('elastic', 'changeme');
    expect(server.printed).toEqual([]);
    expect(server.logger.lines.map(({ message }) => message)).toContain(
      'Created the administrator [elastic] with the well-known development password',
    );
  });

  it('prints a random password once in production, and does not log it', async () => {
    server = await startSecurityServer({ mode: 'production' });
    const password = /: (\S{24})$/.exec(server.printed[0] ?? '')?.[1] ?? '';
    expect(server.printed).toHaveLength(1);
    await server.signIn('elastic', password);
    expect(JSON.stringify(server.logger.lines)).not.toContain(password);
    await expect(server.signIn('elastic', 'changeme')).rejects.toThrow('401');
  });

  it('uses the configured password in development and in production', async () => {
    server = await startSecurityServer({
      mode: 'production',
      settings: { initialAdminPassword: 'from-the-config' },
    });
    expect(server.printed).toEqual([]);
    await server.signIn('elastic', 'from-the-config');
  });

  it('refuses in production if the configured password is a development password', async () => {
    const settings = { initialAdminPassword: 'changeme' };
    await expect(startSecurityServer({ mode: 'production', settings })).rejects.toThrow(
      'xpack.security.initialAdminPassword is the development password',
    );
    server = await startSecurityServer({ settings });
    await server.signIn('elastic', 'changeme');
  });

  it('creates no administrator when a user already exists', async () => {
    const folder = await newFolder();
    const before = await startSecurityServer({ folder });
    const admin = await before.signIn();
    await admin.send({
      method: 'POST',
      url: '/internal/security/users/elastic/password',
      body: { password: 'changeme', newPassword: 'changed-it' },
    });
    await before.stop();
    server = await startSecurityServer({ folder });
    await server.signIn('elastic', 'changed-it');
    await removeFolder(folder);
  });
});

const saveUser = (admin: TestClient, name: string, password: string) =>
  admin.send({
    method: 'POST',
    url: `/internal/security/users/${name}`,
    body: { password, roles: ['superuser'] },
  });

describe('a later start', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await newFolder();
  });
  afterEach(() => removeFolder(folder));

  const start = async (options: SecurityServerOptions = {}) => {
    server = await startSecurityServer({ folder, ...options });
    return server;
  };
  const warnings = () =>
    server.logger.lines.filter(({ message }) => message.includes('has no effect'));

  it('is refused in production if the administrator has the development password', async () => {
    await (await start()).stop();
    for (const settings of [{}, { initialAdminPassword: 'from-the-config' }]) {
      await expect(start({ mode: 'production', settings })).rejects.toMatchObject({
        message: expect.stringContaining('still has the development password'),
        cause: expect.objectContaining({ name: 'ConfigError' }),
      });
    }
    await start();
  });

  it.each([
    ['ben', 'changeme'],
    ['ana', 'ana-development-password'],
    ['carl', 'ben-development-password'],
    ['carl', '\uff43hangeme'],
  ])(
    'is refused in production if the account [%s] has the development password %s',
    async (name, password) => {
      const admin = await (await start()).signIn();
      await saveUser(admin, name, password);
      await saveUser(admin, 'elastic', 'changed-it');
      await server.stop();
      await expect(start({ mode: 'production' })).rejects.toMatchObject({
        message: expect.stringContaining(`[${name}] still has the development password`),
        cause: expect.objectContaining({ name: 'ConfigError' }),
      });
      await start();
      const again = await server.signIn('elastic', 'changed-it');
      await again.send({ method: 'POST', url: `/internal/security/users/${name}/_disable` });
      await server.stop();
      await start({ mode: 'production' });
    },
  );

  it.each([
    ['has no stored result of a check', { vetting: undefined }],
    [
      'has a different password than the checked one',
      { vetting: { of: 'x', isDevelopmentPassword: false } },
    ],
  ])(
    'in production checks an account of an older build once by its hash if it %s',
    async (_what, stored) => {
      const admin = await (await start()).signIn();
      await saveUser(admin, 'ana', 'ana-development-password');
      await saveUser(admin, 'ben', 'changed-it');
      await saveUser(admin, 'elastic', 'changed-it');
      for (const name of ['ana', 'ben'])
        await server.repository.update<object>('user', name, stored);
      await server.stop();
      for (const _start of [1, 2]) {
        await expect(start({ mode: 'production' })).rejects.toThrow('[ana] still has');
      }
      await start();
      const { attributes } = await server.repository.get<{ vetting: object }>('user', 'ben');
      expect(attributes.vetting).toEqual({ of: expect.any(String), isDevelopmentPassword: false });
    },
  );

  it('does not let a user set a development password in production', async () => {
    await start({ mode: 'production', settings: { initialAdminPassword: 'from-the-config' } });
    const admin = await server.signIn('elastic', 'from-the-config');
    const refused = { status: 400, body: { attributes: { code: 'password_well_known' } } };
    expect(await saveUser(admin, 'ben', 'changeme')).toMatchObject(refused);
    expect(await saveUser(admin, 'elastic', 'ana-development-password')).toMatchObject(refused);
    const body = { password: 'from-the-config', newPassword: 'changeme' };
    const url = '/internal/security/users/elastic/password';
    expect(await admin.send({ method: 'POST', url, body })).toMatchObject(refused);
    await server.stop();
    await start({ mode: 'production' });
  });

  it('refuses to enable a user with a development password in production', async () => {
    const admin = await (await start()).signIn();
    const url = '/internal/security/users';
    const ben = { password: 'changeme', roles: ['superuser'] };
    await admin.send({ method: 'POST', url: `${url}/ben`, body: ben });
    await admin.send({ method: 'POST', url: `${url}/ben/_disable` });
    const second = { password: 'second-password', roles: ['superuser'] };
    await admin.send({ method: 'POST', url: `${url}/second`, body: second });
    const other = await server.signIn('second', 'second-password');
    await other.send({ method: 'POST', url: `${url}/elastic/_disable` });
    await server.stop();
    await start({ mode: 'production' });
    const again = await server.signIn('second', 'second-password');
    const refused = { status: 400, body: { attributes: { code: 'password_well_known' } } };
    const enable = () => again.send({ method: 'POST', url: `${url}/ben/_enable` });
    expect(await enable()).toMatchObject(refused);
    const { password: _none, ...unchanged } = ben;
    const body = { ...unchanged, enabled: true };
    expect(await again.send({ method: 'POST', url: `${url}/ben`, body })).toMatchObject(refused);
    expect(await saveUser(again, 'ben', 'a-new-password')).toMatchObject({ status: 200 });
    expect(await enable()).toMatchObject({ status: 204 });
  });

  it('succeeds in production after the password was changed or the account was disabled', async () => {
    const admin = await (await start()).signIn();
    const url = '/internal/security/users';
    const second = { password: 'second-password', roles: ['superuser'] };
    await admin.send({ method: 'POST', url: `${url}/second`, body: second });
    const other = await server.signIn('second', 'second-password');
    await other.send({ method: 'POST', url: `${url}/elastic/_disable` });
    await server.stop();
    await (await start({ mode: 'production' })).stop();
    await start();
    const again = await server.signIn('second', 'second-password');
    await again.send({ method: 'POST', url: `${url}/elastic/_enable` });
    const body = { newPassword: 'changed-it' };
    await again.send({ method: 'POST', url: `${url}/elastic/password`, body });
    await server.stop();
    await start({ mode: 'production' });
    await server.signIn('elastic', 'changed-it');
  });

  it("warns that the configured password has no effect, unless it is the administrator's present password", async () => {
    const first = { initialAdminPassword: 'the-first-one' };
    await (await start({ settings: first })).stop();
    await (await start({ settings: first })).stop();
    expect(warnings()).toEqual([]);
    await start({ settings: { initialAdminPassword: 'another-one' } });
    expect(warnings()).toHaveLength(1);
    await server.signIn('elastic', 'the-first-one');
  });
});
