import type { TokenGrant } from '@latchkey/oauth-client';
import { describe, expect, it } from 'vitest';
import { factsAfterGrant, factsForCalls } from './stored_facts.ts';

const aSite = (id: string) => ({ id, label: id, facts: { cloudId: id } });
const aGrant = (over: Partial<TokenGrant>): TokenGrant => ({
  accessToken: 'at',
  tokenType: 'Bearer',
  refreshToken: undefined,
  lifetimeSeconds: undefined,
  refreshTokenLifetimeSeconds: undefined,
  scopes: undefined,
  account: undefined,
  requestedAt: new Date(0),
  providerRequestId: undefined,
  ...over,
});
const stored = {
  values: { instance_url: 'https://acme.my.salesforce.com', edition: 'a' },
  sites: [aSite('1'), aSite('2')],
  siteId: '2',
};

describe('the stored grant facts after a token response', () => {
  it('are those of the response if the grant is new', () => {
    expect(factsAfterGrant(undefined, aGrant({}))).toBeUndefined();
    const facts = { edition: 'b' };
    expect(factsAfterGrant(undefined, aGrant({ facts }))).toEqual({ values: facts });
  });

  it('stay unchanged if the response of a refresh omits them', () => {
    expect(factsAfterGrant(stored, aGrant({}))).toEqual(stored);
    expect(factsAfterGrant(stored, aGrant({ facts: {} }))).toEqual(stored);
  });

  it('are replaced only as far as the response of a refresh contains them', () => {
    const renewed = factsAfterGrant(stored, aGrant({ facts: { edition: 'b' } }));
    expect(renewed).toEqual({ ...stored, values: { ...stored.values, edition: 'b' } });
  });

  it('contain a chosen site only if the grant has exactly one site', () => {
    const siteIdOf = (sites: readonly ReturnType<typeof aSite>[]) =>
      factsAfterGrant(undefined, aGrant({ facts: {}, sites }))?.siteId;
    expect(siteIdOf([aSite('1')])).toBe('1');
    expect(siteIdOf([aSite('1'), aSite('2')])).toBeUndefined();
  });
});

describe('the grant facts that calls use', () => {
  it('contain those of the chosen site, and not those of other sites', () => {
    expect(factsForCalls(stored)).toEqual({ ...stored.values, cloudId: '2' });
    const { siteId: _, ...undecided } = stored;
    expect(factsForCalls(undecided)).toEqual(stored.values);
  });
});
