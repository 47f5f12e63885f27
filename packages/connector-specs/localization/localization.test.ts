import { providers } from '@latchkey/oauth-providers';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AUTH_TYPE_TRANSLATIONS } from '../auth_types/index.ts';
import { connectorSpecs } from '../connectors/index.ts';
import type { ConnectorSpec } from '../contract/types.ts';
import { defineApi, pageCursor } from '../operations/index.ts';
import { serializeConnectorSpec } from '../schema/index.ts';
import { defineAction, defineConnectorSpec } from '../spec_definition/define_spec.ts';
import { setMeta } from '../ui_metadata/index.ts';
import { mapSpecTexts, specTranslator, textsOf, translationProblems } from './index.ts';

const spec = (over: Partial<ConnectorSpec> = {}) =>
  defineConnectorSpec({
    metadata: {
      id: '.shop',
      displayName: 'Shop',
      description: 'Read orders.',
      minimumLicense: 'basic',
      supportedFeatureIds: ['workflows'],
    },
    auth: { types: ['bearer', { type: 'basic', defaults: {}, overrides: { label: 'Account' } }] },
    schema: z.strictObject({
      url: setMeta(z.string().max(9), { label: 'Address', placeholder: 'https://' }),
      region: setMeta(z.string().max(9).nullable(), { label: 'Region' }),
      secretName: setMeta(z.string().max(9), { label: 'Never shown', hidden: true }),
    }),
    actions: {
      readOrder: defineAction({
        input: z.strictObject({ orderId: z.string().max(9).describe('Number of the order') }),
        scope: 'read',
        description: 'Reads one order.',
        handler: async () => ({}),
      }),
    },
    test: { enabled: false, handler: async () => ({}) },
    ...over,
  });

const OWN = ['Read orders.', 'Account', 'Address', 'Region', 'Read order', 'Reads one order.'];
const OF_INPUT = ['Order id', 'Number of the order'];

describe('the texts of a spec', () => {
  it('include every visible text and derived labels, but no URLs and no hidden fields', () => {
    const shared = Object.keys(AUTH_TYPE_TRANSLATIONS.de);
    const own = [...textsOf(spec())].filter((text) => !shared.includes(text));
    expect(own.sort()).toEqual(['Shop', ...OWN, ...OF_INPUT].sort());
  });

  it('need no translation for inputs that actions share', () => {
    const { operation } = defineApi({ name: 'Shop API', baseUrl: 'https://api.shop.test' });
    const listOrders = operation('GET /orders', {
      description: 'Lists orders.',
      input: { cursor: pageCursor(9) },
      output: z.object({}),
      pages: { next: 'cursor', cursor: 'cursor', path: 'next', items: 'orders' },
    });
    const problems = translationProblems(spec({ actions: { listOrders } }), 'de');
    expect(problems.filter((problem) => /cursor|page|: All/i.test(problem))).toEqual([]);
    expect(specTranslator({}, 'de')('nextCursor of the previous page')).toContain('Seite');
  });

  it('include texts of fields in objects and lists, but no derived labels of these', () => {
    const filter = z.strictObject({ state: z.string().max(9).describe('State of the order') });
    const readOrder = defineAction({
      input: z.strictObject({
        filter: filter.optional(),
        items: z.array(filter.extend({ sku: z.string().max(9).describe('Number of the item') })),
      }),
      scope: 'read',
      description: 'Reads one order.',
      handler: async () => ({}),
    });
    const nested = [...textsOf(spec({ actions: { readOrder } }))];
    expect(nested).toEqual(expect.arrayContaining(['State of the order', 'Number of the item']));
    expect(nested).not.toContain('Sku');
  });

  it('include the labels of the values of a choice, not the values', () => {
    const kind = setMeta(z.enum(['a-1', 'b-2']), {
      label: 'Kind',
      optionLabels: { 'a-1': 'First kind' },
    });
    const texts = [...textsOf(spec({ schema: z.strictObject({ kind: kind.nullish() }) }))];
    expect(texts).toEqual(expect.arrayContaining(['Kind', 'First kind']));
    expect(texts).not.toContain('a-1');
  });

  it('are replaced in the places that the form reads, and the rest of the schema stays unchanged', () => {
    const serialized = serializeConnectorSpec(spec());
    const upper = mapSpecTexts(serialized, (text) => text.toUpperCase());
    expect(upper).toMatchObject({
      metadata: { id: '.shop', description: 'READ ORDERS.' },
      schema: {
        properties: {
          config: {
            properties: {
              url: { label: 'ADDRESS', placeholder: 'https://', maxLength: 9 },
              secretName: { label: 'Never shown' },
            },
            required: ['url', 'region', 'secretName'],
          },
          secrets: {
            oneOf: [
              { label: 'BEARER TOKEN', properties: { authType: { const: 'bearer' } } },
              { label: 'ACCOUNT' },
            ],
          },
        },
      },
      actions: [{ name: 'readOrder', label: 'READ ORDER', input: { required: ['orderId'] } }],
    });
  });
});

describe('the translation of a spec', () => {
  it('comes from the spec, else from the auth types, else is the English text', () => {
    const translate = specTranslator({ translations: { de: { Token: 'Schlüssel' } } }, 'de');
    expect(['Token', 'Client ID', 'Colour', 'constructor'].map(translate)).toEqual([
      ...['Schlüssel', 'Client-ID', 'Colour', 'constructor'],
    ]);
  });

  it('is reported when a text is missing, or when no form uses one of its texts', () => {
    const de = Object.fromEntries([...OWN.slice(1), ...OF_INPUT, 'Old'].map((text) => [text, 'x']));
    expect(translationProblems(spec({ translations: { de } }), 'de')).toEqual([
      'not translated to de: Read orders.',
      'translated to de, but not used: Old',
    ]);
  });

  it('contains only texts of auth types that some connector type shows', () => {
    // A connector type that is not built in may use any provider, so the settings of all providers
    // count.
    const settings = Object.values(providers).flatMap(({ config }) => Object.values(config));
    const shown = new Set<string | undefined>([
      ...connectorSpecs.flatMap((one) => [...textsOf(one)]),
      ...settings.flatMap(({ label, help }) => [label, help]),
    ]);
    const { de } = AUTH_TYPE_TRANSLATIONS;
    expect(Object.keys(de).filter((text) => !shown.has(text))).toEqual([]);
  });
});

/** A choice in the schema of a form. Some connectors show hidden choices. */
const choice = z.object({
  enum: z.array(z.string()),
  optionLabels: z.record(z.string(), z.string()).default({}),
});

/** Values that have no label, in all choices of a part of a schema. */
function valuesWithoutText(part: unknown): readonly string[] {
  const { enum: values = [], optionLabels = {} } = choice.safeParse(part).data ?? {};
  const below = typeof part === 'object' && part !== null ? Object.values(part) : [];
  return [
    ...values.filter((value) => optionLabels[value] === undefined),
    ...below.flatMap(valuesWithoutText),
  ];
}

it.each(connectorSpecs.map((one) => [one.metadata.id, one] as const))(
  'the form of %s shows labels in place of identifiers',
  (_, one) => {
    const { config, secrets } = z
      .object({ config: z.unknown(), secrets: z.unknown() })
      .parse(serializeConnectorSpec(one).schema['properties']);
    const identifiers = [config, secrets]
      .flatMap(valuesWithoutText)
      .filter((text) => /[_-]/.test(text));
    expect(identifiers).toEqual([]);
  },
);
