import { countValues, isRecord, ownProperty } from '../values/read_path.ts';
import type { JsonSchema } from './json_schema.ts';
import { COPIED, isRegExp, MAX_PATTERN_LENGTH, WITH_SCHEMA, WITH_SCHEMA_LIST } from './keywords.ts';
import { faultMessage, faultOf } from './schema_fault.ts';
import { referredTo, schemaPairs } from './schema_pairs.ts';
import { type SchemaIssue, validateSchema } from './validate_schema.ts';

/** Maximum number of schema nodes, with references resolved. */
const MAX_SCHEMA_NODES = 2_000;

/** Maximum number of nodes inside of each other. Deeper ones could exhaust the stack. */
const MAX_SCHEMA_DEPTH = 200;

/** Maximum product of schema nodes and values. Comparing so many takes a fraction of a second. */
const MAX_COMPARISONS = 1_000_000;

/** Number of characters of a text that count as one value. */
const CHARACTERS_PER_VALUE = 50;

/**
 * Factor for a text with a format: comparing a character with a format takes this many times longer
 * than counting it for `maxLength`.
 */
const FORMAT_COST = 10;

/**
 * Cost of a comparison: schema nodes times values. A text counts as several values, depending on
 * its length.
 */
function costOf({ nodes, formats }: SchemaCopy, value: unknown): number {
  const values = countValues(value, MAX_COMPARISONS);
  const weight = (text: string): number => 1 + text.length / CHARACTERS_PER_VALUE;
  const weighed = countValues(value, MAX_COMPARISONS, weight);
  return nodes * weighed + formats * FORMAT_COST * (weighed - values);
}

/**
 * Compares a value with a schema that an author wrote, in bounded time. References inside the
 * schema are resolved.
 *
 * The following parts are not compared: `pattern`, which can take forever and cannot be interrupted
 * here (see `patternChecks` and {@link dangerouslyMatchAuthorSchema}); `patternProperties`;
 * `additionalProperties` beside it, and `unevaluatedProperties` beside or above it; `uniqueItems`
 * in alternatives; the format `regex`; and keywords with a value that JSON Schema does not allow.
 * If leaving out such a part could make the comparison refuse a correct value, as below `not`, the
 * keyword around it is left out too.
 * @returns one issue at the root if the schema or the value is too large, or if the schema refers
 *   to itself without an end
 */
export function validateAuthorSchema(
  schema: JsonSchema,
  value: unknown,
  hasTemplate?: (text: string) => boolean,
): readonly SchemaIssue[] {
  const prepared = preparedSchema(schema, value, { withPatterns: false });
  if (prepared === undefined) return [tooComplex()];
  return [
    ...validateSchema(prepared, value, hasTemplate),
    ...duplicateIssues(schema, value, hasTemplate),
  ];
}

/**
 * Like {@link validateAuthorSchema}, but also compares `pattern` and `patternProperties`, even in
 * alternatives, if they are valid with the flag `u`. May never end for a hostile pattern, so call
 * it only in a process that can be stopped.
 */
export function dangerouslyMatchAuthorSchema(
  schema: JsonSchema,
  value: unknown,
): readonly SchemaIssue[] {
  const prepared = preparedSchema(schema, value, { withPatterns: true });
  return prepared === undefined ? [tooComplex()] : validateSchema(prepared, value);
}

/** Keywords whose schemas a value need not match. */
const CONDITIONAL = [
  'anyOf',
  'oneOf',
  'not',
  'if',
  'contains',
  'dependentSchemas',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
];

/**
 * Returns `true` if a schema may have patterns that `patternChecks` does not return: patterns of
 * property names, and patterns in alternatives. Never `false` if it has some.
 */
export function hasConditionalPatterns(schema: JsonSchema): boolean {
  const keys = new Set<string>();
  const waiting: unknown[] = [schema];
  while (waiting.length > 0) {
    const each = waiting.pop();
    if (typeof each !== 'object' || each === null) continue;
    if (!Array.isArray(each)) for (const key of Object.keys(each)) keys.add(key);
    for (const below of Object.values(each)) waiting.push(below);
  }
  if (keys.has('patternProperties')) return true;
  return keys.has('pattern') && CONDITIONAL.some((key) => keys.has(key));
}

/**
 * Copy of the schema for the comparison. `undefined`: the schema or the value is too large, or the
 * schema refers to itself without an end.
 */
function preparedSchema(
  schema: JsonSchema,
  value: unknown,
  options: SchemaCopyOptions,
): JsonSchema | undefined {
  const copy = new SchemaCopy(schema, options);
  const prepared = copy.make();
  const isTooLarge =
    copy.isTooDeep || copy.nodes > MAX_SCHEMA_NODES || costOf(copy, value) > MAX_COMPARISONS;
  return isTooLarge ? undefined : prepared;
}

function tooComplex(): SchemaIssue {
  const fault = faultOf('tooComplex');
  return { kind: 'mismatch', path: [], fault, message: faultMessage(fault), allowedKeys: [] };
}

/** Issues for lists that have equal members although their schema has `uniqueItems`. */
function duplicateIssues(
  schema: JsonSchema,
  value: unknown,
  hasTemplate: ((text: string) => boolean) | undefined,
): readonly SchemaIssue[] {
  return schemaPairs(schema, value).flatMap(({ schema: each, value: list, path }) => {
    if (each['uniqueItems'] !== true || !Array.isArray(list)) return [];
    const texts = list.map(canonicalText);
    // A member with a template may have any value, so it is not compared.
    const isKnown = hasTemplate === undefined || !texts.some((text) => hasTemplate(text));
    if (!isKnown || new Set(texts).size === texts.length) return [];
    const fault = faultOf('uniqueItems');
    return [{ kind: 'mismatch', path, fault, message: faultMessage(fault), allowedKeys: [] }];
  });
}

/** JSON of a value in which the order of keys does not matter. */
function canonicalText(value: unknown): string {
  const sorted = JSON.stringify(value, (_, each: unknown) =>
    isRecord(each) ? Object.fromEntries(Object.entries(each).sort(byName)) : each,
  );
  return sorted ?? '';
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

interface SchemaCopyOptions {
  /** `true`: patterns are copied too. */
  readonly withPatterns: boolean;
}

/** Copies a schema. Resolves its references and leaves out parts that cannot be compared. */
class SchemaCopy {
  /** Number of nodes of the copy. It stops growing above the limit. */
  nodes = 0;
  /** Nodes of the copy with a format. */
  formats = 0;
  /** `true`: the schema is deeper than {@link MAX_SCHEMA_DEPTH}, so the copy is not complete. */
  isTooDeep = false;
  #depth = 0;
  /** Number of nodes with patterns of property names, which are left out. */
  #open = 0;
  /** Number of restrictions that are left out. Each makes the copy accept more values. */
  #omitted = 0;
  readonly #root: JsonSchema;
  readonly #withPatterns: boolean;

  constructor(root: JsonSchema, { withPatterns }: SchemaCopyOptions) {
    this.#root = root;
    this.#withPatterns = withPatterns;
  }

  make(): JsonSchema {
    const copy = this.#node(this.#root);
    return isRecord(copy) ? copy : {};
  }

  #node(schema: unknown): JsonSchema | boolean {
    this.isTooDeep ||= this.#depth === MAX_SCHEMA_DEPTH;
    if (this.isTooDeep) return {};
    this.#depth += 1;
    const copy = this.#copyOf(schema);
    this.#depth -= 1;
    return copy;
  }

  #copyOf(schema: unknown): JsonSchema | boolean {
    this.nodes += 1;
    if (typeof schema === 'boolean') return schema;
    if (!isRecord(schema) || this.nodes > MAX_SCHEMA_NODES) return {};
    const reference = ownProperty(schema, '$ref');
    const target = typeof reference === 'string' ? referredTo(this.#root, reference) : undefined;
    const openBefore = this.#open;
    // Without the pattern it is not known which keys it applies to.
    const { patternProperties: byPattern } = schema;
    const isOpen = byPattern !== undefined && !this.#copiesPatternsOf(byPattern);
    if (isOpen) {
      this.#open += 1;
      this.#omitted += 1;
    }
    const entries = Object.entries(schema).flatMap(([key, value]) =>
      isOpen && (key === 'additionalProperties' || key === 'patternProperties')
        ? []
        : this.#comparable(key, value),
    );
    const { unevaluatedProperties, oneOfSome, ...rest }: JsonSchema = Object.fromEntries(entries);
    const all = [
      ...(Array.isArray(rest['allOf']) ? rest['allOf'] : []),
      ...(oneOfSome === undefined ? [] : [{ anyOf: oneOfSome }]),
      ...(target === undefined ? [] : [this.#node(target)]),
    ];
    const copy = all.length === 0 ? rest : { ...rest, allOf: all };
    // Patterns of property names in the nodes below also cover keys of this object.
    const isKept = unevaluatedProperties !== undefined && this.#open === openBefore;
    if (unevaluatedProperties !== undefined && !isKept) this.#omitted += 1;
    return isKept ? { ...copy, unevaluatedProperties } : copy;
  }

  #copiesPatternsOf(byPattern: unknown): boolean {
    if (!this.#withPatterns || !isRecord(byPattern)) return false;
    return Object.keys(byPattern).every(isComparedPattern);
  }

  /**
   * Copies a keyword, unless it would refuse correct values because something below it was left
   * out. `oneOf` then becomes a check that at least one alternative matches.
   */
  #comparable(key: string, value: unknown): readonly (readonly [string, unknown])[] {
    const before = this.#omitted;
    const copied = this.#keyword(key, value);
    if (this.#omitted === before) return copied;
    if (key === 'not' || key === 'if' || key === 'contains') return [];
    return key === 'oneOf' ? copied.map(([, all]) => ['oneOfSome', all]) : copied;
  }

  #keyword(key: string, value: unknown): readonly (readonly [string, unknown])[] {
    if (key === 'format') {
      // For the format `regex`, the validator compiles the text, which may take long, so the format
      // is left out.
      if (String(value) === 'regex') this.#omitted += 1;
      if (String(value) === 'regex' || COPIED[key]?.(value) !== true) return [];
      this.formats += 1;
      return [[key, value]];
    }
    if (key === 'pattern' && typeof value === 'string') {
      if (this.#withPatterns && isComparedPattern(value)) return [[key, value]];
      this.#omitted += 1;
      return [];
    }
    // `duplicateIssues` compares lists outside alternatives.
    if (key === 'uniqueItems' && value === true) this.#omitted += 1;
    if (Object.hasOwn(COPIED, key)) {
      // Each value is compared with all members of these lists and objects.
      if (typeof value === 'object') this.nodes += countValues(value, MAX_SCHEMA_NODES) - 1;
      return COPIED[key]?.(value) === true ? [[key, value]] : [];
    }
    if (WITH_SCHEMA.includes(key)) {
      // A list of schemas under `items` is an older form of `prefixItems`.
      if (Array.isArray(value)) return [['prefixItems', value.map((each) => this.#node(each))]];
      return isRecord(value) || typeof value === 'boolean' ? [[key, this.#node(value)]] : [];
    }
    if (WITH_SCHEMA_LIST.includes(key)) {
      const isList = Array.isArray(value) && value.length > 0;
      return isList ? [[key, value.map((each) => this.#node(each))]] : [];
    }
    // Definitions are not copied here but where they are used.
    const isNamed =
      key === 'properties' || key === 'dependentSchemas' || key === 'patternProperties';
    if (!isNamed || !isRecord(value)) return [];
    const properties = Object.entries(value).map(([name, each]) => [name, this.#node(each)]);
    return [[key, Object.fromEntries(properties)]];
  }
}

/**
 * Returns `true` if the validator can compare a pattern. It only supports patterns that are valid
 * with the flag `u`.
 */
function isComparedPattern(pattern: string): boolean {
  return pattern.length <= MAX_PATTERN_LENGTH && isRegExp(pattern, 'u');
}
