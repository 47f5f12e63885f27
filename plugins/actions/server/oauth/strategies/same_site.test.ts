import { describe, expect, it } from 'vitest';
import { isSameOrigin, isSameSite, siteOf } from './same_site.ts';

describe('the site of a host', () => {
  it.each([
    ['auth.example.com', 'example.com'],
    ['example.com', 'example.com'],
    ['a.b.example.co.uk', 'example.co.uk'],
    ['co.uk', 'co.uk'],
    ['login.example.de', 'example.de'],
    ['login.corp', 'login.corp'],
    ['sso.login.corp', 'login.corp'],
    ['localhost', 'localhost'],
    ['127.0.0.1', '127.0.0.1'],
    ['[::1]', '[::1]'],
    ['AUTH.Example.com.', 'example.com'],
  ])('of the host %s is %s', (hostname, expected) => {
    expect(siteOf(hostname)).toBe(expected);
  });
});

describe('the comparison of two URLs', () => {
  it.each([
    'azurewebsites.net',
    'herokuapp.com',
    'a.run.app',
    'workers.dev',
    'vercel.app',
    'ngrok.io',
    'github.io',
    'execute-api.eu-west-1.amazonaws.com',
  ])('treats hosts of two customers of %s as different sites', (suffix) => {
    const [idp, other] = ['idp-corp', 'attacker'].map((name) => `https://${name}.${suffix}/token`);
    expect(isSameSite(String(idp), String(other))).toBe(false);
    expect(isSameSite(String(idp), `https://idp-corp.${suffix}:8443/authorize`)).toBe(true);
  });

  it('treats two IP addresses, and two host names without a dot, as different sites', () => {
    expect(isSameSite('http://10.0.0.1/a', 'http://10.0.0.2/a')).toBe(false);
    expect(isSameSite('http://localhost/a', 'http://keycloak/a')).toBe(false);
  });

  it('returns false if a text is not a URL', () => {
    expect(isSameSite('example.com', 'example.com')).toBe(false);
    expect(isSameOrigin('example.com', 'example.com')).toBe(false);
  });
});
