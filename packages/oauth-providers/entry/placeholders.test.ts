import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
const TENANT = withField(
  { a: { label: 'A', kind: 'tenant' } },
  'auth.example.com',
  '{config.a}/token',
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
    ['evil.example.net/', LABEL],
    ['a.b', LABEL],
    ['-a', LABEL],
    ['..', SEGMENT],
    ['a/b', SEGMENT],
    ['a?b', SEGMENT],
    ['..', TENANT],
    ['contoso', TENANT],
    ['contoso.com/..', TENANT],
    ['contoso.com/../../evil', TENANT],
    ['contoso.com?x=', TENANT],
    ['contoso.com#', TENANT],
    ['@evil.example', TENANT],
    ['%2e%2e', TENANT],
    ['commonly', TENANT],
    ['common\nx', TENANT],
    ['consumers', TENANT],
    ['72f988bf-86f1-41af-91ab-2d7cd011db4', TENANT],
    ['localhost', HOST],
    ['user@a.my.example.com', HOST],
    ['a.my.example.com:8080', HOST],
    [7, HOST],
  ])('C118: refuses the value %j, which could change another part of the URL', (a, entry) => {
    expect(() => resolveProvider(entry, { a })).toThrow('config field [a] is not a');
  });

  it.each([
    ['common', 'common'],
    ['organizations', 'organizations'],
    ['Contoso.onmicrosoft.com', 'contoso.onmicrosoft.com'],
    ['72F988BF-86F1-41AF-91AB-2D7CD011DB47', '72f988bf-86f1-41af-91ab-2d7cd011db47'],
  ])('accepts the tenant %s, and writes it in lower case', (a, tenant) => {
    const { token } = resolveProvider(TENANT, { a });
    expect(token.url).toBe(`https://auth.example.com/${tenant}/token`);
  });

  it('refuses a host outside the patterns of the entry, and shows no value in the error', () => {
    const resolve = () => resolveProvider(HOST, { a: 'evil.example.net' });
    expect(resolve).toThrow('config field [a] is not one of *.my.example.com');
    expect(resolve).not.toThrow('evil');
  });

  it('keeps the URL of every accepted value on the host of the entry', () => {
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
