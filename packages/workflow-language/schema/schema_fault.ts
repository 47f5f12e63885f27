import { ownProperty } from '../values/read_path.ts';

/** English messages for the kinds of faults. `{name}` is replaced by a value of the fault. */
const SCHEMA_FAULTS = {
  missingKey: 'The key `{name}` is missing.',
  unknownKey: 'The key `{name}` is unknown here.',
  ignoredKey: 'The key `{name}` is unknown here and ignored.',
  type: 'Expected {forms}.',
  noForm: 'The value has none of the allowed forms.',
  choice: 'Expected one of {choices}.',
  const: 'Expected {value}.',
  emptyText: 'The text is empty.',
  minLength: 'The text has fewer than {limit} characters.',
  maxLength: 'The text has more than {limit} characters.',
  minimum: 'The number is less than {limit}.',
  maximum: 'The number is greater than {limit}.',
  exclusiveMinimum: 'The number must be greater than {limit}.',
  exclusiveMaximum: 'The number must be less than {limit}.',
  multipleOf: 'The number must be a multiple of {limit}.',
  emptyList: 'The list is empty.',
  minItems: 'The list has fewer than {limit} members.',
  maxItems: 'The list has more than {limit} members.',
  uniqueItems: 'The list has a member twice.',
  pattern: 'The text does not match the pattern {limit}.',
  format: 'The text is not a valid {limit}.',
  duration: 'Expected a duration such as 30s, 5m or 1h30m.',
  byteSize: 'Expected a size such as 512kb or 10mb.',
  size: 'The value has too many faults, or is nested too deeply, to list them.',
  tooComplex: 'The schema is too complex, or the value too large, to be compared.',
  rule: 'The value breaks the rule "{keyword}" of its schema.',
} as const;

/** Kind of a {@link SchemaFault}. */
export type SchemaFaultId = keyof typeof SCHEMA_FAULTS;

/** Kind and values of a fault, from which a user interface can create a message in any language. */
export interface SchemaFault {
  readonly id: SchemaFaultId;
  /** Values for the placeholders of the message. For `{forms}`, see {@link SchemaFault.forms}. */
  readonly values: Readonly<Record<string, string>>;
  /** Only for the kind `type`: names of allowed JSON types, and descriptions of alternatives. */
  readonly forms?: readonly string[];
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
  any: 'another value',
};

/** English message for a fault. */
export function faultMessage({ id, values, forms = [] }: SchemaFault): string {
  const all = { ...values, forms: formNames(forms) };
  return SCHEMA_FAULTS[id].replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    String(ownProperty(all, name)),
  );
}

/** Names of JSON types, and descriptions of alternatives, in words: `a list or an object`. */
export function formNames(forms: readonly string[]): string {
  return orList(
    forms.map((form) => (Object.hasOwn(TYPE_NAMES, form) ? (TYPE_NAMES[form] ?? form) : form)),
  );
}

function orList(names: readonly string[]): string {
  return names.length < 2
    ? (names[0] ?? '')
    : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** Fault of a value that does not match a keyword of its schema. */
export function keywordFault(keyword: string, limit: unknown, owner: unknown): SchemaFault {
  const shown = typeof limit === 'object' ? '' : String(limit);
  switch (keyword) {
    case 'type':
      return { id: 'type', values: {}, forms: [limit].flat().map(typeOf) };
    case 'enum':
      return { id: 'choice', values: { choices: choices(limit) } };
    case 'const':
      return { id: 'const', values: { value: JSON.stringify(limit) } };
    case 'minLength':
      return limit === 1 ? faultOf('emptyText') : faultOf('minLength', { limit: shown });
    case 'minItems':
      return limit === 1 ? faultOf('emptyList') : faultOf('minItems', { limit: shown });
    case 'maxLength':
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
    case 'multipleOf':
    case 'maxItems':
    case 'pattern':
    case 'format':
      return faultOf(keyword, { limit: shown });
    case 'uniqueItems':
    case 'size':
      return faultOf(keyword);
    case 'anyOf':
    case 'oneOf':
      return alternativesFault(ownProperty(owner, keyword));
    default:
      return faultOf('rule', { keyword });
  }
}

/** Creates a fault. */
export function faultOf(id: SchemaFaultId, values: SchemaFault['values'] = {}): SchemaFault {
  return { id, values };
}

/** Lists at most ten choices. */
function choices(values: unknown): string {
  const all = Array.isArray(values) ? values : [];
  const shown = all.slice(0, 10).map((each) => JSON.stringify(each).slice(0, 100));
  return `${shown.join(', ')}${all.length > shown.length ? ', …' : ''}`;
}

/**
 * Fault of a value that matches none of several alternatives. Names the alternatives if they differ
 * in their types or descriptions.
 */
function alternativesFault(alternatives: unknown): SchemaFault {
  const names = (Array.isArray(alternatives) ? alternatives : []).map((each: unknown) => {
    const description = ownProperty(each, 'description');
    if (typeof description === 'string') return [description];
    return [ownProperty(each, 'type')].flat().map(typeOf);
  });
  const distinct = [...new Set(names.flat())];
  return distinct.length < 2 ? faultOf('noForm') : { id: 'type', values: {}, forms: distinct };
}

function typeOf(type: unknown): string {
  return typeof type === 'string' && Object.hasOwn(TYPE_NAMES, type) ? type : 'any';
}
