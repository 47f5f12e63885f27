import { afterEach, describe, expect, it } from '@jest/globals';
import {
  newFolder,
  removeFolder,
  type SecurityServer,
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
