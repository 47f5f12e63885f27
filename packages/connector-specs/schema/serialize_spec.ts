import { type ZodType, z } from 'zod';
import type { AuthMode, ConnectorSpec } from '../contract/types.ts';
import { generateSecretsSchemaFromSpec } from './secrets_schema.ts';

/** JSON Schema draft 2020-12 with the form metadata beside the standard keywords. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A spec without its handlers, as a browser may have it. */
export interface SerializedConnectorSpec {
  readonly metadata: ConnectorSpec['metadata'];
  /** Of `{ config, secrets }`. */
  readonly schema: JsonSchema;
  readonly isTestable: boolean;
  readonly actions: readonly SerializedAction[];
}

/** What a person or an editor needs to know of one action. */
export interface SerializedAction {
  readonly name: string;
  readonly description: string;
  readonly scope: 'read' | 'write' | 'destroy';
  readonly isTool: boolean;
  /** Of what a caller sends: fields with a default are optional. */
  readonly input: JsonSchema;
}

/** As a caller writes it (defaults optional). What JSON Schema cannot express becomes `{}` rather than an error. */
export const toJsonSchema = (schema: ZodType): JsonSchema =>
  z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' });

/** Turns a spec into plain JSON. @param options.authMode narrows the secrets, see {@link generateSecretsSchemaFromSpec} */
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
    description: action.description,
    scope: action.scope,
    isTool: action.isTool ?? false,
    input: toJsonSchema(action.input),
  })),
});
