import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { returnPathAfterLogin, safePath } from './return_path.ts';

const page = (next: string, rest = '') =>
  `http://localhost:5601/base/login?next=${encodeURIComponent(next)}${rest}`;

describe('the address after a login', () => {
  it.each([
    ['/base/app/connectors?x=1', '/base/app/connectors?x=1'],
    ['/base/s/sales/app/workflows#/run/7', '/base/s/sales/app/workflows#/run/7'],
    ['/base', '/base'],
  ])('is a path of this server when `next` is %s', (next, expected) => {
    expect(returnPathAfterLogin(page(next), '/base')).toBe(expected);
  });

  it('keeps the fragment, which the browser does not send in requests', () => {
    expect(returnPathAfterLogin(page('/base/app/x', '#/tab/2'), '/base')).toBe(
      '/base/app/x#/tab/2',
    );
  });

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://good@evil.example',
    'javascript:alert(1)',
    '/base/..//evil.example',
    '/base/../other',
    '/%2e%2e//evil.example',
    '/base/\r\nset-cookie: a=b',
    '/base/\tx',
    '/\t/evil.example',
    '/based/x',
    '/base/login?next=/base/x',
    '/base/api/security/logout',
    '/base/s/sales/api/security/logout?x=1',
    '/base/api/security/logout/',
    '/base/api/security/%6Cogout',
    '/base/%6Cogin/',
    '/base/%',
    'app/x',
    '',
  ])('A27: is the start page of the server when `next` is %j', (next) => {
    expect(returnPathAfterLogin(page(next), '/base')).toBe('/base/');
  });

  it('is the start page of the server when `next` is missing or repeated, or when the URL is invalid', () => {
    expect(returnPathAfterLogin('http://localhost/login', '')).toBe('/');
    expect(returnPathAfterLogin('http://localhost/login?next=/a&next=/b', '')).toBe('/');
    expect(returnPathAfterLogin('http://', '')).toBe('/');
  });

  it('A27: is never on another origin, whatever the input is', () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '//',
      '%2f',
      '@',
      ':',
      '?',
      '#',
      'evil',
      '\t',
    );
    const crafted = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), crafted), fc.boolean(), (text, rooted) => {
        const safe = safePath(rooted ? `/${text}` : text, '');
        if (safe === undefined) return;
        const landed = new URL(safe, 'https://kibana.example/base/login');
        expect(landed.origin).toBe('https://kibana.example');
        expect(`${landed.pathname}${landed.search}${landed.hash}`).toBe(safe);
      }),
      { numRuns: 500 },
    );
  });
});
