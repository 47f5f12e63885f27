import { afterEach, describe, expect, it } from '@jest/globals';
import { type SecurityServer, startSecurityServer } from '../security_plugin.mock.ts';

let server: SecurityServer;
afterEach(() => server.stop());

const page = (url: string) => ({ method: 'GET', url, headers: { accept: 'text/html' } }) as const;

describe('start page', () => {
  it.each([
    ['/', '/base/login'],
    ['/s/sales/', '/base/s/sales/login'],
  ])('redirects a user without a session from %s to the login page', async (url, location) => {
    server = await startSecurityServer({ basePath: '/base', spaces: ['sales'] });
    const response = await server.client().send(page(url));
    expect(response).toMatchObject({ status: 302, headers: { location } });
  });

  it('shows the user, links below the base path and in the space, and the logout', async () => {
    server = await startSecurityServer({ basePath: '/base', spaces: ['sales'] });
    const client = await server.signIn();
    const { status, text, headers } = await client.send(page('/s/sales/'));
    expect(status).toBe(200);
    expect(headers['content-type']).toContain('text/html');
    expect(text).toContain('<dd>elastic</dd>');
    expect(text).toContain('<dd>superuser</dd>');
    expect(text).toContain('<dd>sales</dd>');
    expect(text).toContain('href="/base/s/sales/api/openapi.json"');
    expect(text).toContain('href="/base/s/sales/api/status"');
    expect(text).toContain('href="/base/api/security/logout"');
  });

  it('shows no logout for credentials that are sent with every request', async () => {
    server = await startSecurityServer();
    const headers = { ...server.basic('elastic', 'changeme'), accept: 'text/html' };
    const { status, text } = await server.client().send({ method: 'GET', url: '/', headers });
    expect(status).toBe(200);
    expect(text).not.toContain('logout');
  });

  it('shows names as plain text and obeys the content security policy', async () => {
    server = await startSecurityServer();
    const admin = await server.signIn();
    await admin.send({
      method: 'POST',
      url: '/internal/security/users/eve',
      body: {
        password: 'eve-development-password',
        full_name: '<script>alert("1")</script>',
        roles: [],
      },
    });
    const eve = await server.signIn('eve', 'eve-development-password');
    const { text, headers } = await eve.send(page('/'));
    expect(text).toContain('&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;');
    expect(text).toContain('<dd>none</dd>');
    expect(text).not.toMatch(/<script|<style|style=|\son\w+=/);
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers['cache-control']).toBe('no-store');
  });

  it('opens after a login without a return path', async () => {
    server = await startSecurityServer();
    const client = await server.signIn();
    expect(await client.send(page('/login'))).toMatchObject({
      status: 302,
      headers: { location: '/' },
    });
    expect((await client.send(page('/'))).status).toBe(200);
  });
});
