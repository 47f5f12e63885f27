import { expect, it } from '@jest/globals';
import type { FormField } from './form_field.ts';
import type { FieldValue } from './form_values.ts';
import { hasOuterSpace } from './outer_space.ts';

const base = {
  name: 'x',
  label: 'X',
  isRequired: true,
  isHidden: false,
  isDisabled: false,
};
const secret: FormField = { ...base, kind: 'secret' };
const text: FormField = { ...base, kind: 'text' };
const rows = (isSecret: boolean): FormField => ({ ...base, kind: 'key_value', isSecret });

it.each<[boolean, FormField, FieldValue]>([
  [true, secret, 'secret\n'],
  [true, secret, '\tsecret'],
  [true, secret, ' '],
  [false, secret, ''],
  [false, secret, 'two words'],
  [false, text, ' text '],
  [true, rows(true), [{ key: 'X-Key', value: 'secret ' }]],
  [false, rows(true), [{ key: 'X-Key ', value: 'secret' }]],
  [false, rows(false), [{ key: 'Accept', value: 'text/plain ' }]],
])(
  'the form warns about spaces at the ends: %s, for the field %j with the value %j',
  (warns, field, value) => {
    expect(hasOuterSpace(field, value)).toBe(warns);
  },
);
