import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { missingScopes } from './missing_scopes.ts';

const WANTED = ['openid', 'offline_access', 'files.read', 'files.write'];

describe('the missing scopes', () => {
  it.each([
    ['are none if all were requested and granted', WANTED, WANTED, []],
    [
      'are none if all were requested and the provider names no granted scopes',
      WANTED,
      undefined,
      [],
    ],
    ['are none if all were requested and fewer were granted', WANTED, ['files.read'], []],
    [
      'are those that were not requested',
      ['openid', 'files.read'],
      ['files.read'],
      ['offline_access', 'files.write'],
    ],
    ['are none if fewer were requested but all were granted', ['files.read'], WANTED, []],
    ['are all if none was requested', [], undefined, WANTED],
    [
      'are those that were not granted if an older build stored the grant',
      undefined,
      ['files.read'],
      ['files.write'],
    ],
    [
      'are none if an older build stored the grant without granted scopes',
      undefined,
      undefined,
      [],
    ],
  ])('%s', (_case, requestedScopes, scopes, expected) => {
    expect(missingScopes({ requestedScopes, scopes }, WANTED)).toEqual(expected);
  });

  it('do not contain a scope that is covered by another granted scope', () => {
    const covers = (scope: string, granted: ReadonlySet<string>) =>
      scope === 'files.read' && granted.has('files.write');
    const grant = { requestedScopes: ['files.write'], scopes: undefined };
    expect(missingScopes(grant, ['files.read', 'email'], covers)).toEqual(['email']);
  });

  it('contain each scope at most once, and only wanted scopes that were neither requested nor granted', () => {
    const scopes = fc.array(fc.constantFrom('a', 'b', 'c', 'd'));
    fc.assert(
      fc.property(
        scopes,
        fc.option(scopes, { nil: undefined }),
        scopes,
        (requested, granted, wanted) => {
          const missing = missingScopes({ requestedScopes: requested, scopes: granted }, wanted);
          expect(new Set(missing).size).toBe(missing.length);
          const known = [...requested, ...(granted ?? [])];
          expect(new Set([...missing, ...wanted.filter((scope) => known.includes(scope))])).toEqual(
            new Set(wanted),
          );
        },
      ),
    );
  });
});
