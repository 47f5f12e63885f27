import { describe, expect, it } from 'vitest';
import { resolveProvider } from '../entry/placeholders.ts';
import { aProvider, sampleConfigOf } from '../entry/provider_entry.mock.ts';
import type { ProviderEntry } from '../entry/provider_entry.ts';
import { providerOfTokenHost, providers } from './index.ts';

const all = Object.entries<ProviderEntry>(providers);
const SINGLE_USE = [
  ...['airtable', 'atlassian', 'box', 'discord', 'exact_online', 'github', 'gitlab', 'linear'],
  ...['notion', 'salesforce', 'shopify', 'slack', 'x', 'xero', 'zendesk', 'zoom'],
];
/** Hosts to which connectors send requests for the name of the account. */
const ACCOUNT_HOSTS: Readonly<Record<string, readonly string[]>> = {
  google: ['www.googleapis.com'],
  microsoft: ['graph.microsoft.com'],
};

describe('the providers', () => {
  it.each(all)('%s has its name as key and only valid URLs', (name, entry) => {
    expect(entry.name).toBe(name);
    const { authorize, token, hosts } = resolveProvider(entry, sampleConfigOf(entry));
    for (const url of [authorize.url, token.url]) expect(hosts).toContain(new URL(url).hostname);
  });

  it.each(all)('%s permits only hosts of its URLs', (name, entry) => {
    const { authorize, token, revocation, account, grantFacts, hosts } = resolveProvider(
      entry,
      sampleConfigOf(entry),
    );
    const urls = [
      ...[authorize.url, token.url, token.refreshUrl, revocation?.url],
      ...[
        account?.from === 'request' ? account.url : undefined,
        ...grantFacts.map(({ url }) => url),
      ],
    ];
    const used = urls.flatMap((url) => (url === undefined ? [] : (URL.parse(url)?.hostname ?? [])));
    expect(hosts.filter((host) => !used.includes(host))).toEqual(ACCOUNT_HOSTS[name] ?? []);
  });

  it.each(all)('%s is the same after JSON.stringify and JSON.parse', (_, entry) => {
    expect(JSON.parse(JSON.stringify(entry))).toEqual(entry);
  });

  it.each(all)(
    '%s has error names in lower case, and only failure rules that can apply',
    (_, { failures }) => {
      for (const { when } of failures.rules) {
        for (const text of [...(when.errors ?? []), when.descriptionHas ?? '']) {
          expect(text).toBe(text.toLowerCase());
        }
      }
    },
  );

  it('that expire idle grants have an idle limit below the lifetime of their refresh tokens', () => {
    for (const [, { lifetime }] of all) {
      const { idleLimitDays = 0, refreshTokenSeconds } = lifetime;
      expect(idleLimitDays * 86_400).toBeLessThanOrEqual(refreshTokenSeconds ?? Infinity);
    }
  });
});

describe('critical facts of the providers', () => {
  const namesOf = (is: (entry: ProviderEntry) => boolean) =>
    all.flatMap(([name, entry]) => (is(entry) ? [name] : []));

  it('state comma-separated scopes exactly for the expected providers', () => {
    const names = namesOf(({ authorize }) => authorize.scope.separator === ',');
    expect(names).toEqual(['figma', 'linear', 'shopify', 'slack', 'zoho']);
  });

  it('state refresh tokens for single use exactly for the expected providers', () => {
    const names = namesOf(({ refreshToken }) => refreshToken?.rotation === 'single_use');
    expect(names).toEqual(SINGLE_USE);
  });
});

describe('providerOfTokenHost', () => {
  it.each([
    ['github.com', 'github'],
    ['octo.ghe.com', 'github'],
    ['SLACK.com', 'slack'],
    ['acme.slack.com', 'slack'],
    ['accounts.google.com', 'google'],
    ['login.microsoftonline.us', 'microsoft'],
    ['acme.my.salesforce.com', 'salesforce'],
    ['start.exactonline.be', 'exact_online'],
  ])('for %s finds the provider %s', (host, name) => {
    expect(providerOfTokenHost(host)?.name).toBe(name);
  });

  it.each(['', 'example.com', 'notgithub.com', 'github.com.evil.example', 'microsoftonline.us'])(
    'finds no provider for %o',
    (host) => {
      expect(providerOfTokenHost(host)).toBeUndefined();
    },
  );
});

describe('the schema of an entry', () => {
  it('can describe a value of the callback (QuickBooks) and hosts of the response (Pipedrive)', () => {
    const { grantFacts } = aProvider({
      grantFacts: [
        { name: 'realmId', from: 'callback', path: 'realmId', kind: 'text' },
        {
          name: 'api_domain',
          from: 'token_response',
          path: 'api_domain',
          kind: 'origin',
          hosts: ['*.pipedrive.com'],
        },
      ],
    });
    expect(grantFacts).toHaveLength(2);
  });

  it('can describe organisations of a second request (Xero)', () => {
    const { grantFacts } = aProvider({
      hosts: ['auth.example.com', 'api.example.com'],
      grantFacts: [
        {
          name: 'tenantId',
          from: 'request',
          url: 'https://api.example.com/connections',
          path: '*.tenantId',
          labelPath: '*.tenantName',
          kind: 'text',
        },
      ],
    });
    expect(grantFacts).toHaveLength(1);
  });

  it('can describe a host of userinfo (DocuSign)', () => {
    const { grantFacts } = aProvider({
      grantFacts: [
        {
          name: 'base_uri',
          from: 'request',
          url: 'https://auth.example.com/oauth/userinfo',
          path: 'accounts.*.base_uri',
          kind: 'origin',
          hosts: ['*.docusign.net'],
        },
      ],
    });
    expect(grantFacts).toHaveLength(1);
  });
});
