import { describe, expect, it } from 'vitest';
import { CookieJar } from './cookie_jar.ts';

const responding = (...cookies: string[]): readonly string[] => cookies;

describe('the cookie jar of tests', () => {
  it('sends cookies back to their origin and path only', () => {
    const jar = new CookieJar();
    const at = new URL('http://127.0.0.1:1/login/page');
    jar.store(at, responding('a=1; Path=/; HttpOnly', 'b=2; path=/login'));
    expect(jar.headerFor(new URL('http://127.0.0.1:1/login/other'))).toBe('b=2; a=1');
    expect(jar.headerFor(new URL('http://127.0.0.1:1/loginx'))).toBe('a=1');
    expect(jar.headerFor(new URL('http://127.0.0.1:2/login'))).toBeUndefined();
  });

  it('sends a cookie below a path that ends in a slash', () => {
    const jar = new CookieJar();
    jar.store(new URL('http://127.0.0.1:1/realms/people/login'), responding('a=1; Path=/realms/'));
    expect(jar.headerFor(new URL('http://127.0.0.1:1/realms/people/token'))).toBe('a=1');
    expect(jar.headerFor(new URL('http://127.0.0.1:1/realm'))).toBeUndefined();
  });

  it.each([
    'a=; Path=/',
    'a=1; Path=/; Max-Age=0',
    'a=1; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT',
  ])('removes a cookie that is expired by %s', (line) => {
    const jar = new CookieJar();
    const at = new URL('http://127.0.0.1:1/');
    jar.store(at, responding('a=1; Path=/'));
    jar.store(at, responding(line));
    expect(jar.headerFor(at)).toBeUndefined();
  });

  it('copies the cookies to another browser, and changes there do not affect the first one', () => {
    const jar = new CookieJar();
    const at = new URL('http://127.0.0.1:1/');
    jar.store(at, responding('a=1; Path=/callback', 'b=; Path=/'));
    const copy = jar.copy();
    copy.store(at, responding('c=3; Path=/'));
    expect(jar.all).toEqual([{ name: 'a', value: '1' }]);
    expect(copy.all).toHaveLength(2);
  });
});
