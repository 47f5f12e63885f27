import { TestProxy } from '@latchkey/test-proxy';
import { afterEach, describe, expect, it } from 'vitest';
import { aNote, NOTE, noteKey } from '../../../conformance/documents.ts';
import type { ElasticsearchStoreOptions } from '../connection/index.ts';
import { createElasticsearchStore } from '../elasticsearch_store.ts';
import { anIndexPrefix, deleteIndices } from './store_for_tests.ts';
import { testCertificates } from './test_certificates.ts';

const UNREACHABLE = { code: 'unavailable', message: expect.stringContaining('certificate') };

/** Registers tests of authentication and TLS with a proxy in front of a real node. */
export function itConnects(hosts: readonly string[]): void {
  const indexPrefix = anIndexPrefix();
  let proxy: TestProxy | undefined;

  afterEach(async () => {
    await proxy?.stop();
    proxy = undefined;
    await deleteIndices(hosts, indexPrefix);
  });

  const behindTls = async (
    certificate: { readonly cert: string; readonly key: string } = testCertificates.server,
  ): Promise<TestProxy> => {
    proxy = await TestProxy.start({ target: hosts[0] ?? '', tls: certificate });
    return proxy;
  };
  const use = async (options: Omit<ElasticsearchStoreOptions, 'indexPrefix'>): Promise<void> => {
    const store = createElasticsearchStore({ ...options, indexPrefix });
    try {
      await store.prepare([NOTE]);
      const written = await store.put(aNote('a', { title: 'é'.repeat(5_000) }));
      expect(await store.getMany([noteKey('a')], NOTE.name)).toEqual([written]);
    } finally {
      await store.close();
    }
  };
  const trusted = { certificateAuthorities: [testCertificates.authority] };

  it.each([
    ['user name and password', { username: 'ann', password: 'p:w' }, `Basic ${btoa('ann:p:w')}`],
    ['an API key', { apiKey: 'aWQ6a2V5' }, 'ApiKey aWQ6a2V5'],
    ['a service account token', { serviceAccountToken: 'AAEA' }, 'Bearer AAEA'],
  ])('sends %s with every request', async (_, credentials, header) => {
    const { origin, exchanges } = await behindTls();
    await use({ hosts: [origin], ssl: trusted, ...credentials });
    expect(exchanges.length).toBeGreaterThan(3);
    expect(exchanges.every(({ headers }) => headers.authorization === header)).toBe(true);
  });

  it('sends custom headers and compressed requests', async () => {
    const { origin, exchanges } = await behindTls();
    const customHeaders = { 'x-tenant': 'north' };
    await use({ hosts: [origin], ssl: trusted, customHeaders, compression: true });
    expect(exchanges.every(({ headers }) => headers['x-tenant'] === 'north')).toBe(true);
    expect(exchanges.some(({ headers }) => headers['content-encoding'] === 'gzip')).toBe(true);
  });

  describe('the check of certificates', () => {
    it('refuses a server whose authority is not trusted', async () => {
      const { origin, exchanges } = await behindTls();
      await expect(use({ hosts: [origin], maxRetries: 0 })).rejects.toMatchObject(UNREACHABLE);
      expect(exchanges).toEqual([]);
    });

    it('rejects a server with another host name, and accepts it when only the certificate is verified', async () => {
      const { origin } = await behindTls(testCertificates.otherServer);
      const options = { hosts: [origin], maxRetries: 0 };
      await expect(use({ ...options, ssl: trusted })).rejects.toMatchObject(UNREACHABLE);
      await use({ ...options, ssl: { ...trusted, verificationMode: 'certificate' } });
    });

    it('rejects an unknown authority even when only the certificate is verified', async () => {
      const { origin } = await behindTls();
      const ssl = { verificationMode: 'certificate' } as const;
      await expect(use({ hosts: [origin], maxRetries: 0, ssl })).rejects.toMatchObject(UNREACHABLE);
    });

    it('accepts any server with the verification mode none', async () => {
      const { origin } = await behindTls(testCertificates.otherServer);
      await use({ hosts: [origin], ssl: { verificationMode: 'none' } });
    });
  });
}
