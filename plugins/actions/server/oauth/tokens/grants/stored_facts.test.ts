import { describe, expect, it } from '@jest/globals';
import type { TokenGrant } from '@latchkey/oauth-client';
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
  receivedAt: new Date(0),
  providerRequestId: undefined,
  ...over,
});
const stored = {
  values: { instance_url: 'https://acme.my.salesforce.com', edition: 'a' },
  sites: [aSite('1'), aSite('2')],
  siteId: '2',
};

describe('the facts after a token response', () => {
  it('are those of the response for a new grant', () => {
    expect(factsAfterGrant(undefined, aGrant({}))).toBeUndefined();
    const facts = { edition: 'b' };
    expect(factsAfterGrant(undefined, aGrant({ facts }))).toEqual({ values: facts });
  });

  it('stay when a refresh response omits them', () => {
    expect(factsAfterGrant(stored, aGrant({}))).toEqual(stored);
    expect(factsAfterGrant(stored, aGrant({ facts: {} }))).toEqual(stored);
  });

  it('are replaced one by one when a refresh response names some of them', () => {
    const renewed = factsAfterGrant(stored, aGrant({ facts: { edition: 'b' } }));
    expect(renewed).toEqual({ ...stored, values: { ...stored.values, edition: 'b' } });
  });

  it('contain a site as the chosen one only if the grant has exactly one', () => {
    const siteIdOf = (sites: readonly ReturnType<typeof aSite>[]) =>
      factsAfterGrant(undefined, aGrant({ facts: {}, sites }))?.siteId;
    expect(siteIdOf([aSite('1')])).toBe('1');
    expect(siteIdOf([aSite('1'), aSite('2')])).toBeUndefined();
  });
});

describe('the facts for calls', () => {
  it('include those of the chosen site only', () => {
    expect(factsForCalls(stored)).toEqual({ ...stored.values, cloudId: '2' });
    const { siteId: _, ...undecided } = stored;
    expect(factsForCalls(undecided)).toEqual(stored.values);
  });
});
