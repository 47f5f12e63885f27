import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OAuthError } from '../oauth_error.ts';
import { parseAuthorizationResponse } from './authorization_response.ts';

const malformed = expect.objectContaining({ code: 'invalid_request', kind: 'reauthorize' });
const parse = (query: string) => parseAuthorizationResponse(new URLSearchParams(query));

describe('parseAuthorizationResponse', () => {
  it('reads a code and drops what providers add', () => {
    expect(parse('state=s&code=c&iss=https%3A%2F%2Fa&scope=x&authuser=0')).toEqual({
      outcome: 'code',
      state: 's',
      code: 'c',
      iss: 'https://a',
    });
  });

  it('reads a refusal, which wins over a code', () => {
    expect(parse('state=s&code=c&error=access_denied&error_description=No%0A+thanks')).toEqual({
      outcome: 'error',
      state: 's',
      error: 'access_denied',
      errorDescription: 'No thanks',
      iss: undefined,
    });
  });

  it.each([
    'code=c',
    'state=s',
    'state=&code=c',
    'state=s&state=t&code=c',
    'state=s&code=c&code=d',
    'state=s&code=c%00',
    'state=s%0d%0a&code=c',
    `state=s&code=${'c'.repeat(65_536)}`,
    `state=${'s'.repeat(65_536)}&code=c`,
    'state=s&code=c&iss=a&iss=b',
  ])('A24: refuses a repeated, missing, oversized or unprintable parameter (case %#)', (query) => {
    expect(() => parse(query)).toThrow(malformed);
  });

  it('A24: refuses arrays and objects in place of text', () => {
    for (const bad of [['a', 'b'], { a: 1 }, 1, null]) {
      expect(() => parseAuthorizationResponse({ state: 's', code: bad })).toThrow(malformed);
      expect(() => parseAuthorizationResponse({ state: bad, code: 'c' })).toThrow(malformed);
    }
  });

  it('throws nothing but OAuthError, and never quotes what it was given', () => {
    const value = fc.oneof(fc.string(), fc.anything());
    fc.assert(
      fc.property(fc.record({ state: value, code: value, error: value, iss: value }), (query) => {
        try {
          parseAuthorizationResponse(query);
        } catch (error) {
          expect(error).toBeInstanceOf(OAuthError);
          expect((error as OAuthError).message).toBe(
            'The authorization response is incomplete or malformed; start the authorization again.',
          );
        }
      }),
    );
  });
});
