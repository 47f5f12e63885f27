import { describe, expect, it } from 'vitest';
import { elasticsearch } from './elasticsearch_config.ts';

describe('the section elasticsearch of the configuration', () => {
  it('is absent by default, so the embedded store is used', () => {
    expect(elasticsearch.parse({}).hosts).toBeUndefined();
  });

  it('may have one host or several', () => {
    expect(elasticsearch.parse({ hosts: 'http://a:9200' }).hosts).toEqual(['http://a:9200']);
    expect(elasticsearch.parse({ hosts: ['http://a:9200', 'https://b'] }).hosts).toHaveLength(2);
  });

  it('may have a prefix of index names, for several installations in one cluster', () => {
    expect(elasticsearch.parse({}).indexPrefix).toBe('latchkey_');
    expect(elasticsearch.parse({ indexPrefix: 'staging-' }).indexPrefix).toBe('staging-');
  });

  it.each([
    ['an index prefix that Elasticsearch refuses', { hosts: ['http://a'], indexPrefix: 'Staging' }],
    ['a host that is not a URL', { hosts: ['a:9200'] }],
    ['credentials in a host', { hosts: ['http://u:p@a:9200'] }],
    ['a user name without a password', { hosts: ['http://a'], username: 'u' }],
    ['two ways to authenticate', { hosts: ['http://a'], apiKey: 'k', serviceAccountToken: 't' }],
    ['an unknown key', { host: 'http://a' }],
  ])('is refused with %s', (_title, value) => {
    expect(elasticsearch.safeParse(value).success).toBe(false);
  });
});
