import { describe, expect, it } from '@jest/globals';
import type { DecryptedConnector, ProviderClient } from '../../../types.ts';
import { aConnector, RotatingProvider } from '../rotating_provider.mock.ts';
import { FingerprintCache } from './fingerprint_cache.ts';

/** Counts how often a client is built; the fingerprint follows from the config, as the real one does. */
function aWorkerHarness() {
  const built: DecryptedConnector[] = [];
  const provider = new RotatingProvider(() => new Date(0));
  const forConnector = (connector: DecryptedConnector): ProviderClient => {
    built.push(connector);
    return provider.client({ fingerprint: `fp-${JSON.stringify(connector.config)}` });
  };
  return { built, fingerprints: new FingerprintCache({ forConnector }) };
}

describe('KnownFingerprints', () => {
  it('builds a client once per version of a connector', () => {
    const { built, fingerprints } = aWorkerHarness();
    const first = aConnector({ version: 'a', config: { url: 'https://one.example.com' } });
    expect(fingerprints.of(first)).toBe(fingerprints.of({ ...first, name: 'Same version' }));
    expect(built).toHaveLength(1);
  });

  it('C48: works it out anew when the connector was edited', () => {
    const { fingerprints } = aWorkerHarness();
    const before = aConnector({ version: 'a', config: { url: 'https://one.example.com' } });
    const after = aConnector({ version: 'b', config: { url: 'https://two.example.com' } });
    expect(fingerprints.of(before)).not.toBe(fingerprints.of(after));
    expect(fingerprints.of(after)).toContain('two.example.com');
  });

  it('keeps connectors of different spaces and ids apart', () => {
    const { built, fingerprints } = aWorkerHarness();
    for (const over of [{}, { id: 'other' }, { spaceId: 'other' }])
      fingerprints.of(aConnector(over));
    expect(built).toHaveLength(3);
  });

  it('remembers no failure and no more than a bounded number', () => {
    const { built, fingerprints } = aWorkerHarness();
    for (let index = 0; index <= 1000; index += 1)
      fingerprints.of(aConnector({ id: `c-${index}` }));
    fingerprints.of(aConnector({ id: 'c-0' }));
    expect(built).toHaveLength(1002);
  });
});
