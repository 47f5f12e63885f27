import { describe, expect, it } from 'vitest';
import type { DecryptedConnector } from '../../../connector_data/index.ts';
import type { ProviderClient } from '../../strategies/index.ts';
import { aConnector, RotatingProvider } from '../rotating_provider.mock.ts';
import { FingerprintCache } from './fingerprint_cache.ts';

/**
 * Creates a cache and counts the clients that it builds. As in the product, the fingerprint depends
 * on the config.
 */
function aCountedCache() {
  const built: DecryptedConnector[] = [];
  const provider = new RotatingProvider(() => new Date(0));
  const forConnector = (connector: DecryptedConnector): ProviderClient => {
    built.push(connector);
    return provider.client({ fingerprint: `fp-${JSON.stringify(connector.config)}` });
  };
  return { built, fingerprints: new FingerprintCache({ forConnector }) };
}

describe('the cache of fingerprints', () => {
  it('builds a client once per version of a connector', () => {
    const { built, fingerprints } = aCountedCache();
    const first = aConnector({ version: 'a', config: { url: 'https://one.example.com' } });
    expect(fingerprints.of(first)).toBe(fingerprints.of({ ...first, name: 'Same version' }));
    expect(built).toHaveLength(1);
  });

  it('C48: computes the fingerprint again when the connector was edited', () => {
    const { fingerprints } = aCountedCache();
    const before = aConnector({ version: 'a', config: { url: 'https://one.example.com' } });
    const after = aConnector({ version: 'b', config: { url: 'https://two.example.com' } });
    expect(fingerprints.of(before)).not.toBe(fingerprints.of(after));
    expect(fingerprints.of(after)).toContain('two.example.com');
  });

  it('separates connectors of different spaces and ids', () => {
    const { built, fingerprints } = aCountedCache();
    for (const over of [{}, { id: 'other' }, { spaceId: 'other' }])
      fingerprints.of(aConnector(over));
    expect(built).toHaveLength(3);
  });

  it('removes the oldest connector when it is full', () => {
    const { built, fingerprints } = aCountedCache();
    for (let index = 0; index <= 1000; index += 1)
      fingerprints.of(aConnector({ id: `c-${index}` }));
    fingerprints.of(aConnector({ id: 'c-0' }));
    expect(built).toHaveLength(1002);
  });
});
