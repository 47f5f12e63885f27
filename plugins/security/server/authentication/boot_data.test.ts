import { afterEach, describe, expect, it } from 'vitest';
import { type SecurityServer, startSecurityServer } from '../security_plugin.mock.ts';

let server: SecurityServer;
afterEach(() => server.stop());

const page = (url: string) =>
  ({ method: 'GET', url, headers: { accept: 'text/html' }, defaultHeaders: false }) as const;

/** Reads the user from the boot data in a page of the web app. */
const userIn = (html: string): unknown =>
  JSON.parse(/<script type="application\/json"[^>]*>(.*)<\/script>/.exec(html)?.[1] ?? '{}').user;

describe('the page of the web app', () => {
  it.each([
    ['/', '/base/login?next=%2Fbase%2F'],
    [
      '/s/sales/app/connectors?edit=x',
      '/base/login?next=%2Fbase%2Fs%2Fsales%2Fapp%2Fconnectors%3Fedit%3Dx',
    ],
  ])(
    'redirects a browser without a session from %s to the login page, and back after the login',
    async (url, location) => {
      server = await startSecurityServer({ basePath: '/base', spaces: ['sales'] });
      const response = await server.client().send(page(url));
      expect(response).toMatchObject({ status: 302, headers: { location } });
    },
  );

  it('contains the user with the privileges in the space of the page', async () => {
    server = await startSecurityServer({ spaces: ['sales'] });
    const admin = await server.signIn();
    await admin.send({
      method: 'PUT',
      url: '/api/security/role/keys_in_sales',
      body: { kibana: [{ feature: { api_keys: ['all'] }, spaces: ['sales'] }] },
    });
    await admin.send({
      method: 'POST',
      url: '/internal/security/users/eve',
      body: {
        password: 'eve-development-password',
        full_name: 'Eve </script>',
        email: 'eve@example.com',
        roles: ['keys_in_sales'],
      },
    });
    const eve = await server.signIn('eve', 'eve-development-password');
    const known = {
      username: 'eve',
      fullName: 'Eve </script>',
      email: 'eve@example.com',
      roles: ['keys_in_sales'],
    };
    const inSales = await eve.send(page('/s/sales/app/connectors'));
    expect(userIn(inSales.text)).toEqual({
      ...known,
      privileges: ['security:manage-own-api-keys'],
    });
    await eve.send({
      method: 'PUT',
      url: '/internal/security/user_profile/settings',
      body: { theme: 'dark', language: 'de' },
    });
    const inDefault = await eve.send(page('/app/connectors'));
    expect(inDefault.text).toContain('<html lang="de" data-theme="dark">');
    expect(userIn(inDefault.text)).toEqual({ ...known, privileges: [] });
  });
});
