export type { ServerIssue } from './field_values.ts';
export { type SchemaField, schemaFields } from './schema_field.ts';
export { SchemaForm, type SchemaFormTexts } from './schema_form.tsx';
export { type SchemaFormState, useSchemaForm } from './use_schema_form.ts';
