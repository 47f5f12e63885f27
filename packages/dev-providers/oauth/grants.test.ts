import { beforeEach, describe, expect, it } from 'vitest';
import { fingerprint } from '../faults/index.ts';
import { type EndCause, type Grant, Grants } from './grants.ts';

const ANA = { account: 'ana', clientId: 'app' };
const BEN = { account: 'ben', clientId: 'app' };

let nowMs: number;
let ended: [string, EndCause][];
let grants: Grants;
beforeEach(() => {
  nowMs = 0;
  ended = [];
  grants = new Grants({
    now: () => new Date(nowMs),
    onEnd: ({ id }, cause) => ended.push([id, cause]),
  });
});

const anOpenGrant = (owner = ANA) => {
  const grant = grants.open(owner);
  return { grant, tokens: grants.issue(grant) };
};
const refresh = (token: string | undefined, clientId?: string) =>
  grants.refresh(token ?? '', clientId);
const idsOf = (list: readonly Grant[]) => list.map(({ id }) => id);

describe('grants of a fake provider', () => {
  it('end when a used refresh token is presented', () => {
    const { tokens } = anOpenGrant();
    const next = refresh(tokens.refreshToken);
    expect(next).toMatchObject({ result: 'rotated', grant: { id: 'grant-1' } });
    expect(refresh(tokens.refreshToken)).toMatchObject({ result: 'reuse' });
    expect(refresh(tokens.refreshToken)).toMatchObject({ result: 'reuse' });
    expect(ended).toEqual([['grant-1', 'reuse']]);
    expect(grants.find(tokens.accessToken)).toMatchObject({ isValid: false });
    expect(grants.refreshTokens).toEqual([]);
  });

  it('keep the same refresh token when the provider does not rotate', () => {
    grants = new Grants({ now: () => new Date(nowMs), rotates: false });
    const { tokens } = anOpenGrant();
    for (let round = 0; round < 2; round += 1)
      expect(refresh(tokens.refreshToken)).toMatchObject({ tokens: { refreshToken: undefined } });
  });

  it('do not accept access tokens, unknown tokens or tokens of another client for a refresh', () => {
    const { tokens } = anOpenGrant();
    for (const [token, client] of [
      [tokens.accessToken, 'app'],
      ['unknown', 'app'],
      [tokens.refreshToken, 'other'],
    ])
      expect(refresh(token, client)).toEqual({ result: 'refused', grant: undefined });
    expect(refresh(tokens.refreshToken, 'app').result).toBe('rotated');
  });

  it('can expire access tokens by time, by account and by fingerprint', () => {
    const [ana, ben] = [anOpenGrant(), anOpenGrant(BEN)];
    const isValid = ({ tokens }: typeof ana) => grants.find(tokens.accessToken)?.isValid;
    expect(grants.expireAccessTokens(({ account }) => account === 'ana')).toBe(1);
    expect([isValid(ana), isValid(ben)]).toEqual([false, true]);
    expect(grants.rejectAccessToken(fingerprint(ben.tokens.accessToken))).toBe(true);
    expect(grants.rejectAccessToken(fingerprint(ben.tokens.accessToken))).toBe(false);
    const later = anOpenGrant();
    nowMs = 3_600_000;
    expect(isValid(later)).toBe(false);
    expect(grants.live()).toHaveLength(3);
  });

  it.each([
    ['token', ['grant-1', 'grant-2', 'grant-3']],
    ['grant', ['grant-2', 'grant-3']],
    ['account', ['grant-3']],
  ] as const)(
    'lose only the tokens within the reach %s when an access token is revoked',
    (reach, live) => {
      const { tokens } = anOpenGrant();
      anOpenGrant();
      anOpenGrant(BEN);
      expect(grants.revoke(tokens.accessToken, reach)?.id).toBe('grant-1');
      expect(grants.find(tokens.accessToken)?.isValid).toBe(false);
      expect(idsOf(grants.live())).toEqual(live);
    },
  );

  it('can be removed when they have ended, and their tokens are unknown afterwards', () => {
    const [one, other] = [anOpenGrant(), anOpenGrant()];
    expect(grants.revoke(one.tokens.refreshToken ?? '')).toBe(one.grant);
    grants.removeEnded();
    expect(refresh(one.tokens.refreshToken)).toEqual({ result: 'refused', grant: undefined });
    expect(grants.live()).toEqual([other.grant]);
  });
});
