import { respond } from '@latchkey/core/server';
import { afterEach, describe, expect, it } from 'vitest';
import { type SecurityServer, startSecurityServer } from '../security_plugin.mock.ts';

let server: SecurityServer;
afterEach(() => server.stop());

const page = (url: string) => ({ method: 'GET', url, headers: { accept: 'text/html' } }) as const;

describe('the login page', () => {
  it('opens without a session and under the base path, with labelled fields', async () => {
    server = await startSecurityServer({ basePath: '/base' });
    const { status, text, headers } = await server.client().send(page('/login'));
    expect(status).toBe(200);
    expect(headers['content-type']).toContain('text/html');
    expect(text).toContain('href="/base/page_style.css"');
    expect(text).toContain('src="/base/login/login.js"');
    expect(text).toContain('action="/base/internal/security/login"');
    expect(text).toContain('<label for="username">');
    expect(text).toContain('<label for="password">');
    expect(text).toMatch(/role="alert"/);
  });

  it('gives its script the name of the channel on which other tabs learn that the session has ended', async () => {
    server = await startSecurityServer();
    const { text } = await server.client().send(page('/login'));
    expect(text).toContain('data-channel="latchkey_session" data-signed-out="signed_out"');
  });

  it('shows no notice when the reason is the name of an inherited property', async () => {
    server = await startSecurityServer();
    for (const reason of ['constructor', '__proto__']) {
      const response = await server.client().send(page(`/login?msg=${reason}`));
      expect(response.status).toBe(200);
      expect(response.text).not.toContain('class="notice"');
    }
  });

  it('obeys the content security policy: it contains no inline script, style or handler', async () => {
    server = await startSecurityServer();
    const { text, headers } = await server.client().send(page('/login?msg=LOGGED_OUT'));
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['cache-control']).toBe('no-store');
    expect(text).toContain('You have signed out.');
    expect(text.match(/<script(?! src=)|<style|style=|\son\w+=/g)).toBeNull();
  });

  it.each([
    ['de-AT,de;q=0.9,en;q=0.8', 'de', 'Bei Latchkey anmelden'],
    ['fr-FR,fr;q=0.9', 'en', 'Sign in to Latchkey'],
    [undefined, 'en', 'Sign in to Latchkey'],
  ])('is in the language of a browser that prefers %o', async (accepted, language, heading) => {
    server = await startSecurityServer();
    const { headers, ...rest } = page('/login');
    const asked = accepted === undefined ? {} : { 'accept-language': accepted };
    const { text } = await server.client().send({ ...rest, headers: { ...headers, ...asked } });
    expect(text).toContain(`<html lang="${language}" data-theme="system">`);
    expect(text).toContain(`<h1>${heading}</h1>`);
  });

  it('uses theme and language of the last user of the browser', async () => {
    server = await startSecurityServer();
    const client = await server.signIn();
    const body = { theme: 'dark', language: 'de' };
    const url = '/internal/security/user_profile/settings';
    await client.send({ method: 'PUT', url, body });
    await client.send({ method: 'POST', url: '/internal/security/logout' });
    const { text } = await client.send(page('/login?msg=LOGGED_OUT'));
    expect(text).toContain('<html lang="de" data-theme="dark">');
    expect(text).toContain('Sie haben sich abgemeldet.');
    const other = await server.signIn();
    expect(other.cookie('appearance')).toBe('dark.de');
  });

  it('ignores unknown values of the appearance cookie', async () => {
    server = await startSecurityServer();
    const { headers, ...rest } = page('/login');
    const cookie = 'appearance="><script>.xx';
    const { text } = await server.client().send({ ...rest, headers: { ...headers, cookie } });
    expect(text).toContain('<html lang="en" data-theme="system">');
  });

  it('never sends a password in a URL, even when its script does not run', async () => {
    server = await startSecurityServer();
    const { text } = await server.client().send(page('/login'));
    expect(text).toMatch(/<form[^>]* method="post"/);
  });

  it('contains no part of its query', async () => {
    server = await startSecurityServer();
    const canary = '"><script>alert(1)</script>';
    const query = `next=${encodeURIComponent(canary)}&msg=${encodeURIComponent(canary)}&msg=x`;
    const { status, text } = await server.client().send(page(`/login?${query}`));
    expect(status).toBe(200);
    expect(text).not.toContain('alert(1)');
  });

  it.each([
    ['/login/login.js', 'text/javascript'],
    ['/page_style.css', 'text/css'],
  ])('has the file %s', async (url, type) => {
    server = await startSecurityServer();
    const response = await server.client().send({ method: 'GET', url });
    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toContain(type);
  });

  it('redirects a user who is already signed in', async () => {
    server = await startSecurityServer();
    const client = await server.signIn();
    const there = await client.send(page('/login?next=%2Fapp%2Fconnectors'));
    expect(there).toMatchObject({ status: 302, headers: { location: '/app/connectors' } });
    const elsewhere = await client.send(page('/login?next=%2F%2Fevil.example'));
    expect(elsewhere).toMatchObject({ status: 302, headers: { location: '/' } });
  });

  it('is the target of redirects for browsers without a session; programs get a 401', async () => {
    server = await startSecurityServer({ basePath: '/base' });
    server.http
      .createRouter()
      .handle({ method: 'get', path: '/app/x', access: 'public', summary: 'A page' }, () =>
        respond.html(200, ''),
      );
    const browse = { ...page('/app/x?tab=1'), defaultHeaders: false };
    const browser = await server.client().send(browse);
    expect(browser.status).toBe(302);
    expect(browser.headers['location']).toBe(
      `/base/login?next=${encodeURIComponent('/base/app/x?tab=1')}`,
    );
    const program = await server.client().send({ method: 'GET', url: '/app/x' });
    expect(program.status).toBe(401);
    const api = { ...page('/api/security/role'), defaultHeaders: false };
    expect((await server.client().send(api)).status).toBe(401);
  });
});
