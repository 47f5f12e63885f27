import { expect, it } from 'vitest';
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

it.each<[FormField, FieldValue, boolean]>([
  [secret, 'secret\n', true],
  [secret, '\tsecret', true],
  [secret, ' ', true],
  [secret, '', false],
  [secret, 'two words', false],
  [text, ' text ', false],
  [rows(true), [{ key: 'X-Key', value: 'secret ' }], true],
  [rows(true), [{ key: 'X-Key ', value: 'secret' }], false],
  [rows(false), [{ key: 'Accept', value: 'text/plain ' }], false],
])(
  'for the field %j with the value %j, the form warns about spaces at the ends (expected: %s)',
  (field, value, warns) => {
    expect(hasOuterSpace(field, value)).toBe(warns);
  },
);
