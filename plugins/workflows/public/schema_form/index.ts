export { ANY_VALUE } from './schema_field.ts';
export { SchemaForm } from './schema_form.tsx';
export { type SchemaFormState, useSchemaForm } from './use_schema_form.ts';
