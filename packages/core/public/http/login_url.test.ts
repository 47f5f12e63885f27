import { describe, expect, it } from 'vitest';
import { loginUrl } from './login_url.ts';

describe('the URL of the login page', () => {
  it('contains the page to which the user returns after the login', () => {
    const url = new URL(loginUrl('/kb', '/kb/s/team/app/a?x=1&y=2'), 'http://localhost');
    expect(url.pathname).toBe('/kb/login');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      msg: 'SESSION_EXPIRED',
      next: '/kb/s/team/app/a?x=1&y=2',
    });
  });

  it('leaves out search parameters that would make the address too long for the login page', () => {
    const url = new URL(loginUrl('', `/app/a?x=${'y'.repeat(3_000)}`), 'http://localhost');
    expect(url.searchParams.get('next')).toBe('/app/a');
  });
});
