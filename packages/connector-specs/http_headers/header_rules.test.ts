import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  headerCredential,
  isApiKeyHeader,
  isAuthorizationHeaderValue,
  isHeaderName,
  normalizeAuthorizationHeaderValue,
} from './header_rules.ts';

describe('the rules for headers', () => {
  it.each(['Host', 'connection', 'Transfer-Encoding', 'Content-Length', 'Cookie', 'Upgrade', 'TE'])(
    'reject the header %s for an API key',
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
  ])('C45: refuse the header %s for an API key, because redirects keep the header', (name) => {
    expect(isApiKeyHeader(name)).toBe(false);
  });

  it.each(['X-Api-Key', 'Authorization', 'apikey', 'x_key'])(
    'allow the header %s for an API key',
    (name) => {
      expect(isApiKeyHeader(name)).toBe(true);
    },
  );

  it.each(['__proto__', 'constructor', 'a b', 'a:b', 'a\r\nb', ''])(
    'reject the header name %o',
    (name) => {
      expect(isHeaderName(name)).toBe(false);
    },
  );

  it('refuse a credential with a character that could end its header line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (before, after) => {
        expect(headerCredential().safeParse(`a${before}\r\n${after}b`).success).toBe(false);
        expect(headerCredential().safeParse(`a${before}\u0000${after}b`).success).toBe(false);
      }),
    );
  });

  it('remove blanks around a credential', () => {
    expect(headerCredential().parse('  key \n')).toBe('key');
  });
});

describe('a value of the Authorization header', () => {
  it.each([
    ['bearer abc', 'Bearer abc'],
    ['BEARER abc', 'Bearer abc'],
    ['Bearer abc', 'Bearer abc'],
    ['Basic abc', 'Basic abc'],
    ['bearerless abc', 'bearerless abc'],
  ])('is normalized from %o to %o', (given, expected) => {
    expect(normalizeAuthorizationHeaderValue(given)).toBe(expected);
  });

  it.each(['', 'Bearer', 'Bearer ', 'a\r\nb: c', 'Bearer ünï'])(
    'is rejected when it is %o',
    (value) => {
      expect(isAuthorizationHeaderValue(value)).toBe(false);
    },
  );
});
