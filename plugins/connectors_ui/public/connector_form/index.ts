export { ConnectorFields } from './connector_fields.tsx';
export type { RequestedPermission } from './enabled_actions.tsx';
export {
  type FieldWarnings,
  FieldWarningsProvider,
  hasField,
} from './field_warnings.tsx';
export { fieldsResolver, type InputValues } from './fields_resolver.ts';
export {
  type AuthOption,
  type ConnectorForm,
  chosenOption,
  type FormField,
} from './form_field.ts';
export { FormFields } from './form_fields.tsx';
export {
  type ConnectorInput,
  changedConnectorInput,
  encodeFields,
  type FormValues,
  initialValues,
  newConnectorInput,
  newFormValues,
  offeredOptions,
  overwritingConnectorInput,
  type StoredValues,
  storedForm,
  storedFormValues,
} from './form_values.ts';
export { issueText } from './issue_texts.ts';
export { readActionForm, readConnectorForm } from './read_spec.ts';
export {
  type ConnectorFormState,
  countErrors,
  reportUnknownParts,
  useConnectorForm,
} from './use_connector_form.ts';
export { type FieldIssue, type ValidationRules, validateForm } from './validate_values.ts';
export { warningText } from './warning_texts.ts';
