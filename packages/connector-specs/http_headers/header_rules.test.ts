import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  headerCredential,
  isApiKeyHeader,
  isAuthorizationHeaderValue,
  isHeaderName,
  normalizeAuthorizationHeaderValue,
} from './header_rules.ts';

describe('header rules', () => {
  it.each(['Host', 'connection', 'Transfer-Encoding', 'Content-Length', 'Cookie', 'Upgrade', 'TE'])(
    'rejects %s for a key',
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
  ])('C45: rejects %s for an API key, because redirects keep it', (name) => {
    expect(isApiKeyHeader(name)).toBe(false);
  });

  it.each(['X-Api-Key', 'Authorization', 'apikey', 'x_key'])('allows %s for a key', (name) => {
    expect(isApiKeyHeader(name)).toBe(true);
  });

  it.each(['__proto__', 'constructor', 'a b', 'a:b', 'a\r\nb', ''])(
    'rejects %p as a header name',
    (name) => {
      expect(isHeaderName(name)).toBe(false);
    },
  );

  it('rejects a credential that could end its header line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (before, after) => {
        expect(headerCredential().safeParse(`a${before}\r\n${after}b`).success).toBe(false);
        expect(headerCredential().safeParse(`a${before}\u0000${after}b`).success).toBe(false);
      }),
    );
  });

  it('drops surrounding blanks', () => {
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
  ])('normalizes %p to %p', (given, expected) => {
    expect(normalizeAuthorizationHeaderValue(given)).toBe(expected);
  });

  it.each(['', 'Bearer', 'Bearer ', 'a\r\nb: c', 'Bearer ünï'])('rejects %p', (value) => {
    expect(isAuthorizationHeaderValue(value)).toBe(false);
  });
});
