import { describe, expect, it } from 'vitest';
import { isRedirect, planRedirect, type RedirectFrom } from './redirects.ts';

function from(over: Partial<RedirectFrom> = {}): RedirectFrom {
  return {
    url: new URL('https://api.example.com/a'),
    origin: 'https://api.example.com',
    method: 'GET',
    headers: {
      Accept: 'application/json',
      Authorization: 'Bearer x',
      'X-Api-Key': 'k',
      Cookie: 'c',
    },
    credentialHeaders: new Set(),
    hasBody: false,
    isReplayable: true,
    ...over,
  };
}

function to(uri: string): { readonly url: URL; readonly origin: string } {
  const url = new URL(uri);
  return { url, origin: url.origin };
}

const SAME = to('https://api.example.com/b');
const OTHER = to('https://files.example.net/b');
const PUT_JSON = from({ method: 'PUT', hasBody: true });
const REFUSED = expect.objectContaining({ code: 'redirect_refused', responseLost: false });

describe('the request after a redirect', () => {
  it('C45: has the credentials on the same origin', () => {
    expect(planRedirect(302, from(), SAME)).toEqual({
      method: 'GET',
      headers: from().headers,
      keepBody: false,
    });
  });

  it.each([301, 302, 303, 307, 308])(
    'C45: has no Authorization, cookies or custom keys when a %d changes the origin',
    (status) => {
      expect(planRedirect(status, from(), OTHER).headers).toEqual({ Accept: 'application/json' });
    },
  );

  it('C45: has no listed credential header, even with a harmless name, when the origin changes', () => {
    const hop = from({
      headers: { 'Accept-Language': 'key', Accept: 'application/json' },
      credentialHeaders: new Set(['accept-language']),
    });
    expect(planRedirect(302, hop, OTHER).headers).toEqual({ Accept: 'application/json' });
    expect(planRedirect(302, hop, SAME).headers).toEqual(hop.headers);
  });

  it.each(['https://api.example.com:8443/', 'https://sub.api.example.com/'])(
    'C45: has no credentials for %s, which is another origin',
    (uri) => {
      expect(planRedirect(302, from(), to(uri)).headers).toEqual({ Accept: 'application/json' });
    },
  );

  it.each([307, 308, 301, 302])(
    'C45: does not send the body of a PUT to another origin after a %d',
    (status) => {
      expect(() => planRedirect(status, PUT_JSON, OTHER)).toThrow(REFUSED);
    },
  );

  it('has the same method and body after a 307 on the same origin', () => {
    const plan = planRedirect(307, from({ method: 'POST', hasBody: true }), SAME);
    expect(plan).toMatchObject({ method: 'POST', keepBody: true });
  });

  it('G102: is rejected when it would repeat a stream', () => {
    const streamed = from({ method: 'POST', hasBody: true, isReplayable: false });
    expect(() => planRedirect(307, streamed, SAME)).toThrow(REFUSED);
  });

  it.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [303, 'DELETE', 'GET'],
    [302, 'DELETE', 'DELETE'],
    [303, 'HEAD', 'HEAD'],
  ])(
    'after a %d in response to a %s request is a %s without body headers',
    (status, method, expected) => {
      const headers = { 'Content-Type': 'application/json', 'content-language': 'en' };
      const plan = planRedirect(status, from({ method, headers }), SAME);
      expect(plan).toEqual({ method: expected, headers: {}, keepBody: false });
    },
  );

  it('C45: is rejected when the redirect leads from https to http', () => {
    expect(() => planRedirect(302, from(), to('http://api.example.com/'))).toThrow(REFUSED);
  });
});

describe('the check whether a response is a redirect', () => {
  it.each([
    [302, '/x', true],
    [304, '/x', false],
    [300, '/x', false],
    [302, undefined, false],
    [302, '', false],
    [200, '/x', false],
  ])('for the status %d and the location %s is %s', (status, location, expected) => {
    expect(isRedirect(status, location)).toBe(expected);
  });
});
