import { defineMessages } from '@latchkey/core/public';
import type { SchemaFaultId } from '@latchkey/workflow-language';
import type { IntlShape, MessageDescriptor } from 'react-intl';
import type { Problem } from './problem.ts';

/**
 * One message for each kind of fault. The type makes the compiler refuse a kind without a message.
 */
const ofKinds: Readonly<Record<SchemaFaultId, MessageDescriptor>> = defineMessages({
  missingKey: {
    id: 'workflows.schemaFault.missingKey',
    defaultMessage: 'The key `{name}` is missing.',
  },
  unknownKey: {
    id: 'workflows.schemaFault.unknownKey',
    defaultMessage: 'The key `{name}` is unknown here.',
  },
  ignoredKey: {
    id: 'workflows.schemaFault.ignoredKey',
    defaultMessage: 'The key `{name}` is unknown here and ignored.',
  },
  type: { id: 'workflows.schemaFault.type', defaultMessage: 'Expected {forms}.' },
  noForm: {
    id: 'workflows.schemaFault.noForm',
    defaultMessage: 'The value has none of the allowed forms.',
  },
  choice: { id: 'workflows.schemaFault.choice', defaultMessage: 'Expected one of {choices}.' },
  const: { id: 'workflows.schemaFault.const', defaultMessage: 'Expected {value}.' },
  emptyText: { id: 'workflows.schemaFault.emptyText', defaultMessage: 'The text is empty.' },
  minLength: {
    id: 'workflows.schemaFault.minLength',
    defaultMessage: 'The text has fewer than {limit} characters.',
  },
  maxLength: {
    id: 'workflows.schemaFault.maxLength',
    defaultMessage: 'The text has more than {limit} characters.',
  },
  minimum: {
    id: 'workflows.schemaFault.minimum',
    defaultMessage: 'The number is less than {limit}.',
  },
  maximum: {
    id: 'workflows.schemaFault.maximum',
    defaultMessage: 'The number is greater than {limit}.',
  },
  exclusiveMinimum: {
    id: 'workflows.schemaFault.exclusiveMinimum',
    defaultMessage: 'The number must be greater than {limit}.',
  },
  exclusiveMaximum: {
    id: 'workflows.schemaFault.exclusiveMaximum',
    defaultMessage: 'The number must be less than {limit}.',
  },
  multipleOf: {
    id: 'workflows.schemaFault.multipleOf',
    defaultMessage: 'The number must be a multiple of {limit}.',
  },
  emptyList: { id: 'workflows.schemaFault.emptyList', defaultMessage: 'The list is empty.' },
  minItems: {
    id: 'workflows.schemaFault.minItems',
    defaultMessage: 'The list has fewer than {limit} members.',
  },
  maxItems: {
    id: 'workflows.schemaFault.maxItems',
    defaultMessage: 'The list has more than {limit} members.',
  },
  uniqueItems: {
    id: 'workflows.schemaFault.uniqueItems',
    defaultMessage: 'The list has a member twice.',
  },
  pattern: {
    id: 'workflows.schemaFault.pattern',
    defaultMessage: 'The text does not match the pattern {limit}.',
  },
  format: {
    id: 'workflows.schemaFault.format',
    defaultMessage: 'The text is not a valid {limit}.',
  },
  duration: {
    id: 'workflows.schemaFault.duration',
    defaultMessage: 'Expected a duration such as 30s, 5m or 1h30m.',
  },
  byteSize: {
    id: 'workflows.schemaFault.byteSize',
    defaultMessage: 'Expected a size such as 512kb or 10mb.',
  },
  size: {
    id: 'workflows.schemaFault.size',
    defaultMessage: 'The value has too many faults, or is nested too deeply, to list them.',
  },
  tooComplex: {
    id: 'workflows.schemaFault.tooComplex',
    defaultMessage: 'The schema is too complex, or the value too large, to be compared.',
  },
  rule: {
    id: 'workflows.schemaFault.rule',
    defaultMessage: 'The value breaks the rule "{keyword}" of its schema.',
  },
});

const types: Readonly<Record<string, MessageDescriptor>> = defineMessages({
  string: { id: 'workflows.schemaType.string', defaultMessage: 'a text' },
  number: { id: 'workflows.schemaType.number', defaultMessage: 'a number' },
  integer: { id: 'workflows.schemaType.integer', defaultMessage: 'a whole number' },
  boolean: { id: 'workflows.schemaType.boolean', defaultMessage: 'true or false' },
  object: { id: 'workflows.schemaType.object', defaultMessage: 'an object' },
  array: { id: 'workflows.schemaType.array', defaultMessage: 'a list' },
  null: { id: 'workflows.schemaType.null', defaultMessage: 'null' },
  any: { id: 'workflows.schemaType.any', defaultMessage: 'another value' },
});

const faults: Readonly<Record<string, MessageDescriptor>> = ofKinds;

/**
 * Returns the message of a problem in the language of the user. Only faults of values are
 * translated; other rules have the English message of the server.
 */
export function problemText(
  intl: Pick<IntlShape, 'formatMessage' | 'formatList'>,
  { message, fault }: Pick<Problem, 'message' | 'fault'>,
): string {
  const descriptor =
    fault !== undefined && Object.hasOwn(faults, fault.id) ? faults[fault.id] : undefined;
  if (fault === undefined || descriptor === undefined) return message;
  const forms = (fault.forms ?? []).map((form) => {
    const type = Object.hasOwn(types, form) ? types[form] : undefined;
    return type === undefined ? form : intl.formatMessage(type);
  });
  const values = { ...fault.values, forms: intl.formatList(forms, { type: 'disjunction' }) };
  return intl.formatMessage(descriptor, values);
}
