import { type ZodType, z } from 'zod';
import type { AuthMode, ConnectorSpec } from '../contract/types.ts';
import { generateSecretsSchemaFromSpec } from './secrets_schema.ts';
import { wordsOf } from './words_of.ts';

/** JSON Schema draft 2020-12. The form metadata is beside the standard keywords. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A spec without its handlers, for browsers. */
export interface SerializedConnectorSpec {
  readonly metadata: ConnectorSpec['metadata'];
  /** Schema of `{ config, secrets }`. */
  readonly schema: JsonSchema;
  readonly isTestable: boolean;
  readonly actions: readonly SerializedAction[];
}

/** An action without its handler, for users and editors. */
export interface SerializedAction {
  readonly name: string;
  /** Name for users. */
  readonly label: string;
  readonly description: string;
  readonly scope: 'read' | 'write' | 'destroy';
  readonly isTool: boolean;
  /** Schema of the input before parsing, in which fields with a default are optional. */
  readonly input: JsonSchema;
}

/** JSON Schema of the input before parsing. A part that JSON Schema cannot express becomes `{}`. */
export const toJsonSchema = (schema: ZodType): JsonSchema =>
  z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' });

/**
 * JSON Schema of an output after parsing. Its objects may have further fields, so that a client
 * keeps working when a later release returns more. A part that JSON Schema cannot express becomes
 * `{}`.
 */
export const toOutputSchema = (schema: ZodType): JsonSchema =>
  z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: 'output',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });

/**
 * Converts a spec to plain JSON.
 * @param options.authMode see {@link generateSecretsSchemaFromSpec}
 */
export const serializeConnectorSpec = (
  spec: ConnectorSpec,
  options: { readonly authMode?: AuthMode | undefined } = {},
): SerializedConnectorSpec => ({
  metadata: spec.metadata,
  schema: toJsonSchema(
    z.strictObject({
      config: spec.schema ?? z.strictObject({}),
      secrets: generateSecretsSchemaFromSpec(spec, options),
    }),
  ),
  isTestable: spec.test.enabled,
  actions: Object.entries(spec.actions).map(([name, action]) => ({
    name,
    label: wordsOf(name),
    description: action.description,
    scope: action.scope,
    isTool: action.isTool ?? false,
    input: toJsonSchema(action.input),
  })),
});
