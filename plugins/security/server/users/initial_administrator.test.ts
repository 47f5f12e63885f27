import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  newFolder,
  removeFolder,
  type SecurityServer,
  type SecurityServerOptions,
  startSecurityServer,
} from '../security_plugin.mock.ts';

let server: SecurityServer;
afterEach(() => server.stop());

describe('first start', () => {
  it('has well-known credentials in development, and says so', async () => {
    server = await startSecurityServer();
    await server.signIn('elastic', 'changeme');
    expect(server.printed).toEqual([]);
    expect(server.logger.lines.map(({ message }) => message)).toContain(
      'Created the administrator [elastic] with the well-known development password.',
    );
  });

  it('prints a random password once in production, and logs it nowhere', async () => {
    server = await startSecurityServer({ mode: 'production' });
    const password = /: (\S{24})$/.exec(server.printed[0] ?? '')?.[1] ?? '';
    expect(server.printed).toHaveLength(1);
    await server.signIn('elastic', password);
    expect(JSON.stringify(server.logger.lines)).not.toContain(password);
    await expect(server.signIn('elastic', 'changeme')).rejects.toThrow('401');
  });

  it('takes the configured password in either mode', async () => {
    server = await startSecurityServer({
      mode: 'production',
      settings: { initialAdminPassword: 'from-the-config' },
    });
    expect(server.printed).toEqual([]);
    await server.signIn('elastic', 'from-the-config');
  });

  it('of production refuses a well-known configured password', async () => {
    const settings = { initialAdminPassword: 'changeme' };
    await expect(startSecurityServer({ mode: 'production', settings })).rejects.toThrow(
      'xpack.security.initialAdminPassword is the development password',
    );
    server = await startSecurityServer({ settings });
    await server.signIn('elastic', 'changeme');
  });

  it('changes nothing when somebody exists already', async () => {
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

  it('of production refuses the development password of the administrator, whatever the settings', async () => {
    await (await start()).stop();
    for (const settings of [{}, { initialAdminPassword: 'from-the-config' }]) {
      await expect(start({ mode: 'production', settings })).rejects.toMatchObject({
        message: expect.stringContaining('still has the development password'),
        cause: expect.objectContaining({ name: 'ConfigError' }),
      });
    }
    await start();
  });

  it('of production works once the password was changed or the account disabled', async () => {
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

  it('warns that the configured password has no effect, unless it is the present one', async () => {
    const first = { initialAdminPassword: 'the-first-one' };
    await (await start({ settings: first })).stop();
    await (await start({ settings: first })).stop();
    expect(warnings()).toEqual([]);
    await start({ settings: { initialAdminPassword: 'another-one' } });
    expect(warnings()).toHaveLength(1);
    await server.signIn('elastic', 'the-first-one');
  });
});
