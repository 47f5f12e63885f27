import { describe, expect, it } from 'vitest';
import {
  changeSpaces,
  findProblems,
  type Grant,
  type GrantDraft,
  newDraft,
  toDrafts,
  toGrants,
} from './grant_drafts.ts';

const aDraft = (changes: Partial<GrantDraft> = {}): GrantDraft => ({
  key: 'a',
  spaces: ['sales'],
  base: 'all',
  features: {},
  ...changes,
});

describe('entries of a role', () => {
  it('are unchanged when the form is saved without a change', () => {
    const grants: Grant[] = [
      { base: ['all'], feature: {}, spaces: ['*'] },
      { base: ['read'], feature: {}, spaces: ['sales', 'hr'] },
      { base: [], feature: { actions: ['all'], unknown: ['read'] }, spaces: ['default'] },
      { base: [], feature: { actions: ['endpoint_security_execute'] }, spaces: ['hr-all'] },
      { base: [], feature: { actions: ['read', 'other'], unknown: ['x_all'] }, spaces: ['it'] },
      { base: [], feature: { actions: ['minimal_all'], unknown: ['minimal_read'] }, spaces: ['b'] },
      { base: [], feature: { constructor: ['read'], toString: ['other'] }, spaces: ['ops'] },
    ];
    expect(toGrants(toDrafts(grants))).toEqual(grants);
  });

  it('lose features without a level, and all features when one level applies to all of them', () => {
    const features = { actions: 'none', api_keys: 'read' } as const;
    expect(toGrants([aDraft({ base: 'custom', features }), aDraft({ features })])).toEqual([
      { spaces: ['sales'], base: [], feature: { api_keys: ['read'] } },
      { spaces: ['sales'], base: ['all'], feature: {} },
    ]);
  });

  it('keep privileges without a level when the level of their feature changes', () => {
    const feature = { actions: ['read', 'endpoint_security_execute'] };
    const [draft = aDraft()] = toDrafts([{ base: [], feature, spaces: ['*'] }]);
    expect(draft.features).toEqual({ actions: 'read' });
    const changed = { ...draft, features: { actions: 'none' } } as const;
    expect(toGrants([changed])).toMatchObject([
      { feature: { actions: ['endpoint_security_execute'] } },
    ]);
    expect(findProblems([changed]).size).toBe(0);
  });

  it('read the minimal levels of Kibana as levels', () => {
    const feature = { a: ['minimal_all'], b: ['minimal_read'], c: [] };
    const [draft] = toDrafts([{ base: [], feature, spaces: ['*'] }]);
    expect(draft?.features).toEqual({ a: 'all', b: 'read', c: 'none' });
  });
});

describe('a new entry', () => {
  it('is for every space, unless another entry already is for every space', () => {
    expect(newDraft('n', []).spaces).toEqual(['*']);
    expect(newDraft('n', [aDraft({ spaces: ['*'] })]).spaces).toEqual([]);
  });
});

describe('the spaces of an entry', () => {
  it.each([
    [['sales'], ['sales', '*'], ['*']],
    [['*'], ['*', 'sales'], ['sales']],
    [['*'], ['*'], ['*']],
    [['sales'], ['sales', 'hr'], ['sales', 'hr']],
    [['*'], [], []],
  ])('change from %j by the selection %j to %j', (before, selection, after) => {
    expect(changeSpaces(before, selection)).toEqual(after);
  });
});

describe('a draft of an entry', () => {
  it.each([
    ['without a space', aDraft({ spaces: [] }), 'no_spaces'],
    ['without a privilege', aDraft({ base: 'custom', features: { a: 'none' } }), 'nothing_granted'],
    ['with a space of another entry', aDraft({ spaces: ['hr', 'default'] }), 'repeated_space'],
  ])('has a problem %s', (_, draft, problem) => {
    const first = aDraft({ key: 'first', spaces: ['default'] });
    expect(findProblems([first, draft])).toEqual(new Map([['a', problem]]));
  });

  it('has no problem when it names spaces and privileges', () => {
    const drafts = [aDraft(), aDraft({ key: 'b', spaces: ['*'] })];
    expect(findProblems(drafts).size).toBe(0);
  });
});
