import { isRecord } from '@latchkey/oauth-providers';
import { type JsonSchema, type SerializedConnectorSpec, wordsOf } from '../schema/index.ts';

/** Replaces one English text. */
export type MapText = (text: string) => string;

/** Names of the members of a field that are texts in forms. All other members are data. */
const FIELD_TEXTS = ['label', 'title', 'helpText', 'description', 'placeholder'] as const;
/** An example address, which is the same in every language. */
const ADDRESS = /^https?:\/\/\S*$/;

/**
 * Replaces every text of a serialized spec that users see. A field without a label gets a label
 * made of its name, which is replaced too. Hidden fields keep their texts.
 */
export const mapSpecTexts = (
  { metadata, schema, actions, ...rest }: SerializedConnectorSpec,
  map: MapText,
): SerializedConnectorSpec => {
  const { config, secrets } = objectOf(schema['properties']);
  return {
    ...rest,
    metadata: {
      ...metadata,
      displayName: map(metadata.displayName),
      description: map(metadata.description),
    },
    schema: {
      ...schema,
      properties: {
        config: mapFields(objectOf(config), map),
        secrets: mapOptions(objectOf(secrets), map),
      },
    },
    actions: actions.map((action) => ({
      ...action,
      label: map(action.label),
      description: map(action.description),
      input: mapFields(action.input, map),
    })),
  };
};

/** Replaces the texts of the ways to authenticate, which are a union or a single schema. */
const mapOptions = (secrets: JsonSchema, map: MapText): JsonSchema => {
  for (const key of ['oneOf', 'anyOf']) {
    const { [key]: options, ...rest } = secrets;
    if (!Array.isArray(options)) continue;
    return {
      ...mapOwnTexts(rest, map),
      [key]: options.map((option) => mapOption(objectOf(option), map)),
    };
  }
  return mapOption(secrets, map);
};

const mapOption = (option: JsonSchema, map: MapText): JsonSchema =>
  mapFields(mapOwnTexts(option, map), map);

const mapFields = (schema: JsonSchema, map: MapText): JsonSchema => {
  const properties = objectOf(schema['properties']);
  const fields = Object.entries(properties).map(([name, part]) => {
    const field = objectOf(part);
    // The discriminator of the ways to authenticate is not a field of a form.
    const isDiscriminator = name === 'authType' && 'const' in field;
    if (field['hidden'] === true || isDiscriminator) return [name, part] as const;
    return [
      name,
      mapTexts(isNamed(field) ? field : { ...field, label: wordsOf(name) }, map),
    ] as const;
  });
  return { ...schema, properties: Object.fromEntries(fields) };
};

const isNamed = (field: JsonSchema): boolean =>
  'label' in field || 'title' in field || alternativesOf(field).some(isNamed);

/**
 * Replaces the texts of a part of a schema: of the part itself, of the parts of a nullable field,
 * of the items of a list and of the fields of an object. Fields below another field get no label
 * from their name, because forms show none.
 */
const mapTexts = (part: JsonSchema, map: MapText): JsonSchema => {
  const alternatives = alternativesOf(part);
  return {
    ...mapOwnTexts(part, map),
    ...(alternatives.length === 0 ? {} : { anyOf: alternatives.map((one) => mapTexts(one, map)) }),
    ...('items' in part ? { items: mapTexts(objectOf(part['items']), map) } : {}),
    ...('properties' in part ? { properties: mapNested(part, map) } : {}),
  };
};

const mapOwnTexts = (part: JsonSchema, map: MapText): JsonSchema => {
  const texts = FIELD_TEXTS.flatMap((key) => {
    const text = part[key];
    return typeof text !== 'string' || ADDRESS.test(text) ? [] : [[key, map(text)] as const];
  });
  const { optionLabels } = part;
  const labels = Object.entries(objectOf(optionLabels)).map(
    ([value, label]) => [value, typeof label === 'string' ? map(label) : label] as const,
  );
  return {
    ...part,
    ...Object.fromEntries(texts),
    ...(optionLabels === undefined ? {} : { optionLabels: Object.fromEntries(labels) }),
  };
};

const mapNested = (part: JsonSchema, map: MapText): JsonSchema =>
  Object.fromEntries(
    Object.entries(objectOf(part['properties'])).map(([name, value]) => {
      const field = objectOf(value);
      return [name, field['hidden'] === true ? value : mapTexts(field, map)] as const;
    }),
  );

const alternativesOf = ({ anyOf }: JsonSchema): readonly JsonSchema[] =>
  Array.isArray(anyOf) ? anyOf.map(objectOf) : [];

const objectOf = (value: unknown): JsonSchema => (isRecord(value) ? value : {});
