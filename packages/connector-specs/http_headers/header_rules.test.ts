import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  isAuthorizationHeaderValue,
  normalizeAuthorizationHeaderValue,
} from './authorization_header.ts';
import { headerCredential, isApiKeyHeader, isHeaderName } from './header_rules.ts';

describe('header rules', () => {
  it.each(['Host', 'connection', 'Transfer-Encoding', 'Content-Length', 'Cookie', 'Upgrade', 'TE'])(
    'lets no key travel in %s',
    (name) => {
      expect(isApiKeyHeader(name)).toBe(false);
    },
  );

  it.each([
    'Accept',
    'Accept-Language',
    'ACCEPT-ENCODING',
    'Content-Type',
    'User-Agent',
    'Referer',
  ])('C45: allows no API key in %s, which redirects keep', (name) => {
    expect(isApiKeyHeader(name)).toBe(false);
  });

  it.each(['X-Api-Key', 'Authorization', 'apikey', 'x_key'])('lets a key travel in %s', (name) => {
    expect(isApiKeyHeader(name)).toBe(true);
  });

  it.each(['__proto__', 'constructor', 'a b', 'a:b', 'a\r\nb', ''])(
    'takes %p for no header name',
    (name) => {
      expect(isHeaderName(name)).toBe(false);
    },
  );

  it('accepts no credential that could end its header line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (before, after) => {
        expect(headerCredential().safeParse(`a${before}\r\n${after}b`).success).toBe(false);
        expect(headerCredential().safeParse(`a${before}\u0000${after}b`).success).toBe(false);
      }),
    );
  });

  it('drops the blanks of a careless paste', () => {
    expect(headerCredential().parse('  key \n')).toBe('key');
  });
});

describe('Authorization values', () => {
  it.each([
    ['bearer abc', 'Bearer abc'],
    ['BEARER abc', 'Bearer abc'],
    ['Bearer abc', 'Bearer abc'],
    ['Basic abc', 'Basic abc'],
    ['bearerless abc', 'bearerless abc'],
  ])('spells %p as %p', (given, expected) => {
    expect(normalizeAuthorizationHeaderValue(given)).toBe(expected);
  });

  it.each(['', 'Bearer', 'Bearer ', 'a\r\nb: c', 'Bearer ünï'])('refuses %p', (value) => {
    expect(isAuthorizationHeaderValue(value)).toBe(false);
  });
});
