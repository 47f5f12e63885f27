import { describe, expect, it } from 'vitest';
import { type ElasticsearchStoreOptions, resolveOptions } from './store_options.ts';

const SECRET = 'canary-77aa';
const withHost = (over: Partial<ElasticsearchStoreOptions> = {}): ElasticsearchStoreOptions => ({
  hosts: ['https://es.example.test:9200'],
  ...over,
});

describe('the options of the Elasticsearch store', () => {
  it('are 30 seconds, three retries and verified certificates by default', () => {
    expect(resolveOptions(withHost({ ssl: {} }))).toMatchObject({
      requestTimeoutMs: 30_000,
      pingTimeoutMs: 30_000,
      maxRetries: 3,
      indexPrefix: 'latchkey_',
      client: { maxRetries: 0, compression: false, tls: { rejectUnauthorized: true } },
    });
  });

  it.each<[string, Partial<ElasticsearchStoreOptions>, string]>([
    ['no host', { hosts: [] }, 'elasticsearch.hosts'],
    ['a host that is not a URL', { hosts: [SECRET] }, 'elasticsearch.hosts'],
    ['another protocol', { hosts: [`ftp://${SECRET}`] }, 'elasticsearch.hosts'],
    ['credentials in a host', { hosts: [`https://u:${SECRET}@h`] }, 'elasticsearch.username'],
    ['a password without user name', { password: SECRET }, 'elasticsearch.username'],
    ['a user name without password', { username: SECRET }, 'elasticsearch.password'],
    [
      'two kinds of credentials',
      { apiKey: SECRET, serviceAccountToken: SECRET },
      'elasticsearch.apiKey',
    ],
    [
      'a header that replaces credentials',
      { customHeaders: { Authorization: SECRET } },
      'customHeaders',
    ],
    ['an invalid prefix of indices', { indexPrefix: `.${SECRET.toUpperCase()}` }, 'prefix'],
  ])(
    'are rejected with %s, with an error that names the setting but not its value',
    (_, over, setting) => {
      const resolve = (): unknown => resolveOptions(withHost(over));
      expect(resolve).toThrow(TypeError);
      expect(resolve).toThrow(setting);
      expect(resolve).not.toThrow(new RegExp(SECRET, 'i'));
    },
  );
});
