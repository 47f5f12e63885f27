import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema';
import type { DocumentPath } from '../document/document_positions.ts';
import { parseByteSize } from '../values/byte_size.ts';
import { parseDuration } from '../values/duration.ts';
import { isRecord, ownProperty } from '../values/read_path.ts';
import type { JsonSchema } from './json_schema.ts';
import { faultMessage, faultOf, keywordFault, type SchemaFault } from './schema_fault.ts';

/** A part of a value that does not match its schema. */
export interface SchemaIssue {
  /**
   * `unknown_key`: the object must not have the key at the end of `path`. `missing_key`: it lacks a
   * required key. `mismatch`: any other fault.
   */
  readonly kind: 'unknown_key' | 'missing_key' | 'mismatch';
  readonly path: DocumentPath;
  /** English message for `fault`. */
  readonly message: string;
  readonly fault: SchemaFault;
  /** Keys that the object may have. Empty unless `kind` is `unknown_key`. */
  readonly allowedKeys: readonly string[];
}

/** Keywords whose faults only repeat the faults of the schemas below them. */
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

/** Keywords whose schemas are alternatives. Faults inside an alternative are not reported. */
const ALTERNATIVES = ['anyOf', 'oneOf', 'not', 'if', 'contains'];

/** Keywords that are followed by a name, and not by a keyword, in a location of the schema. */
const NAMED = ['properties', 'patternProperties', 'dependentSchemas'];

/**
 * Maximum number of faults that are read for one value, because a long list may have one for each
 * member.
 */
const MAX_UNITS = 1_000;

const validators = new WeakMap<JsonSchema, Validator>();

/**
 * Compares a value with a JSON Schema of 2020-12. Texts with templates match every schema, because
 * their values are known only when they are rendered.
 * @param hasTemplate tells if a text at a path below the value is a template; absent: the value is
 *   already rendered
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
    const found = at(value, unit.instanceLocation);
    // A list stays a list and an object an object, whatever the templates inside of it give.
    const isRendered =
      hasTemplate !== undefined &&
      issue.kind === 'mismatch' &&
      (unit.keyword !== 'type' || typeof found === 'string') &&
      containsTemplate(found, (text) => hasTemplate(text, issue.path));
    if (isRendered) continue;
    issues.push(issue);
  }
  return [...issues, ...formatIssues(schema, value, { path: [], hasTemplate })];
}

/**
 * Faults of a value. Returns only the first one if there are more than fit on the stack, or if a
 * key contains half a surrogate pair, which a JSON pointer cannot contain.
 */
function errorsOf(schema: JsonSchema, value: unknown): readonly OutputUnit[] {
  try {
    return validatorOf(schema).validate(value).errors.slice(0, MAX_UNITS);
  } catch (error) {
    if (!(error instanceof RangeError) && !(error instanceof URIError)) throw error;
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
  const keyword = keywordOf(location);
  const inAlternative = keywordsIn(location.slice(0, -1)).some((each) =>
    ALTERNATIVES.includes(each),
  );
  if (inAlternative || CONTAINERS.has(unit.keyword)) return undefined;
  const owner = schemaAt(schema, location.slice(0, -1));
  const path = documentPath(value, unit.instanceLocation);
  const limit = ownProperty(owner, unit.keyword);
  if (unit.keyword === 'additionalProperties' || unit.keyword === 'unevaluatedProperties') {
    return unknownKey(owner, path, /"((?:[^"\\]|\\.)*)"/.exec(unit.error)?.[1] ?? '');
  }
  if (unit.keyword === 'required') {
    const name = /"(.*)"/.exec(unit.error)?.[1] ?? '';
    return { kind: 'missing_key', path, ...wordsOf(faultOf('missingKey', { name })) };
  }
  return { kind: 'mismatch', path, ...wordsOf(keywordFault(keyword, limit, owner)) };
}

/** Segments of a location that are keywords and not names. */
function keywordsIn(location: readonly string[]): readonly string[] {
  const keywords: string[] = [];
  for (let i = 0; i < location.length; i += 1) {
    const segment = String(location[i]);
    keywords.push(segment);
    if (NAMED.includes(segment)) i += 1;
  }
  return keywords;
}

/** Keyword at the end of a location. The validator spells one keyword differently. */
function keywordOf(location: readonly string[]): string {
  const keyword = String(location.at(-1));
  return keyword === 'dependantRequired' ? 'dependentRequired' : keyword;
}

/** Issue for an unknown key. `undefined`: the key is known, and the fault belongs to its value. */
function unknownKey(owner: unknown, path: DocumentPath, name: string): SchemaIssue | undefined {
  const properties = ownProperty(owner, 'properties');
  const allowedKeys = typeof properties === 'object' && properties ? Object.keys(properties) : [];
  if (allowedKeys.includes(name)) return undefined;
  if (ownProperty(owner, 'additionalProperties') !== false) return undefined;
  const words = wordsOf(faultOf('unknownKey', { name }));
  return { kind: 'unknown_key', path: [...path, name], ...words, allowedKeys };
}

function wordsOf(fault: SchemaFault): Pick<SchemaIssue, 'fault' | 'message' | 'allowedKeys'> {
  return { fault, message: faultMessage(fault), allowedKeys: [] };
}

/**
 * The only alternative that has the type of the value, so that its faults can be reported.
 * `undefined`: there is none, there are several, or the alternative refers to other parts of the
 * schema.
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

/** A format that texts can have. */
interface TextFormat {
  readonly valid: (text: string) => boolean;
  readonly fault: SchemaFault;
}

/** Formats of workflows that a JSON Schema validator does not know. */
const FORMATS: Readonly<Record<string, TextFormat>> = {
  'duration-text': {
    valid: (value) => parseDuration(value) !== undefined,
    fault: faultOf('duration'),
  },
  'byte-size': {
    valid: (value) => parseByteSize(value) !== undefined,
    fault: faultOf('byteSize'),
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
  // A part of the value without a schema has no formats.
  if (schema === undefined) return [];
  const name = String(ownProperty(schema, 'format'));
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (format !== undefined && typeof value === 'string') {
    const fails = hasTemplate?.(value, path) !== true && !format.valid(value);
    return fails ? [{ kind: 'mismatch', path, ...wordsOf(format.fault) }] : [];
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

/** Returns `true` if a value is a template or contains one at any depth. */
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
  return (
    pointer
      .split('/')
      .slice(1)
      // The validator percent-encodes JSON pointers, as in URIs.
      .map((segment) => decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~'))
  );
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

/** Converts a JSON pointer to a path. Segments for members of a list become numbers. */
function documentPath(value: unknown, pointer: string): DocumentPath {
  const path: (string | number)[] = [];
  let owner = value;
  for (const segment of pointerSegments(pointer)) {
    path.push(Array.isArray(owner) ? Number(segment) : segment);
    owner = ownProperty(owner, segment);
  }
  return path;
}
