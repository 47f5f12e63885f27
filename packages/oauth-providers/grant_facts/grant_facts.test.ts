import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aProvider } from '../entry/provider_entry.mock.ts';
import { providers } from '../providers/index.ts';
import { isGrantOrigin, resolveGrantOrigin } from './grant_origins.ts';
import { permittedFacts, readGrantFacts, readRequestedFacts } from './read_grant_facts.ts';
import { resolveHeader, tokenHeader } from './request_headers.ts';

const { salesforce, atlassian, hubspot } = providers;
const instanceUrl = (instance_url: unknown) =>
  readGrantFacts(salesforce.grantFacts, 'token_response', { instance_url });

describe('a grant fact with an origin', () => {
  it.each([
    ['https://acme.my.salesforce.com'],
    ['https://acme.my.salesforce.com/'],
    ['https://ACME.My.Salesforce.COM'],
  ])('%s is stored in one spelling', (url) => {
    expect(instanceUrl(url)).toEqual({
      facts: { instance_url: 'https://acme.my.salesforce.com' },
      refused: [],
    });
  });

  it.each([
    ['a foreign host', 'https://evil.example.com'],
    ['a host that ends like the pattern', 'https://evilmy.salesforce.com'],
    ['the domain of the pattern itself', 'https://my.salesforce.com'],
    ['an empty label', 'https://.my.salesforce.com'],
    ['the pattern before a foreign domain', 'https://a.my.salesforce.com.evil.example'],
    ['user information in the URL', 'https://a.my.salesforce.com@evil.example'],
    ['user information before a permitted host', 'https://user:pass@a.my.salesforce.com'],
    ['a port', 'https://a.my.salesforce.com:8443'],
    ['the default port', 'https://a.my.salesforce.com:443'],
    ['a path', 'https://a.my.salesforce.com/services'],
    ['the pattern in the path', 'https://evil.example/a.my.salesforce.com'],
    ['the pattern in the fragment', 'https://evil.example#.my.salesforce.com'],
    ['the pattern in the query', 'https://evil.example?.my.salesforce.com'],
    ['a backslash', 'https://evil.example\\.my.salesforce.com'],
    ['a trailing dot', 'https://a.my.salesforce.com.'],
    ['Cyrillic letters', 'https://аcme.my.salesforce.com'],
    ['an ideographic full stop', 'https://evil。example/.my.salesforce.com'],
    ['a full-width letter', 'https://ａ.my.salesforce.com'],
    ['the Kelvin sign', 'https://a.my.salesforce.com'.replace('a', '\u212a')],
    ['a soft hyphen', 'https://a\u00ad.my.salesforce.com'],
    ['a tab', 'https://a\t.my.salesforce.com'],
    ['a line break at the end', 'https://a.my.salesforce.com\n'],
    ['a percent-encoded dot', 'https://a%2emy.salesforce.com'],
    ['plain http', 'http://a.my.salesforce.com'],
    ['upper-case scheme', 'HTTPS://a.my.salesforce.com'],
    ['no scheme', 'a.my.salesforce.com'],
    ['an IP address', 'https://127.0.0.1'],
    ['a list', ['https://a.my.salesforce.com']],
    ['an object', { href: 'https://a.my.salesforce.com' }],
    ['a number', 7],
  ])('is refused with %s', (_, url) => {
    expect(instanceUrl(url)).toEqual({ facts: {}, refused: ['instance_url'] });
  });

  it('is always on a permitted host, whatever the provider sends', () => {
    const parts = fc.constantFrom('.my.salesforce.com', 'https://', 'evil.example', '@', '/', '#');
    const urls = fc.array(fc.oneof(parts, fc.string({ maxLength: 5 })), { maxLength: 6 });
    fc.assert(
      fc.property(urls, (texts) => {
        const stored = instanceUrl(`https://${texts.join('')}`).facts['instance_url'];
        if (stored === undefined) return;
        expect(new URL(stored).origin).toBe(stored);
        expect(new URL(stored).hostname.endsWith('.my.salesforce.com')).toBe(true);
      }),
    );
  });

  it.each([undefined, null, ''])('is absent for %o, and not refused', (url) => {
    expect(instanceUrl(url)).toEqual({ facts: {}, refused: [] });
  });
});

describe('a grant fact with a text', () => {
  it('may be a number', () => {
    const read = readGrantFacts(hubspot.grantFacts, 'token_response', { hub_id: 123 });
    expect(read.facts).toEqual({ hub_id: '123' });
  });

  it.each(['a\nb', 'a\u0000', '\ud800', 'x'.repeat(513), true])(
    'is ignored when it is %j, because no host depends on it',
    (hub_id) => {
      const read = readGrantFacts(hubspot.grantFacts, 'token_response', { hub_id });
      expect(read).toEqual({ facts: {}, refused: [] });
    },
  );
});

describe('the sites of a grant', () => {
  const { url } = atlassian.grantFacts[0] ?? {};
  const read = (body: unknown) => readRequestedFacts(atlassian.grantFacts, url ?? '', body);

  it('have an id, a label and facts, and each is listed once', () => {
    const sites = [
      { id: 'c1', url: 'https://one.atlassian.net', scopes: ['read:jira-work'] },
      { id: 'c2', url: 'https://two.atlassian.net\u202e' },
      { id: 'c1', url: 'https://one.atlassian.net', scopes: ['read:page:confluence'] },
      { url: 'https://no-id.atlassian.net' },
      null,
    ];
    expect(read(sites)).toEqual({
      facts: {},
      refused: [],
      sites: [
        { id: 'c1', label: 'https://one.atlassian.net', facts: { cloudId: 'c1' } },
        { id: 'c2', label: 'https://two.atlassian.net', facts: { cloudId: 'c2' } },
      ],
    });
  });

  it('are at most 200, and the others are counted once each', () => {
    const named = Array.from({ length: 203 }, (_, index) => ({
      id: `c${index}`,
      url: 'https://a',
    }));
    expect(read(named.slice(0, 200))).not.toHaveProperty('omittedSites');
    const { sites, omittedSites } = read([...named, ...named]);
    expect(sites).toHaveLength(200);
    expect(omittedSites).toBe(3);
  });

  it.each([{}, 'text', null, []])('are an empty list for the response %j', (body) => {
    expect(read(body).sites).toEqual([]);
  });

  it('are refused when one of them is on a host outside the entry', () => {
    const entry = aProvider({
      grantFacts: [
        {
          name: 'account_id',
          from: 'request',
          url: 'https://auth.example.com/userinfo',
          path: 'accounts.*.account_id',
          labelPath: 'accounts.*.name',
          kind: 'text',
        },
        {
          name: 'base_uri',
          from: 'request',
          url: 'https://auth.example.com/userinfo',
          path: 'accounts.*.base_uri',
          kind: 'origin',
          hosts: ['*.docusign.net'],
        },
      ],
    });
    const accounts = [
      { account_id: 'a1', name: 'One', base_uri: 'https://na1.docusign.net' },
      { account_id: 'a2', name: 'Two', base_uri: 'https://evil.example' },
    ];
    const all = readRequestedFacts(entry.grantFacts, 'https://auth.example.com/userinfo', {
      accounts,
    });
    expect(all.refused).toEqual(['base_uri']);
    expect(all.sites).toEqual([
      {
        id: 'a1',
        label: 'One',
        facts: { account_id: 'a1', base_uri: 'https://na1.docusign.net' },
      },
    ]);
  });
});

describe('stored grant facts', () => {
  it('are left out when the entry no longer permits them', () => {
    const stored = { instance_url: 'https://a.salesforce.example', other: 'x' };
    expect(permittedFacts(salesforce.grantFacts, stored)).toEqual({});
  });
});

describe('a grant fact that is a label of a host', () => {
  const facts = aProvider({
    grantFacts: [
      {
        name: 'dc',
        from: 'token_response',
        path: 'dc',
        kind: 'label',
        hosts: ['*.api.example.com'],
      },
    ],
  });
  const read = (dc: unknown) => readGrantFacts(facts.grantFacts, 'token_response', { dc });
  const ORIGIN = 'https://{grant.dc}.api.example.com';

  it('is stored in lower case, and becomes a part of the origin', () => {
    expect(read('US6')).toEqual({ facts: { dc: 'us6' }, refused: [] });
    expect(resolveGrantOrigin(ORIGIN, { dc: 'us6' })).toBe('https://us6.api.example.com');
    expect(resolveGrantOrigin(ORIGIN, {})).toBeUndefined();
  });

  it.each([
    'evil.example/',
    'evil.example#',
    'a.b',
    'a@evil.example',
    'a:1',
    '-a',
    'a\n',
    'a%2eb',
    'а',
    7,
    ['us6'],
  ])('is refused with the value %j', (dc) => {
    expect(read(dc)).toEqual({ facts: {}, refused: ['dc'] });
  });

  it.each([
    [ORIGIN, true],
    ['https://{grant.dc}.evil.example', false],
    ['https://{grant.dc}.evil.api.example.com', false],
    ['https://{grant.dc}', false],
    ['{grant.dc}.api.example.com', false],
    ['{grant.dc}', false],
    ['http://{grant.dc}.api.example.com', false],
    ['https://{grant.dc}.api.example.com:8443', false],
    ['https://x.{grant.dc}.api.example.com', false],
  ])('permits the origin %s (expected: %o)', (origin, expected) => {
    expect(isGrantOrigin(origin, facts)).toBe(expected);
  });
});

describe('headers of requests', () => {
  it.each([
    [undefined, { name: 'authorization', value: 'Bearer t-1' }],
    [
      { header: 'authorization', scheme: 'OAuth' },
      { name: 'authorization', value: 'OAuth t-1' },
    ],
    [
      { header: 'authorization', scheme: null },
      { name: 'authorization', value: 't-1' },
    ],
    [
      { header: 'x-token', scheme: null },
      { name: 'x-token', value: 't-1' },
    ],
    [{ header: 'x-token' }, { name: 'x-token', value: 'Bearer t-1' }],
  ])('carry the token by the rule %j as %j', (rule, expected) => {
    expect(tokenHeader(rule, 'Bearer t-1')).toEqual(expected);
  });

  it('contain values of grant facts, in which placeholders are not replaced', () => {
    const facts = { a: '{grant.b}', b: '2' };
    expect(resolveHeader('x={grant.a};{grant.b}', facts)).toBe('x={grant.b};2');
    expect(resolveHeader('fixed', {})).toBe('fixed');
  });

  it.each([{}, { a: '1\r\nx-evil: 1' }, { a: '1\n' }, { a: 'ä' }, { a: '' }])(
    'are left out if the grant facts are %j',
    (facts) => {
      expect(resolveHeader('{grant.a}', facts)).toBeUndefined();
      expect(resolveHeader('{grant.toString}', facts)).toBeUndefined();
    },
  );
});

describe('an origin with a placeholder', () => {
  it.each([
    ['{grant.instance_url}', true],
    ['https://{grant.instance_url}', false],
    ['{grant.unknown}', false],
    ['{grant.instance_url}.evil.example', false],
    ['https://api.example.com', false],
  ])('%s is permitted (expected: %o)', (origin, expected) => {
    expect(isGrantOrigin(origin, salesforce)).toBe(expected);
  });

  it('has no value when the grant lacks the fact', () => {
    const facts = { instance_url: 'https://a.my.salesforce.com' };
    expect(resolveGrantOrigin('{grant.instance_url}', facts)).toBe('https://a.my.salesforce.com');
    expect(resolveGrantOrigin('{grant.instance_url}', {})).toBeUndefined();
    expect(resolveGrantOrigin('{grant.toString}', {})).toBeUndefined();
    expect(resolveGrantOrigin('https://api.example.com', {})).toBe('https://api.example.com');
  });
});
