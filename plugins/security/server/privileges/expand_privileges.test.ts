import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeatureRegistration } from '../types.ts';
import { expandPrivileges } from './expand_privileges.ts';
import type { Grant } from './grant.ts';

const FEATURES: readonly FeatureRegistration[] = [
  {
    id: 'actions',
    name: { en: 'Actions', de: 'Aktionen' },
    privileges: { all: ['actions:save', 'actions:execute'], read: ['actions:execute'] },
  },
  {
    id: 'workflows',
    name: { en: 'Workflows', de: 'Abläufe' },
    privileges: { all: ['workflows:save'], read: ['workflows:show'] },
  },
  {
    id: 'spaces',
    name: { en: 'Spaces', de: 'Bereiche' },
    privileges: { all: ['spaces:manage'], read: [] },
    onlyWithBaseInEverySpace: true,
  },
  {
    id: 'monitoring',
    name: { en: 'Monitoring', de: 'Überwachung' },
    privileges: { all: ['monitoring:read'], read: ['monitoring:read'] },
    onlyInEverySpace: true,
  },
];
const aGrant = (over: Partial<Grant> = {}): Grant => ({
  base: [],
  feature: {},
  spaces: ['default'],
  ...over,
});
const expand = (grants: readonly Grant[], space = 'default') =>
  [...expandPrivileges(grants, space, FEATURES)].sort();

const grants = fc.array(
  fc.record({
    base: fc.subarray(['all', 'read']),
    feature: fc.dictionary(
      fc.constantFrom('actions', 'workflows', 'spaces', 'unknown', '__proto__'),
      fc.subarray(['all', 'read', 'minimal_all', 'minimal_read', 'toString']),
    ),
    spaces: fc.subarray(['default', 'sales', '*'], { minLength: 1 }),
  }),
  { maxLength: 4 },
);

describe('the privileges of a grant', () => {
  it('include a feature privilege only in the spaces of its entry', () => {
    const row = aGrant({ feature: { actions: ['read'] }, spaces: ['sales'] });
    expect(expand([row], 'sales')).toEqual(['actions:execute']);
    expect(expand([row], 'default')).toEqual([]);
  });

  it('include every feature with a base privilege', () => {
    expect(expand([aGrant({ base: ['read'] })])).toEqual(['actions:execute', 'workflows:show']);
  });

  it('include `read` in `all` although the feature does not repeat its privileges', () => {
    expect(expand([aGrant({ feature: { workflows: ['all'] } })])).toEqual([
      'workflows:save',
      'workflows:show',
    ]);
  });

  it('include administrative features only if a base privilege applies to every space', () => {
    expect(expand([aGrant({ base: ['all'], spaces: ['*'] })])).toContain('spaces:manage');
    expect(expand([aGrant({ base: ['all'] })])).not.toContain('spaces:manage');
    expect(expand([aGrant({ feature: { spaces: ['all'] }, spaces: ['*'] })])).toEqual([]);
  });

  it('include privileges beyond a space only if the entry applies to every space', () => {
    const byName = { feature: { monitoring: ['read'] } };
    expect(expand([aGrant({ ...byName, spaces: ['*'] })])).toEqual(['monitoring:read']);
    expect(expand([aGrant({ base: ['read'], spaces: ['*'] })])).toContain('monitoring:read');
    expect(expand([aGrant(byName), aGrant({ base: ['all'] })])).not.toContain('monitoring:read');
  });

  it('are the privileges of all entries together, without unregistered privileges', () => {
    const registered = new Set(
      FEATURES.flatMap((f) => [...f.privileges.all, ...f.privileges.read]),
    );
    fc.assert(
      fc.property(grants, grants, fc.constantFrom('default', 'sales'), (some, more, space) => {
        const together = expandPrivileges([...some, ...more], space, FEATURES);
        const apart = new Set([
          ...expandPrivileges(some, space, FEATURES),
          ...expandPrivileges(more, space, FEATURES),
        ]);
        expect(together).toEqual(apart);
        for (const name of together) expect(registered.has(name)).toBe(true);
      }),
    );
  });

  it('are none in a space that no entry names', () => {
    fc.assert(
      fc.property(grants, (some) => {
        const elsewhere = some.filter((grant) => !grant.spaces.includes('*'));
        expect(expand(elsewhere, 'marketing')).toEqual([]);
      }),
    );
  });

  it('include with `all` at least the privileges of `read`', () => {
    fc.assert(
      fc.property(grants, (some) => {
        const raised = some.map((grant) => ({
          ...grant,
          base: grant.base.map(() => 'all'),
        }));
        const higher = expandPrivileges(raised, 'default', FEATURES);
        for (const name of expand(some)) expect(higher.has(name)).toBe(true);
      }),
    );
  });
});
