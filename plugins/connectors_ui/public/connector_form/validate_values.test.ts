import { connectorSpecs, serializeConnectorSpec } from '@latchkey/connector-specs';
import { describe, expect, it } from 'vitest';
import type { FormField } from './form_field.ts';
import { type FieldValue, newFormValues } from './form_values.ts';
import { readConnectorForm } from './read_spec.ts';
import { validateFields, validateForm } from './validate_values.ts';

const formOf = (id: string) => {
  const spec = connectorSpecs.find(({ metadata }) => metadata.id === id);
  if (spec === undefined) throw new Error(`no connector type ${id}`);
  return readConnectorForm(serializeConnectorSpec(spec).schema);
};
const rules = { isHttpsRequired: false };
const base = {
  name: 'v',
  label: 'Value',
  isRequired: false,
  isHidden: false,
  isDisabled: false,
};

const codesOf = (field: FormField, value: FieldValue, over: object = {}) =>
  validateFields([field], { v: value }, { ...rules, ...over }).map(({ code }) => code);

describe('the validation of a form', () => {
  const OAUTH = 'oauth_authorization_code';
  const drive = formOf('.google_drive');

  it('reports every required field of the chosen auth type, and no field of other auth types', () => {
    const values = { ...newFormValues(drive, ''), authType: OAUTH };
    expect(validateForm(drive, values, rules)).toEqual([
      { path: 'name', code: 'required' },
      { path: 'secrets.clientId', code: 'required' },
      { path: 'secrets.clientSecret', code: 'required' },
    ]);
    expect(
      validateForm(drive, { ...values, authType: 'bearer' }, rules).map(({ path }) => path),
    ).toEqual(['name', 'secrets.token']);
  });

  it('does not require a credential that is stored and kept', () => {
    const values = {
      ...newFormValues(drive, 'Drive'),
      authType: OAUTH,
      secrets: { [OAUTH]: { clientId: 'client-1' } },
      kept: ['clientSecret'],
    };
    expect(validateForm(drive, values, rules)).toEqual([]);
  });

  it('does not require a client secret for a public client', () => {
    const values = {
      ...newFormValues(drive, 'Drive'),
      authType: OAUTH,
      secrets: { [OAUTH]: { clientId: 'client-1', tokenEndpointAuthMethod: 'none' } },
    };
    expect(validateForm(drive, values, rules)).toEqual([]);
  });

  it.each(connectorSpecs.map((spec) => [spec.metadata.id, spec] as const))(
    'refuses an empty name, and reports required fields of every auth type of %s',
    (_, spec) => {
      const form = readConnectorForm(serializeConnectorSpec(spec).schema);
      for (const { id, fields } of form.authOptions) {
        const issues = validateForm(form, { ...newFormValues(form, ' '), authType: id }, rules);
        const required = fields.filter(
          (field) => !field.isHidden && field.isRequired && field.initial === undefined,
        );
        const paths = issues.map(({ path }) => path);
        expect(paths).toContain('name');
        for (const { name } of required) expect(paths).toContain(`secrets.${name}`);
      }
    },
  );

  it('refuses a name with characters that change the direction of text', () => {
    const values = { ...newFormValues(drive, 'Drive \u202eevirD'), authType: 'bearer' };
    expect(validateForm(drive, values, rules)).toContainEqual({
      path: 'name',
      code: 'control_characters',
    });
  });

  it('limits the length of the name', () => {
    const values = { ...newFormValues(drive, 'n'.repeat(1001)), authType: 'bearer' };
    expect(validateForm(drive, values, rules)[0]).toEqual({
      path: 'name',
      code: 'too_long',
      params: { maximum: 1000 },
    });
  });
});

describe('the validation of fields', () => {
  it.each([
    'javascript:alert(1)',
    'ftp://files.example.com',
    'example.com',
    'https://',
    'https:example.com',
  ])('refuses %s as a web address', (url) => {
    expect(codesOf({ ...base, kind: 'text', format: 'url' }, url)).toEqual(['invalid_url']);
  });

  it('refuses http only where the server requires https', () => {
    const field: FormField = { ...base, kind: 'text', format: 'url' };
    expect(codesOf(field, 'http://localhost:4000/token')).toEqual([]);
    const strict = { isHttpsRequired: true };
    expect(codesOf(field, 'http://localhost:4000/token', strict)).toEqual(['https_required']);
    expect(codesOf(field, 'https://example.com', strict)).toEqual([]);
  });

  it.each<[string, FormField, FieldValue, string]>([
    ['a missing text', { ...base, kind: 'text', isRequired: true }, ' ', 'required'],
    ['a text below the minimum length', { ...base, kind: 'text', minLength: 2 }, 'a', 'too_short'],
    ['a text above the maximum length', { ...base, kind: 'text', maxLength: 2 }, 'abc', 'too_long'],
    [
      'a text that does not match the pattern',
      { ...base, kind: 'text', pattern: '^[^:]*$' },
      'a:b',
      'invalid_format',
    ],
    ['a word as a number', { ...base, kind: 'number', isInteger: false }, 'x', 'number_expected'],
    [
      'a fraction as an integer',
      { ...base, kind: 'number', isInteger: true },
      '1.5',
      'integer_expected',
    ],
    [
      'a number below the minimum',
      { ...base, kind: 'number', isInteger: true, minimum: 1 },
      '0',
      'too_small',
    ],
    [
      'a number above the maximum',
      { ...base, kind: 'number', isInteger: true, maximum: 9 },
      '10',
      'too_big',
    ],
    [
      'a value that is not an option',
      { ...base, kind: 'select', options: ['a'] },
      'b',
      'invalid_value',
    ],
    [
      'a text as an object',
      { ...base, kind: 'json', accepts: 'object' },
      'x',
      'json_object_expected',
    ],
    [
      'an object as a list',
      { ...base, kind: 'json', accepts: 'array' },
      '{}',
      'json_list_expected',
    ],
    [
      'a list as JSON text',
      { ...base, kind: 'json', accepts: 'text' },
      '[]',
      'json_object_expected',
    ],
    ['too many lines', { ...base, kind: 'list', maxItems: 1 }, 'a\nb', 'too_big'],
    [
      'a row without a name',
      { ...base, kind: 'key_value', isSecret: false },
      [{ key: '', value: 'x' }],
      'invalid_name',
    ],
    [
      'a row without a value',
      { ...base, kind: 'key_value', isSecret: false },
      [{ key: 'x', value: '' }],
      'required',
    ],
    [
      'two rows with the same name',
      { ...base, kind: 'key_value', isSecret: false },
      [
        { key: 'x', value: '1' },
        { key: 'x ', value: '2' },
      ],
      'repeated_name',
    ],
  ])('refuses %s', (_, ...[field, value, code]) => {
    expect(codesOf(field, value)).toEqual([code]);
  });

  it('reports the maximum length together with the code when a text is too long', () => {
    const field: FormField = { ...base, kind: 'text', maxLength: 2 };
    expect(validateFields([field], { v: 'abc' }, rules)).toEqual([
      { path: 'v', code: 'too_long', params: { maximum: 2 } },
    ]);
  });

  it('does not require a field whose default the server sets', () => {
    const field: FormField = { ...base, kind: 'text', isRequired: true, initial: 'Api-Key' };
    expect(codesOf(field, '')).toEqual([]);
  });

  it('ignores hidden fields, whose values the server sets', () => {
    expect(codesOf({ ...base, kind: 'text', isRequired: true, isHidden: true }, '')).toEqual([]);
  });
});
