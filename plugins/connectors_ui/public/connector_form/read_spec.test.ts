import { connectorSpecs, serializeConnectorSpec } from '@latchkey/connector-specs';
import { describe, expect, it } from 'vitest';
import type { FormField } from './form_field.ts';
import { readActionForm, readConnectorForm } from './read_spec.ts';

const formOf = (id: string) => {
  const spec = connectorSpecs.find(({ metadata }) => metadata.id === id);
  if (spec === undefined) throw new Error(`no connector type ${id}`);
  return readConnectorForm(serializeConnectorSpec(spec).schema);
};
const named = (fields: readonly FormField[], name: string) =>
  fields.find((field) => field.name === name);

/** Reads the form field for one config property with this schema. */
const fieldOf = (schema: object, required = false) => {
  const form = readConnectorForm({
    properties: {
      config: { properties: { value: schema }, required: required ? ['value'] : [] },
      secrets: { properties: {} },
    },
  });
  return { field: form.config[0], unknownParts: form.unknownParts };
};

describe('the form of a connector type', () => {
  it.each(connectorSpecs.map((spec) => [spec.metadata.id, spec] as const))(
    'has a field for every part of the form of %s and of its actions',
    (_, spec) => {
      const { schema, actions } = serializeConnectorSpec(spec);
      const form = readConnectorForm(schema);
      expect(form.unknownParts).toEqual([]);
      expect(form.authOptions.length).toBeGreaterThan(0);
      for (const { input } of actions) expect(readActionForm(input).unknownParts).toEqual([]);
    },
  );

  it.each(connectorSpecs.map((spec) => [spec.metadata.id, spec] as const))(
    'has a label in sentence case for every field of %s that is shown',
    (_, spec) => {
      const { config, authOptions } = readConnectorForm(serializeConnectorSpec(spec).schema);
      const all = [config, ...authOptions.map(({ fields }) => fields)].flat();
      for (const { label, isHidden } of all) {
        if (!isHidden) expect(label).toMatch(/^[A-Z][^_]*$/);
      }
    },
  );

  it('has one option for each auth type, with its mode and flags', () => {
    const { authOptions } = formOf('.google_drive');
    expect(
      authOptions.map(({ id, authMode, isExperimental }) => [id, authMode, isExperimental]),
    ).toEqual([
      ['bearer', 'shared', false],
      ['oauth_authorization_code', 'per-user', false],
      ['ears', 'per-user', true],
    ]);
  });

  it('has one option without an id for a type with its own form of credentials', () => {
    const { authOptions } = formOf('.http');
    expect(authOptions).toHaveLength(1);
    expect(authOptions[0]).toMatchObject({ id: '', authMode: 'shared' });
    expect(named(authOptions[0]?.fields ?? [], 'password')?.kind).toBe('secret');
  });

  it('contains metadata, defaults and conditional requirements', () => {
    const fields = formOf('.google_drive').authOptions[1]?.fields ?? [];
    expect(named(fields, 'tokenUrl')).toMatchObject({
      kind: 'text',
      format: 'url',
      isHidden: true,
      initial: 'https://oauth2.googleapis.com/token',
    });
    expect(named(fields, 'clientSecret')).toMatchObject({
      kind: 'secret',
      isRequired: false,
      requiredUnless: { field: 'tokenEndpointAuthMethod', equals: ['none', 'private_key_jwt'] },
    });
    expect(named(fields, 'clientId')).toMatchObject({ isRequired: true, maxLength: 1024 });
  });

  it('has no field that selects the auth type, because the cards do', () => {
    for (const { fields } of formOf('.custom_api').authOptions) {
      expect(named(fields, 'authType')).toBeUndefined();
    }
  });

  it.each<[string, object, object]>([
    ['a text', { type: 'string', maxLength: 3 }, { kind: 'text', maxLength: 3 }],
    ['a web address', { type: 'string', format: 'uri' }, { kind: 'text', format: 'url' }],
    ['a long text', { type: 'string', widget: 'textarea' }, { kind: 'long_text' }],
    ['source text', { type: 'string', widget: 'code' }, { kind: 'long_text' }],
    ['a credential', { type: 'string', sensitive: true }, { kind: 'secret' }],
    ['a choice', { enum: ['a', 'b'] }, { kind: 'select', options: ['a', 'b'] }],
    [
      'a choice with texts',
      { enum: ['a', 'b'], optionLabels: { a: 'First', b: 7 } },
      { kind: 'select', options: ['a', 'b'], optionLabels: { a: 'First' } },
    ],
    [
      'an integer',
      { type: 'integer', minimum: 1 },
      { kind: 'number', isInteger: true, minimum: 1 },
    ],
    ['a number', { type: 'number', maximum: 2 }, { kind: 'number', isInteger: false, maximum: 2 }],
    ['a boolean', { type: 'boolean' }, { kind: 'switch' }],
    ['a list of texts', { type: 'array', items: { type: 'string' } }, { kind: 'list' }],
    [
      'a list of objects',
      { type: 'array', items: { type: 'object' } },
      { kind: 'json', accepts: 'array' },
    ],
    ['an object', { type: 'object', properties: {} }, { kind: 'json', accepts: 'object' }],
    ['JSON text', { type: 'string', widget: 'json' }, { kind: 'json', accepts: 'text' }],
    [
      'pairs of a name and a text',
      { type: 'object', additionalProperties: { type: 'string' } },
      { kind: 'key_value', isSecret: false },
    ],
    [
      'pairs of a name and a credential',
      { type: 'object', additionalProperties: { type: 'string' }, sensitive: true },
      { kind: 'key_value', isSecret: true },
    ],
    [
      'several types',
      { anyOf: [{ type: 'string' }, { type: 'array' }] },
      { kind: 'json', accepts: 'any' },
    ],
  ])('reads %s', (_, schema, expected) => {
    expect(fieldOf(schema)).toMatchObject({ field: expected, unknownParts: [] });
  });

  it('treats a nullable field as optional, and keeps its metadata', () => {
    const { field } = fieldOf({
      anyOf: [{ type: 'string', label: 'Scope', maxLength: 9 }, { type: 'null' }],
    });
    expect(field).toMatchObject({ kind: 'text', label: 'Scope', maxLength: 9, isRequired: false });
  });

  it.each([
    ['a widget that does not exist', { type: 'string', widget: 'hologram' }],
    ['a type that does not exist', { type: 'tuple' }],
    ['an empty schema', {}],
    ['a value that is not a schema', 7],
  ])('shows %s as a text field and reports its path', (_, schema) => {
    const { field, unknownParts } = fieldOf(schema as object, true);
    expect(field).toMatchObject({ kind: 'text', name: 'value', label: 'value', isRequired: true });
    expect(unknownParts).toEqual(['config.value']);
  });

  it('contains the conditions and parts of fields', () => {
    const { field } = fieldOf({
      type: 'string',
      section: 'token_request',
      shownIf: { field: 'authType', equals: ['bearer', 7] },
      requiredIf: { field: 'authType', equals: ['basic'] },
    });
    expect(field).toMatchObject({
      section: 'token_request',
      shownIf: { field: 'authType', equals: ['bearer'] },
      requiredIf: { field: 'authType', equals: ['basic'] },
    });
  });

  it('always shows a field that depends on a missing field, and reports its path', () => {
    const { field, unknownParts } = fieldOf({
      type: 'string',
      section: 'elsewhere',
      shownIf: { field: 'missing', equals: ['a'] },
    });
    expect(field).toMatchObject({ shownIf: undefined, section: undefined });
    expect(unknownParts).toEqual(['config.value']);
  });

  it('does not report an unknown part when its field is hidden', () => {
    expect(fieldOf({ hidden: true })).toMatchObject({
      field: { isHidden: true },
      unknownParts: [],
    });
  });

  it('can be read from a schema that has none of the expected parts', () => {
    expect(readConnectorForm({})).toMatchObject({ config: [], authOptions: [{ id: '' }] });
  });

  it('shows the name of a field that has no label', () => {
    const { fields } = readActionForm({ properties: { pageToken: { type: 'string' } } });
    expect(fields[0]?.label).toBe('pageToken');
  });
});
