import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAccount } from './id_token.ts';

const idToken = (claims: unknown): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;

const NOW = new Date('2030-01-01T00:00:00Z');
const NOW_SECONDS = NOW.getTime() / 1000;
const expected = { issuer: 'https://idp.example.com', clientId: 'client-1', now: NOW };
const valid = {
  iss: 'https://idp.example.com',
  aud: 'client-1',
  exp: NOW_SECONDS + 60,
  sub: '1',
};

describe('the account of an ID token', () => {
  it.each([
    [{ sub: '1', email: 'a@b', preferred_username: 'ada', name: 'Ada' }, 'a@b'],
    [{ sub: '1', preferred_username: 'ada', name: 'Ada' }, 'ada'],
    [{ sub: '1', name: 'Ada' }, 'Ada'],
    [{ sub: '1', email: '', name: 5 }, '1'],
    [{ sub: 1 }, '1'],
  ])('for the claims %j has the label %s', (claims, label) => {
    expect(readAccount(idToken(claims), expected)).toEqual({ id: '1', label });
  });

  it('has a label of limited length without control characters', () => {
    const name = `A\u202e\n\u0000B${'x'.repeat(500)}`;
    const account = readAccount(idToken({ sub: '1', name }), expected);
    expect(account?.label).toMatch(/^A Bx+$/);
    expect(account?.label).toHaveLength(200);
  });

  it.each([
    undefined,
    '',
    'a',
    'a.b.c',
    `a.${Buffer.from('{').toString('base64url')}.c`,
    idToken([]),
    idToken({ name: 'no sub' }),
    idToken({ sub: '' }),
    idToken({ sub: 'x'.repeat(256) }),
  ])('is missing for an unreadable ID token (case %#)', (token) => {
    expect(readAccount(token, expected)).toBeUndefined();
  });

  it.each([
    [{}],
    [{ aud: ['other', 'client-1'] }],
    [{ exp: NOW_SECONDS - 4 * 60 }],
    [{ iss: 'https://idp.example.com/' }],
    [{ iss: 'idp.example.com' }],
    [{ iss: undefined, aud: undefined, exp: undefined }],
  ])('is read from an ID token for this client (%j)', (over) => {
    expect(readAccount(idToken({ ...valid, ...over }), expected)).toEqual({ id: '1', label: '1' });
  });

  it.each([
    [{ iss: 'https://other.example.com' }],
    [{ iss: 'http://idp.example.com' }],
    [{ iss: '' }],
    [{ iss: 5 }],
    [{ aud: 'client-2' }],
    [{ aud: [] }],
    [{ aud: ['client-2'] }],
    [{ exp: NOW_SECONDS - 6 * 60 }],
    [{ exp: 'never' }],
  ])(
    'is missing for an ID token of another issuer, for another client, or expired (%j)',
    (over) => {
      expect(readAccount(idToken({ ...valid, ...over }), expected)).toBeUndefined();
    },
  );

  it('is read without a check of issuer and audience when none is configured', () => {
    const token = idToken({ ...valid, iss: 'https://other.example.com', aud: 'client-2' });
    expect(readAccount(token, { now: NOW })).toEqual({ id: '1', label: '1' });
  });

  it('causes no exception for any token', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.anything(), fc.string()),
        (token) => void readAccount(token, expected),
      ),
    );
    fc.assert(
      fc.property(fc.json(), (claims) => void readAccount(idToken(JSON.parse(claims)), expected)),
    );
  });
});
