import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { resolveProvider } from './placeholders.ts';
import { aProvider } from './provider_entry.mock.ts';

type Config = NonNullable<NonNullable<Parameters<typeof aProvider>[0]>['config']>;

const withField = (config: Config, host = '{config.a}.example.com', path = 'token') =>
  aProvider({
    config,
    hosts: [host],
    authorize: { url: `https://${host}/authorize` },
    token: { url: `https://${host}/${path}` },
  });
const LABEL = withField({ a: { label: 'A', kind: 'label' } });
const HOST = withField(
  { a: { label: 'A', kind: 'host', hosts: ['*.my.example.com'] } },
  '{config.a}',
);
const SEGMENT = withField(
  { a: { label: 'A', kind: 'segment', default: 'common' } },
  'auth.example.com',
  '{config.a}/token',
);

describe('resolveProvider', () => {
  it('replaces placeholders in URLs and hosts', () => {
    const resolved = resolveProvider(LABEL, { a: 'acme', other: 'x' });
    expect(resolved.token.url).toBe('https://acme.example.com/token');
    expect(resolved.hosts).toEqual(['acme.example.com']);
  });

  it('uses the default of the entry for an absent or empty field', () => {
    const urls = [{}, { a: '' }, { a: null }].map((config) => resolveProvider(SEGMENT, config));
    for (const { token } of urls) expect(token.url).toBe('https://auth.example.com/common/token');
  });

  it('reports a missing field that has no default', () => {
    expect(() => resolveProvider(LABEL, {})).toThrow('config field [a] is missing');
  });

  it.each([
    [LABEL, 'evil.example.net/'],
    [LABEL, 'a.b'],
    [LABEL, '-a'],
    [SEGMENT, '..'],
    [SEGMENT, 'a/b'],
    [SEGMENT, 'a?b'],
    [HOST, 'localhost'],
    [HOST, 'user@a.my.example.com'],
    [HOST, 'a.my.example.com:8080'],
    [HOST, 7],
  ])('refuses a value that could change another part of the URL: %#', (entry, a) => {
    expect(() => resolveProvider(entry, { a })).toThrow('config field [a] is not a');
  });

  it('refuses a host outside the patterns of the entry, and shows no value', () => {
    const resolve = () => resolveProvider(HOST, { a: 'evil.example.net' });
    expect(resolve).toThrow('config field [a] is not one of *.my.example.com');
    expect(resolve).not.toThrow('evil');
  });

  it('keeps every accepted value on the host of the entry', () => {
    fc.assert(
      fc.property(fc.string(), (a) => {
        try {
          const { hostname } = new URL(resolveProvider(LABEL, { a }).token.url);
          expect(hostname.endsWith('.example.com')).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ field: 'a' });
        }
      }),
    );
  });
});
