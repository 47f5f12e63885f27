import { describe, expect, it } from 'vitest';
import { isReserved, type RoleView, roleBody, roleForm, roleValues } from './role_form.ts';

const aRole: RoleView = {
  name: 'sellers',
  description: 'Sell',
  metadata: { team: 'sales', _reserved: false },
  kibana: [{ base: ['read'], feature: {}, spaces: ['sales'] }],
  elasticsearch: { cluster: ['monitor'], indices: [], run_as: [] },
};

describe('the form of a role', () => {
  it('keeps stored members of a role that it does not show', () => {
    expect(roleBody({ ...roleValues(aRole), description: ' Sell more ' }, aRole)).toEqual({
      description: 'Sell more',
      metadata: { team: 'sales' },
      elasticsearch: { cluster: ['monitor'], indices: [], run_as: [] },
      kibana: aRole.kibana,
    });
  });

  it('saves a new role without a description and without privileges', () => {
    expect(roleBody({ name: 'x', description: ' ', grants: [] }, undefined)).toEqual({
      kibana: [],
    });
  });

  it.each([
    ['an empty name', { name: ' ' }, 'name'],
    ['a name with letters outside of ASCII', { name: 'Verkäufer' }, 'name'],
    ['an overlong description', { description: 'x'.repeat(2049) }, 'description'],
    [
      'an entry without spaces',
      { grants: [{ ...roleValues(aRole).grants[0], spaces: [] }] },
      'grants',
    ],
  ])('refuses %s', (_, changes, message) => {
    const result = roleForm.safeParse({ ...roleValues(aRole), ...changes });
    expect(result.error?.issues.map((issue) => issue.message)).toEqual([message]);
  });

  it('recognises built-in roles by their metadata', () => {
    expect(isReserved(aRole)).toBe(false);
    expect(isReserved({ metadata: { _reserved: true } })).toBe(true);
  });
});
