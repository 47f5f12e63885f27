export type {
  AuthMode,
  AuthOption,
  ConnectorForm,
  FormField,
  FormFieldKind,
} from './form_field.ts';
export {
  type ConnectorInput,
  changedConnectorInput,
  type FormValues,
  newConnectorInput,
  newFormValues,
  type StoredValues,
  storedFormValues,
} from './form_values.ts';
export { type JsonSchema, readActionForm, readConnectorForm } from './read_spec.ts';
export { type FieldIssue, validateFields, validateForm } from './validate_values.ts';
