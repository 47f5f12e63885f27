import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { missingScopes } from './missing_scopes.ts';

const WANTED = ['openid', 'offline_access', 'files.read', 'files.write'];

describe('missingScopes', () => {
  it.each([
    ['asked for all and granted all', WANTED, WANTED, []],
    ['asked for all, and the provider did not say what it granted', WANTED, undefined, []],
    ['asked for all and granted fewer', WANTED, ['files.read'], []],
    ['asked for less', ['openid', 'files.read'], ['files.read'], ['offline_access', 'files.write']],
    ['asked for less, but granted more', ['files.read'], WANTED, []],
    ['asked for nothing', [], undefined, WANTED],
    ['made by an older build, granted less', undefined, ['files.read'], ['files.write']],
    ['made by an older build, not said what was granted', undefined, undefined, []],
  ])('of a grant that was %s', (_what, requestedScopes, scopes, expected) => {
    expect(missingScopes({ requestedScopes, scopes }, WANTED)).toEqual(expected);
  });

  it('include no requested scope, and no duplicates', () => {
    const scopes = fc.array(fc.constantFrom('a', 'b', 'c', 'd'));
    fc.assert(
      fc.property(
        scopes,
        fc.option(scopes, { nil: undefined }),
        scopes,
        (asked, granted, wanted) => {
          const missing = missingScopes({ requestedScopes: asked, scopes: granted }, wanted);
          expect(new Set(missing).size).toBe(missing.length);
          const known = [...asked, ...(granted ?? [])];
          expect(new Set([...missing, ...wanted.filter((scope) => known.includes(scope))])).toEqual(
            new Set(wanted),
          );
        },
      ),
    );
  });
});
