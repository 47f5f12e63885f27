import { connectorSpecs, serializeConnectorSpec } from '@latchkey/connector-specs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuthOption, ConnectorForm, FormField } from './form_field.ts';
import {
  changedConnectorInput,
  decodeFields,
  encodeFields,
  type FieldValue,
  type FormValues,
  newConnectorInput,
  newFormValues,
  type StoredValues,
  storedFormValues,
} from './form_values.ts';
import { readConnectorForm } from './read_spec.ts';
import { validateForm } from './validate_values.ts';

const RULES = { isHttpsRequired: true };
const base = {
  label: 'Value',
  isRequired: false,
  isHidden: false,
  isDisabled: false,
};

/** All kinds of fields, without names. */
const KINDS = [
  { ...base, kind: 'text' },
  { ...base, kind: 'text', format: 'url' },
  { ...base, kind: 'long_text' },
  { ...base, kind: 'select', options: ['a', 'b'] },
  { ...base, kind: 'number', isInteger: false },
  { ...base, kind: 'switch' },
  { ...base, kind: 'key_value', isSecret: false },
  { ...base, kind: 'list' },
  { ...base, kind: 'json', accepts: 'object' },
  { ...base, kind: 'json', accepts: 'array' },
  { ...base, kind: 'json', accepts: 'any' },
  { ...base, kind: 'json', accepts: 'text' },
] as const;

const anyName = fc.oneof(
  fc.stringMatching(/^[a-z][a-zA-Z0-9_]{0,9}$/),
  fc.constantFrom('constructor', 'toString', '__proto__', 'valueOf'),
);

const anyField = fc
  .tuple(anyName, fc.constantFrom(...KINDS), fc.boolean())
  .map(([name, kind, isHidden]): FormField => ({ ...kind, name, isHidden }));

const fieldsArbitrary = fc.uniqueArray(anyField, { selector: ({ name }) => name, maxLength: 6 });

/** Values that a REST client may have stored. The schema of the form may not allow them. */
const storedArbitrary = fc.dictionary(anyName, fc.jsonValue(), { maxKeys: 8 });

const optionOf = (id: string, fields: readonly FormField[]): AuthOption => ({
  id,
  label: id,
  authMode: 'shared',
  isRecommended: false,
  isLegacy: false,
  isExperimental: false,
  fields,
});

const formOf = (config: readonly FormField[], secrets: readonly FormField[]): ConnectorForm => ({
  config,
  unknownParts: [],
  authOptions: [
    optionOf(
      'basic',
      secrets.filter(({ name }) => name !== 'authType'),
    ),
    optionOf('bearer', [{ ...base, kind: 'secret', name: 'token' }]),
  ],
});

const storedOf = (
  name: string,
  config: Record<string, unknown>,
  secrets: Record<string, unknown>,
): StoredValues => ({
  name,
  auth_type: 'basic',
  config,
  secrets: { ...secrets, authType: 'basic' },
  credentials: { password: { stored: true } },
});

/** Any form, with any stored connector. */
const stored = fc
  .tuple(fieldsArbitrary, fieldsArbitrary, fc.string(), storedArbitrary, storedArbitrary)
  .map(([config, secrets, name, values, secretValues]) => ({
    form: formOf(config, secrets),
    stored: storedOf(name, values, secretValues),
  }));

describe('the form of any stored connector', () => {
  it('saves exactly the stored values when nothing was changed', () => {
    fc.assert(
      fc.property(stored, ({ form, stored: values }) => {
        const input = changedConnectorInput(form, storedFormValues(form, values), values);
        expect(input).toEqual({ name: values.name, config: values.config });
      }),
      { numRuns: 500 },
    );
  });

  it('changes no stored value when only another field of the secrets was changed', () => {
    fc.assert(
      fc.property(stored, ({ form, stored: values }) => {
        const initial = storedFormValues(form, values);
        const input = changedConnectorInput(form, { ...initial, kept: [] }, values);
        expect(input.secrets).toEqual(values.secrets);
        expect(input.keep_secrets).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the config when the server no longer has the auth type of the connector', () => {
    fc.assert(
      fc.property(stored, ({ form, stored: values }) => {
        const old = { ...values, auth_type: 'removed' };
        const input = changedConnectorInput(form, storedFormValues(form, old), old);
        expect(input.config).toEqual(values.config);
      }),
    );
  });
});

describe('a value that the user enters', () => {
  const cases: readonly [FormField, fc.Arbitrary<unknown>][] = [
    [{ ...base, name: 'v', kind: 'text' }, fc.string({ minLength: 1 }).map((text) => `x${text}x`)],
    [{ ...base, name: 'v', kind: 'secret' }, fc.string({ minLength: 1 })],
    [{ ...base, name: 'v', kind: 'long_text' }, fc.string({ minLength: 1 })],
    [
      { ...base, name: 'v', kind: 'number', isInteger: false },
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    ],
    [{ ...base, name: 'v', kind: 'switch' }, fc.boolean()],
    [
      { ...base, name: 'v', kind: 'list' },
      fc.array(fc.stringMatching(/^[a-z:/.]+$/), { minLength: 1 }),
    ],
    [
      { ...base, name: 'v', kind: 'key_value', isSecret: false },
      fc.dictionary(fc.stringMatching(/^[A-Za-z-]+$/), fc.string(), { minKeys: 1 }),
    ],
    [
      { ...base, name: 'v', kind: 'json', accepts: 'object' },
      fc.dictionary(fc.string(), fc.jsonValue()),
    ],
    [{ ...base, name: 'v', kind: 'json', accepts: 'array' }, fc.array(fc.jsonValue())],
    [
      { ...base, name: 'v', kind: 'json', accepts: 'any' },
      fc.jsonValue().filter((value) => value !== null && value !== '' && !isPadded(value)),
    ],
  ];

  it.each(cases)('in the field %j is shown unchanged after it was sent', (field, values) => {
    fc.assert(
      fc.property(values, (value) => {
        const sent = JSON.parse(JSON.stringify({ v: value }));
        expect(encodeFields([field], decodeFields([field], sent))).toEqual(sent);
      }),
    );
  });

  it('under one card is never sent when another card is chosen', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          ...connectorSpecs.map((spec) => readConnectorForm(serializeConnectorSpec(spec).schema)),
        ),
        fc.string({ minLength: 1 }),
        fc.nat(),
        (form, text, seed) => {
          const chosen = form.authOptions[seed % form.authOptions.length] ?? optionOf('', []);
          const values = typedEverywhere(form, text, chosen.id);
          const allowed = new Set(['authType', ...chosen.fields.map(({ name }) => name)]);
          const sent = Object.keys(newConnectorInput(form, values).secrets ?? {});
          expect(sent.filter((name) => !allowed.has(name))).toEqual([]);
          if (chosen.id !== '') {
            expect(newConnectorInput(form, values).secrets?.['authType']).toBe(chosen.id);
          }
        },
      ),
    );
  });
});

/** Form values in which every text field of every card has the same text. */
function typedEverywhere(form: ConnectorForm, text: string, authType: string): FormValues {
  const empty = newFormValues(form, 'Name');
  const typed = (values: Readonly<Record<string, FieldValue>>) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, value === '' ? text : value]),
    );
  return {
    ...empty,
    authType,
    secrets: Object.fromEntries(
      Object.entries(empty.secrets).map(([id, values]) => [id, typed(values)]),
    ),
  };
}

/**
 * Returns `true` if a value is a text with spaces at its beginning or end, which are removed when
 * it is sent.
 */
const isPadded = (value: unknown): boolean => typeof value === 'string' && value !== value.trim();

describe('any JSON Schema', () => {
  it('gives a form that can be validated, even if no part of the schema is known', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 5 }),
        fc.jsonValue({ maxDepth: 4 }),
        (config, secrets) => {
          const schema = freeze({ properties: { config, secrets } } as Record<string, unknown>);
          const form = freeze(readConnectorForm(schema));
          expect(form.authOptions.length).toBeGreaterThan(0);
          const values = freeze(newFormValues(form, 'Name'));
          expect(() => validateForm(form, values, RULES)).not.toThrow();
          expect(() => newConnectorInput(form, values)).not.toThrow();
        },
      ),
      { numRuns: 500 },
    );
  });

  const part = fc.record(
    {
      type: fc.constantFrom('string', 'integer', 'boolean', 'array', 'object', 'tuple', 'null', 7),
      enum: fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 3 }),
      widget: fc.constantFrom('text', 'textarea', 'json', 'hologram', 'file'),
      pattern: fc.constantFrom('^a', '(', '[', '(?<=a)b', '\\p{L'),
      format: fc.constantFrom('uri', 'date'),
      minLength: fc.integer({ min: -5, max: 5 }),
      maximum: fc.double(),
      items: fc.constantFrom({ type: 'string' }, { type: 'number' }, 'x'),
      anyOf: fc.constantFrom([{ type: 'null' }], [], [{ type: 'string' }, { type: 'null' }]),
      sensitive: fc.boolean(),
      hidden: fc.boolean(),
      default: fc.jsonValue(),
      label: fc.oneof(fc.string(), fc.integer()),
      requiredUnless: fc.constantFrom(
        { field: 'x', equals: ['y', 'z'] },
        { field: 'x', equals: 'y' },
        'x',
      ),
    },
    { requiredKeys: [] },
  );

  it('gives a form with all known parts, whatever the other parts are', () => {
    fc.assert(
      fc.property(fc.dictionary(anyName, part), fc.string(), (properties, text) => {
        const schema = {
          properties: {
            config: { properties: { ...properties, url: { type: 'string' } }, required: ['url'] },
            secrets: { oneOf: [{ properties: { ...properties, authType: { const: 'a' } } }] },
          },
        };
        const form = readConnectorForm(freeze(schema));
        expect(form.config.at(-1)).toMatchObject({ name: 'url', kind: 'text', isRequired: true });
        const values = typedEverywhere(form, text, 'a');
        const issues = validateForm(form, values, RULES);
        expect(issues).toContainEqual({ path: 'config.url', code: 'required' });
      }),
      { numRuns: 500 },
    );
  });
});

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) freeze(part);
    Object.freeze(value);
  }
  return value;
}
