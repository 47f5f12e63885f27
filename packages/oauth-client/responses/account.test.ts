import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readAccount } from './account.ts';

const idToken = (claims: unknown): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;

describe('readAccount', () => {
  it.each([
    [{ sub: '1', email: 'a@b', preferred_username: 'ada', name: 'Ada' }, 'a@b'],
    [{ sub: '1', preferred_username: 'ada', name: 'Ada' }, 'ada'],
    [{ sub: '1', name: 'Ada' }, 'Ada'],
    [{ sub: '1', email: '', name: 5 }, '1'],
    [{ sub: 1 }, '1'],
  ])('labels %j as %s', (claims, label) => {
    expect(readAccount(idToken(claims))).toEqual({ id: '1', label });
  });

  it('bounds and cleans what a provider calls a person', () => {
    const account = readAccount(idToken({ sub: '1', name: `A\u202e\n\u0000B${'x'.repeat(500)}` }));
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
  ])('knows nobody from an unreadable ID token (case %#)', (token) => {
    expect(readAccount(token)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string()), (token) => void readAccount(token)),
    );
    fc.assert(fc.property(fc.json(), (claims) => void readAccount(idToken(JSON.parse(claims)))));
  });
});
