import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkReturnUrl, withResult } from './return_url.ts';

const BASE = 'https://latchkey.example/base';

const verdictOf = (returnUrl: string, base = BASE): string => {
  try {
    return checkReturnUrl(returnUrl, base);
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'crashed';
  }
};

describe('a return URL', () => {
  it.each([
    ['/base', '/base'],
    ['/base/', '/base/'],
    ['/base/app/connectors', '/base/app/connectors'],
    ['/base/app/connectors?tab=mine&q=a%20b#row', '/base/app/connectors?tab=mine&q=a%20b#row'],
    ['https://latchkey.example/base/app', '/base/app'],
    ['HTTPS://LATCHKEY.example/base/app', '/base/app'],
    ['https://latchkey.example:443/base/app', '/base/app'],
    ['/base/s/sales/app/connectors', '/base/s/sales/app/connectors'],
    ['/base/app/../app/x', '/base/app/x'],
    ["/base/app/d?_a=(q:'100%25')", '/base/app/d?_a=(q:%27100%25%27)'],
    ['/base/app?next=//evil.example', '/base/app?next=//evil.example'],
    ['/base/app/"><script>', '/base/app/%22%3E%3Cscript%3E'],
  ])('A27: is accepted as a path of this server: %s', (returnUrl, path) => {
    expect(verdictOf(returnUrl)).toBe(path);
  });

  it.each([
    '',
    'app/connectors',
    '?a=b',
    '//evil.example',
    '//evil.example/base',
    '///evil.example/base',
    '/\\evil.example',
    '\\\\evil.example/base',
    '/base\\@evil.example',
    '/\t/evil.example/base',
    '/base/a b',
    '/base/a\u0000',
    '/base/a\r\nlocation: https://evil.example',
    '/base/%0d%0alocation:%20x',
    '/base/app?q=%0D%0A',
    '/base/%250d%250a',
    '/base/app?q=%25250a',
    '/base/%00',
    '/base/%2f%2fevil.example',
    '/base/%252f%252fevil.example',
    '/base/%5cevil.example',
    '/base//evil.example',
    '/base/..//evil.example',
    '/base/../other',
    '/base/%2e%2e/other',
    '/base/%61pi/security/logout',
    '/base/%73/sales/%69nternal/actions/x',
    '/base/app/%',
    '/basement',
    '/',
    '/base/api/actions/connectors',
    '/base/internal/security/me',
    '/base/login?next=x',
    '/base/logout',
    '/base/s/sales/api/status',
    'https://evil.example/base/app',
    'http://latchkey.example/base/app',
    'https://latchkey.example:444/base/app',
    'https://latchkey.example@evil.example/base/app',
    'https://good@latchkey.example/base/app',
    'https://:pw@latchkey.example/base/app',
    'https:/latchkey.example/base/app',
    'https:latchkey.example/base/app',
    'https://latchkey.example.evil.example/base/app',
    'https://latchkey.example\\.evil.example/base/app',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///base/app',
    'blob:https://latchkey.example/base',
  ])('A27: is refused when it is %j', (returnUrl) => {
    expect(verdictOf(returnUrl)).toBe('return_url_refused');
  });

  it('A27: may be any path except APIs when the server has no base path', () => {
    expect(verdictOf('/', 'https://latchkey.example')).toBe('/');
    expect(verdictOf('/app', 'https://latchkey.example/')).toBe('/app');
    expect(verdictOf('/apiary', 'https://latchkey.example')).toBe('/apiary');
    expect(verdictOf('/api', 'https://latchkey.example')).toBe('return_url_refused');
  });

  it('A27: leads to this server and its base path if it is accepted, and is accepted again after that', () => {
    const hostile = fc.constantFrom(
      '/',
      '\\',
      '//',
      '@',
      ':',
      '..',
      '/base',
      'base/',
      'evil.example',
      'https:',
      '%2f',
      '%5c',
      '%25',
      '%0a',
      '?',
      '#',
      '\t',
      '\u202e',
      '。',
      'latchkey.example',
      ';',
      '&',
      '=',
    );
    const urls = fc.array(fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 3 })), {
      maxLength: 8,
    });
    const starts = fc.constantFrom('', '/', '/base/', 'https://latchkey.example', `${BASE}/`);
    fc.assert(
      fc.property(starts, urls, (start, parts) => {
        const kept = verdictOf(start + parts.join(''));
        expect(kept).not.toBe('crashed');
        if (kept === 'return_url_refused') return;
        const seenByBrowser = new URL(kept, `${BASE}/app`);
        expect(seenByBrowser.origin).toBe('https://latchkey.example');
        expect(seenByBrowser.pathname).toMatch(/^\/base(?:\/(?!\/)|$)/);
        expect(kept).not.toMatch(/[\\\s<>"]/);
        expect(verdictOf(kept)).toBe(kept);
        const target = withResult(kept, BASE, {
          connectorId: 'c',
          statusCode: 200,
          error: undefined,
        });
        expect(new URL(target).origin).toBe('https://latchkey.example');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a return URL with the result of a flow', () => {
  it('A28: contains texts of users and providers only percent-encoded', () => {
    const error = '</script><script>alert(1)</script>&connector_id=other\r\nx: y';
    const url = withResult('/base/app', BASE, { connectorId: 'c"1', statusCode: 400, error });
    expect(url).not.toMatch(/[<>"\s]/);
    const { searchParams } = new URL(url);
    expect(searchParams.getAll('connector_id')).toEqual(['c"1']);
    expect(searchParams.get('error')).toBe(error);
  });

  it('does not contain the result of an earlier flow', () => {
    const path = '/base/app?error=a&error=b&connector_id=old&x=1';
    const result = { connectorId: 'new', statusCode: 200, error: undefined };
    expect(withResult(path, BASE, result)).toBe(
      `${BASE}/app?x=1&oauth_authorization=success&connector_id=new&status_code=200`,
    );
  });
});
