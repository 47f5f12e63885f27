import { describe, expect, it } from 'vitest';
import { spaceBody } from '../../common/index.ts';
import { spaceForm, spaceRequest, spaceValues, suggestId } from './space_form.ts';

const values = { ...spaceValues(undefined), name: 'Sales team', id: 'sales-team' };

describe('the form of a space', () => {
  it('creates a body that the server accepts', () => {
    const body = spaceRequest(values, undefined);
    expect(body).toEqual({
      id: 'sales-team',
      name: 'Sales team',
      description: '',
      initials: '',
      color: '',
      disabledFeatures: [],
    });
    expect(spaceBody.safeParse(body).success).toBe(true);
  });

  it('removes spaces around an entered name, but not from the stored one', () => {
    const before = { id: 'sales-team', name: ' Sales ', disabledFeatures: [], version: 'v1' };
    expect(spaceRequest({ ...values, name: ' Sales team ' }, before).name).toBe('Sales team');
    expect(spaceRequest(spaceValues(before), before).name).toBe(' Sales ');
  });

  it('sends hidden features again, because a save without them would remove them', () => {
    const before = {
      id: 'sales-team',
      name: 'Sales',
      disabledFeatures: ['actions'],
      version: 'v1',
    };
    const request = spaceRequest({ ...values, color: '#00bfb3', initials: 'ST' }, before);
    expect(request).toMatchObject({
      color: '#00bfb3',
      initials: 'ST',
      disabledFeatures: ['actions'],
    });
  });

  it.each([
    ['an empty name', { name: '  ' }, 'name'],
    ['a name that changes the direction', { name: 'Sales \u2067selas' }, 'characters'],
    ['an id with capital letters', { id: 'Sales' }, 'id'],
    ['an empty id', { id: '' }, 'id'],
    ['a colour by name', { color: 'red' }, 'color'],
    ['three initials', { initials: 'abc' }, 'initials'],
    ['an overlong description', { description: 'x'.repeat(1025) }, 'description'],
  ])('refuses %s', (_, changes, message) => {
    const result = spaceForm.safeParse({ ...values, ...changes });
    expect(result.error?.issues.map((issue) => issue.message)).toEqual([message]);
  });
});

describe('the suggested id', () => {
  it.each([
    ['Sales team', 'sales-team'],
    ['  Vertrieb & Büro ', 'vertrieb-buro'],
    ['2026_q1', '2026_q1'],
    ['***', ''],
    [`${'a'.repeat(63)} b`, 'a'.repeat(63)],
  ])('for the name "%s" is "%s"', (name, id) => {
    expect(suggestId(name)).toBe(id);
  });
});
