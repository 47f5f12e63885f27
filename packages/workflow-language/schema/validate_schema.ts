import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema';
import type { DocumentPath } from '../document/document_positions.ts';
import { parseByteSize } from '../values/byte_size.ts';
import { parseDuration } from '../values/duration.ts';
import { isRecord, ownProperty } from '../values/read_path.ts';
import type { JsonSchema } from './json_schema.ts';

/** A value that does not match its schema. */
export interface SchemaIssue {
  /** - `unknown_key`: the object has no such key; `path` ends with it. */
  readonly kind: 'unknown_key' | 'missing_key' | 'mismatch';
  readonly path: DocumentPath;
  readonly message: string;
  /** Keys that the object may have; for `unknown_key` only. */
  readonly allowedKeys: readonly string[];
}

/** Keywords that repeat the faults of the schemas below them. */
const CONTAINERS = new Set([
  'properties',
  'items',
  'prefixItems',
  'allOf',
  '$ref',
  'then',
  'else',
  'patternProperties',
  'false',
]);

/** Keywords whose branches are alternatives: faults inside of a branch are not reported. */
const ALTERNATIVES = ['anyOf', 'oneOf', 'not', 'if', 'contains'];

/**
 * Maximum number of faults that are read for one value. A list may have one for each of its
 * members.
 */
const MAX_UNITS = 1_000;

const validators = new WeakMap<JsonSchema, Validator>();

/**
 * Compares a value with a JSON Schema of 2020-12. Texts with templates match anything, because
 * their values are known when they are rendered.
 *
 * @param hasTemplate tells if a text is a template at a path below the value; absent: the value was
 * rendered.
 */
export function validateSchema(
  schema: JsonSchema,
  value: unknown,
  hasTemplate?: (text: string, path: DocumentPath) => boolean,
): readonly SchemaIssue[] {
  const issues: SchemaIssue[] = [];
  for (const unit of errorsOf(schema, value)) {
    const issue = issueOf(schema, unit, value);
    if (issue === undefined) continue;
    const meant = meantAlternative(schema, unit, value);
    if (meant !== undefined) {
      const inside = validateSchema(
        meant,
        at(value, unit.instanceLocation),
        hasTemplate && ((text, path) => hasTemplate(text, [...issue.path, ...path])),
      );
      issues.push(...inside.map((each) => ({ ...each, path: [...issue.path, ...each.path] })));
      continue;
    }
    const isRendered =
      hasTemplate !== undefined &&
      issue.kind === 'mismatch' &&
      containsTemplate(at(value, unit.instanceLocation), (text) => hasTemplate(text, issue.path));
    if (isRendered) continue;
    issues.push(issue);
  }
  return [...issues, ...formatIssues(schema, value, { path: [], hasTemplate })];
}

/** More faults than fit on the stack are reduced to the first one. */
function errorsOf(schema: JsonSchema, value: unknown): readonly OutputUnit[] {
  try {
    return validatorOf(schema).validate(value).errors.slice(0, MAX_UNITS);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [
      { keyword: 'size', keywordLocation: '#/size', instanceLocation: '#', error: error.message },
    ];
  }
}

function validatorOf(schema: JsonSchema): Validator {
  const kept = validators.get(schema);
  if (kept !== undefined) return kept;
  const created = new Validator(schema as Schema, '2020-12', false);
  validators.set(schema, created);
  return created;
}

function issueOf(schema: JsonSchema, unit: OutputUnit, value: unknown): SchemaIssue | undefined {
  const location = pointerSegments(unit.keywordLocation);
  const keyword = String(location.at(-1));
  const inAlternative = location.slice(0, -1).some((segment) => ALTERNATIVES.includes(segment));
  if (inAlternative || CONTAINERS.has(unit.keyword)) return undefined;
  const owner = schemaAt(schema, location.slice(0, -1));
  const path = documentPath(value, unit.instanceLocation);
  const limit = ownProperty(owner, unit.keyword);
  if (unit.keyword === 'additionalProperties' || unit.keyword === 'unevaluatedProperties') {
    return unknownKey(owner, path, /"((?:[^"\\]|\\.)*)"/.exec(unit.error)?.[1] ?? '');
  }
  if (unit.keyword === 'required') {
    const name = /"(.*)"/.exec(unit.error)?.[1] ?? '';
    const message = `The key \`${name}\` is missing.`;
    return { kind: 'missing_key', path, message, allowedKeys: [] };
  }
  const message = mismatchMessage(keyword, limit, owner);
  return { kind: 'mismatch', path, message, allowedKeys: [] };
}

/** A property that has a schema of its own and failed there is no unknown key. */
function unknownKey(owner: unknown, path: DocumentPath, name: string): SchemaIssue | undefined {
  const properties = ownProperty(owner, 'properties');
  const allowedKeys = typeof properties === 'object' && properties ? Object.keys(properties) : [];
  if (allowedKeys.includes(name)) return undefined;
  if (ownProperty(owner, 'additionalProperties') !== false) return undefined;
  const message = `The key \`${name}\` is unknown here.`;
  return { kind: 'unknown_key', path: [...path, name], message, allowedKeys };
}

function mismatchMessage(keyword: string, limit: unknown, owner: unknown): string {
  const shown = typeof limit === 'object' ? '' : String(limit);
  switch (keyword) {
    case 'type':
      return `Expected ${typeName(limit)}.`;
    case 'enum':
      return `Expected one of ${choices(limit)}.`;
    case 'const':
      return `Expected ${JSON.stringify(limit)}.`;
    case 'minLength':
      return limit === 1 ? 'The text is empty.' : `The text has fewer than ${shown} characters.`;
    case 'maxLength':
      return `The text has more than ${shown} characters.`;
    case 'minimum':
      return `The number is less than ${shown}.`;
    case 'maximum':
      return `The number is greater than ${shown}.`;
    case 'exclusiveMinimum':
      return `The number must be greater than ${shown}.`;
    case 'exclusiveMaximum':
      return `The number must be less than ${shown}.`;
    case 'multipleOf':
      return `The number must be a multiple of ${shown}.`;
    case 'minItems':
      return limit === 1 ? 'The list is empty.' : `The list has fewer than ${shown} members.`;
    case 'maxItems':
      return `The list has more than ${shown} members.`;
    case 'uniqueItems':
      return 'The list has a member twice.';
    case 'pattern':
      return `The text does not match the pattern ${shown}.`;
    case 'format':
      return `The text is no valid ${shown}.`;
    case 'size':
      return 'The value has too many faults, or is nested too deeply, to list them.';
    case 'anyOf':
    case 'oneOf':
      return alternativesMessage(owner, keyword);
    default:
      return `The value breaks the rule "${keyword}" of its schema.`;
  }
}

/**
 * The only alternative whose type is that of the value, so that its own faults can be reported.
 * Undefined: none, several, or one that refers to other parts of the schema.
 */
function meantAlternative(
  schema: JsonSchema,
  unit: OutputUnit,
  value: unknown,
): JsonSchema | undefined {
  const location = pointerSegments(unit.keywordLocation);
  const keyword = String(location.at(-1));
  if (keyword !== 'anyOf' && keyword !== 'oneOf') return undefined;
  const alternatives = ownProperty(schemaAt(schema, location.slice(0, -1)), keyword);
  const type = jsonType(at(value, unit.instanceLocation));
  const sameType = (Array.isArray(alternatives) ? alternatives : []).filter((each: unknown) =>
    [ownProperty(each, 'type')].flat().includes(type),
  );
  const [meant] = sameType;
  if (sameType.length !== 1 || !isRecord(meant)) return undefined;
  return JSON.stringify(meant).includes('"$ref"') ? undefined : meant;
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** At most ten choices in words. */
function choices(values: unknown): string {
  const all = Array.isArray(values) ? values : [];
  const shown = all.slice(0, 10).map((each) => JSON.stringify(each).slice(0, 100));
  return `${shown.join(', ')}${all.length > shown.length ? ', …' : ''}`;
}

/** `Expected a text or an object.` if types tell the alternatives apart. */
function alternativesMessage(owner: unknown, keyword: string): string {
  const alternatives = ownProperty(owner, keyword);
  const names = (Array.isArray(alternatives) ? alternatives : []).map((each: unknown) => {
    const description = ownProperty(each, 'description');
    return typeof description === 'string' ? description : typeName(ownProperty(each, 'type'));
  });
  const distinct = [...new Set(names)];
  return distinct.length < 2
    ? 'The value has none of the allowed forms.'
    : `Expected ${distinct.slice(0, -1).join(', ')} or ${distinct.at(-1)}.`;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

function typeName(type: unknown): string {
  if (Array.isArray(type)) return type.map(typeName).join(' or ');
  const name = String(type);
  return (Object.hasOwn(TYPE_NAMES, name) ? TYPE_NAMES[name] : undefined) ?? 'another value';
}

/** Formats of workflows, which a JSON Schema validator does not know. */
const FORMATS: Readonly<Record<string, { valid: (text: string) => boolean; message: string }>> = {
  'duration-text': {
    valid: (value) => parseDuration(value) !== undefined,
    message: 'Expected a duration such as 30s, 5m or 1h30m.',
  },
  'byte-size': {
    valid: (value) => parseByteSize(value) !== undefined,
    message: 'Expected a size such as 512kb or 10mb.',
  },
};

interface FormatPlace {
  readonly path: DocumentPath;
  readonly hasTemplate: ((text: string, path: DocumentPath) => boolean) | undefined;
}

function formatIssues(
  schema: unknown,
  value: unknown,
  { path, hasTemplate }: FormatPlace,
): readonly SchemaIssue[] {
  // Below a value without a schema there are no formats.
  if (schema === undefined) return [];
  const name = String(ownProperty(schema, 'format'));
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (format !== undefined && typeof value === 'string') {
    const fails = hasTemplate?.(value, path) !== true && !format.valid(value);
    return fails ? [{ kind: 'mismatch', path, message: format.message, allowedKeys: [] }] : [];
  }
  const children = (each: unknown, segment: string | number, below: unknown) =>
    formatIssues(below, each, { path: [...path, segment], hasTemplate });
  if (Array.isArray(value)) {
    const items = ownProperty(schema, 'items');
    return value.flatMap((each: unknown, index) => children(each, index, items));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    children(each, key, ownProperty(ownProperty(schema, 'properties'), key)),
  );
}

/** Tells if a value is a template or contains one at any depth. */
function containsTemplate(value: unknown, hasTemplate: (text: string) => boolean): boolean {
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const each = waiting.pop();
    if (typeof each === 'string' && hasTemplate(each)) return true;
    if (typeof each !== 'object' || each === null) continue;
    for (const child of Object.values(each)) waiting.push(child);
  }
  return false;
}

function pointerSegments(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function schemaAt(schema: unknown, segments: readonly string[]): unknown {
  return segments.reduce<unknown>((owner, segment) => ownProperty(owner, segment), schema);
}

function at(value: unknown, pointer: string): unknown {
  return pointerSegments(pointer).reduce<unknown>(
    (owner, segment) => ownProperty(owner, segment),
    value,
  );
}

/** Segments of lists are numbers. */
function documentPath(value: unknown, pointer: string): DocumentPath {
  const path: (string | number)[] = [];
  let owner = value;
  for (const segment of pointerSegments(pointer)) {
    path.push(Array.isArray(owner) ? Number(segment) : segment);
    owner = ownProperty(owner, segment);
  }
  return path;
}
