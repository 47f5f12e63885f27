import { z } from 'zod';
import type { ApiKey } from '../store/api_key.ts';
import { parseInstant } from './instant.ts';
import { FIELD_NAMES, fieldOf, isDateField, type ReadValues } from './key_fields.ts';
import { hasUnsupportedOperator, simpleQueryString } from './simple_query_string.ts';
import { wildcard } from './wildcard.ts';

/** Tells if a query matches a key at an instant. */
export type KeyCondition = (key: ApiKey, nowMs: number) => boolean;

/** Thrown for an invalid or unsupported query. */
export class KeyQueryError extends Error {
  /** Path from the query to the invalid part. */
  readonly path: readonly string[];

  constructor(path: readonly string[], message: string) {
    super(message);
    this.name = 'KeyQueryError';
    this.path = path;
  }
}

/** Maximum number of conditions in a query. It limits the work per key. */
const MAX_QUERIES = 50;
const MAX_DEPTH = 20;
const MAX_VALUES = 100;
/**
 * Maximum characters of all wildcard patterns together, because each may be compared with all
 * metadata.
 */
const MAX_WILDCARD_LENGTH = 256;
/**
 * Maximum characters of all texts of `simple_query_string` together, because each of their words
 * is compared with all words of a key.
 */
const MAX_SEARCH_LENGTH = 256;

interface Place {
  readonly path: readonly string[];
  readonly depth: number;
  /** Number of conditions, and characters of patterns and searches, so far, in the whole tree. */
  readonly seen: { queries: number; wildcardLength: number; searchLength: number };
}

type Parse = (body: unknown, place: Place) => KeyCondition;

const text = z.string().max(512);
const scalar = z.union([text, z.number(), z.boolean()]);
const boost = z.number().optional();
const caseInsensitive = z.boolean().default(false);

const matchAllBody = z.strictObject({ boost });
const termBody = z.strictObject({ value: scalar, case_insensitive: caseInsensitive, boost });
const matchBody = z.strictObject({ query: scalar, operator: z.string().max(3).optional(), boost });
const prefixBody = z.strictObject({ value: text, case_insensitive: caseInsensitive, boost });
const wildcardBody = z.strictObject({
  value: z.string().max(256),
  case_insensitive: caseInsensitive,
  boost,
});
const rangeBody = z.strictObject({
  gt: scalar.optional(),
  gte: scalar.optional(),
  lt: scalar.optional(),
  lte: scalar.optional(),
  boost,
});
const values = z.array(scalar).max(MAX_VALUES);
const idsBody = z.strictObject({ values: z.union([text, z.array(text).max(MAX_VALUES)]) });
const existsBody = z.strictObject({ field: text });
const boolBody = z.strictObject({
  must: z.unknown().optional(),
  filter: z.unknown().optional(),
  should: z.unknown().optional(),
  must_not: z.unknown().optional(),
  minimum_should_match: z.union([z.int().min(0), z.string().regex(/^\d{1,3}$/)]).optional(),
  boost,
});
const simpleQueryStringBody = z.strictObject({
  query: z.string().max(MAX_SEARCH_LENGTH),
  fields: z.array(text).max(10).optional(),
  default_operator: z.enum(['AND', 'OR', 'and', 'or']).default('or'),
});

const QUERIES: Readonly<Record<string, Parse>> = {
  match_all: (body, place) => {
    read(matchAllBody, body, place);
    return () => true;
  },
  bool: parseBool,
  term: (body, place) => {
    const { field, options } = readField(body, place, termBody, 'value');
    return equals(field, [options.value], options.case_insensitive, place);
  },
  terms: (body, place) => {
    const { name, value } = onlyMember(body, place);
    return equals(name, read(values, value, step(place, name)), false, place);
  },
  match: (body, place) => {
    const { field, options } = readField(body, place, matchBody, 'query');
    return equals(field, [options.query], false, place);
  },
  ids: (body, place) => {
    const ids = new Set([read(idsBody, body, place).values].flat());
    return ({ id }) => ids.has(id);
  },
  prefix: (body, place) => {
    const { field, options } = readField(body, place, prefixBody, 'value');
    const fold = foldCase(options.case_insensitive);
    const start = fold(options.value);
    return anyText(field, place, (one) => fold(one).startsWith(start));
  },
  wildcard: (body, place) => {
    const { field, options } = readField(body, place, wildcardBody, 'value');
    place.seen.wildcardLength += options.value.length;
    if (place.seen.wildcardLength > MAX_WILDCARD_LENGTH) {
      const message = `must have at most ${MAX_WILDCARD_LENGTH} characters in all its wildcards`;
      throw new KeyQueryError(place.path, message);
    }
    return anyText(field, place, wildcard(options.value, options.case_insensitive));
  },
  exists: (body, place) => {
    const values_ = valuesOf(read(existsBody, body, place).field, place);
    return (key) => values_(key).length > 0;
  },
  range: parseRange,
  simple_query_string: parseSimpleQueryString,
};

/**
 * Parses a query of Elasticsearch's "query API key" request, so that this server can evaluate it.
 * @throws KeyQueryError with path and reason if the query is invalid or not supported
 */
export function parseKeyQuery(query: unknown): KeyCondition {
  return parse(query, {
    path: [],
    depth: 1,
    seen: { queries: 0, wildcardLength: 0, searchLength: 0 },
  });
}

function parse(query: unknown, place: Place): KeyCondition {
  place.seen.queries += 1;
  if (place.seen.queries > MAX_QUERIES) {
    throw new KeyQueryError(place.path, `must have at most ${MAX_QUERIES} conditions`);
  }
  if (place.depth > MAX_DEPTH) {
    throw new KeyQueryError(place.path, `must be nested at most ${MAX_DEPTH} deep`);
  }
  const { name, value } = onlyMember(query, place);
  const parseBody = Object.hasOwn(QUERIES, name) ? QUERIES[name] : undefined;
  if (parseBody === undefined) {
    const supported = Object.keys(QUERIES).join(', ');
    throw new KeyQueryError(place.path, `must be one of the supported queries: ${supported}`);
  }
  return parseBody(value, step(place, name));
}

function parseBool(body: unknown, place: Place): KeyCondition {
  const given = read(boolBody, body, place);
  const listOf = (name: 'must' | 'filter' | 'should' | 'must_not'): readonly KeyCondition[] => {
    const queries = given[name];
    if (queries === undefined) return [];
    const at = step(place, name);
    return Array.isArray(queries)
      ? queries.map((query, index) => parse(query, deeper(step(at, String(index)))))
      : [parse(queries, deeper(at))];
  };
  const must = [...listOf('must'), ...listOf('filter')];
  const should = listOf('should');
  const mustNot = listOf('must_not');
  const needed = Number(
    given.minimum_should_match ?? (must.length === 0 && should.length > 0 ? 1 : 0),
  );
  return (key, nowMs) => {
    const isMet = (condition: KeyCondition) => condition(key, nowMs);
    if (!must.every(isMet) || mustNot.some(isMet)) return false;
    return needed === 0 || should.filter(isMet).length >= needed;
  };
}

function parseRange(body: unknown, place: Place): KeyCondition {
  const { field, options } = readField(body, place, rangeBody, undefined);
  if (!isDateField(field)) {
    throw new KeyQueryError(
      place.path,
      'is supported only for the fields creation, expiration and invalidation',
    );
  }
  const bound = (name: 'gt' | 'gte' | 'lt' | 'lte') => {
    const given = options[name];
    return given === undefined ? undefined : instantAt(given, step(step(place, field), name));
  };
  const [gt, gte, lt, lte] = [bound('gt'), bound('gte'), bound('lt'), bound('lte')];
  const values_ = valuesOf(field, place);
  return (key, nowMs) =>
    values_(key)
      .map(Number)
      .some(
        (ms) =>
          (gt === undefined || ms > gt(nowMs)) &&
          (gte === undefined || ms >= gte(nowMs)) &&
          (lt === undefined || ms < lt(nowMs)) &&
          (lte === undefined || ms <= lte(nowMs)),
      );
}

function parseSimpleQueryString(body: unknown, place: Place): KeyCondition {
  const { query, fields, default_operator: operator } = read(simpleQueryStringBody, body, place);
  if (hasUnsupportedOperator(query)) {
    throw new KeyQueryError(
      step(place, 'query').path,
      'must not contain parentheses or ~ outside of quotes',
    );
  }
  place.seen.searchLength += query.length;
  if (place.seen.searchLength > MAX_SEARCH_LENGTH) {
    const message = `must have at most ${MAX_SEARCH_LENGTH} characters in all its texts to search`;
    throw new KeyQueryError(place.path, message);
  }
  const names = new Set(fields ?? ['name', 'username']);
  const searched = [...names].map((field) => valuesOf(field, place));
  const test = simpleQueryString(query, operator.toLowerCase() === 'and' ? 'and' : 'or');
  return (key) => test(searched.flatMap((values_) => values_(key).map(String)));
}

/** Compares values as texts, like fields of type `keyword`, and dates as times. */
function equals(
  field: string,
  wanted: readonly unknown[],
  ignoresCase: boolean,
  place: Place,
): KeyCondition {
  if (isDateField(field)) {
    const values_ = valuesOf(field, place);
    const instants = wanted.map((one) => instantAt(one, step(place, field)));
    return (key, nowMs) =>
      values_(key).some((ms) => instants.some((instant) => instant(nowMs) === ms));
  }
  const fold = foldCase(ignoresCase);
  const texts = new Set(wanted.map((one) => fold(String(one))));
  return anyText(field, place, (one) => texts.has(fold(one)));
}

function anyText(field: string, place: Place, test: (text: string) => boolean): KeyCondition {
  const values_ = valuesOf(field, place);
  return (key) => values_(key).some((value) => test(String(value)));
}

const foldCase = (ignoresCase: boolean) => (one: string) => (ignoresCase ? one.toLowerCase() : one);

function instantAt(given: unknown, place: Place) {
  const instant = parseInstant(given);
  if (instant !== undefined) return instant;
  throw new KeyQueryError(
    place.path,
    'must be milliseconds, an ISO date, now, or a distance such as now-7d',
  );
}

function valuesOf(field: string, place: Place): ReadValues {
  const found = fieldOf(field);
  if (found !== undefined) return found;
  throw new KeyQueryError(
    place.path,
    `must name one of the fields ${FIELD_NAMES.join(', ')}, metadata.*`,
  );
}

/**
 * Reads the single field of a query, and the options below it.
 * @param short name of the option that a plain value stands for
 */
function readField<T extends z.ZodType>(
  body: unknown,
  place: Place,
  schema: T,
  short: string | undefined,
): { readonly field: string; readonly options: z.output<T> } {
  const { name, value } = onlyMember(body, place);
  const isBare = short !== undefined && (typeof value !== 'object' || value === null);
  return {
    field: name,
    options: read(schema, isBare ? { [short]: value } : value, step(place, name)),
  };
}

function onlyMember(
  body: unknown,
  place: Place,
): { readonly name: string; readonly value: unknown } {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  const [member, ...others] = isObject ? Object.entries(body) : [];
  if (member === undefined || others.length > 0) {
    throw new KeyQueryError(place.path, 'must be an object with one member');
  }
  return { name: member[0], value: member[1] };
}

function read<T extends z.ZodType>(schema: T, body: unknown, place: Place): z.output<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new KeyQueryError(
    [...place.path, ...(issue?.path ?? []).map(String)],
    issue?.message ?? 'is not valid',
  );
}

const step = (place: Place, name: string): Place => ({ ...place, path: [...place.path, name] });
const deeper = (place: Place): Place => ({ ...place, depth: place.depth + 1 });
