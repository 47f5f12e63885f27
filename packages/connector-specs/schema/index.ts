export { getSchemaForAuthType } from './auth_type_schema.ts';
export { generateSecretsSchemaFromSpec, type SecretsSchema } from './secrets_schema.ts';
export {
  type JsonSchema,
  type SerializedAction,
  type SerializedConnectorSpec,
  serializeConnectorSpec,
  toJsonSchema,
  toOutputSchema,
} from './serialize_spec.ts';
export { wordsOf } from './words_of.ts';
