import type { FieldMapping } from '../types/saved_objects_type.ts';
import type { Filter, SortField } from './filter.ts';

/** Maximum conditions in one filter. A larger filter is a mistake of the caller. */
const MAX_CONDITIONS = 500;
/** Maximum nesting. A deeper filter could overflow the parser of a store. */
const MAX_DEPTH = 20;

/** A searched type with its mapped attributes and built-in fields. */
export interface SearchedType {
  readonly name: string;
  readonly mappings: Readonly<Record<string, FieldMapping>>;
}

/**
 * Returns the first field of the request that one of the types has no mapping for. `undefined`: all
 * fields are mapped.
 */
export function findUnmappedField(
  types: readonly SearchedType[],
  request: { readonly filter?: Filter; readonly sort?: readonly SortField[] },
): { readonly type: string; readonly field: string } | undefined {
  for (const field of searchedFields(request)) {
    const type = types.find(({ mappings }) => !Object.hasOwn(mappings, field));
    if (type !== undefined) return { type: type.name, field };
  }
  return undefined;
}

/** Returns the fields that the request filters or sorts by, without duplicates. */
export function searchedFields(request: {
  readonly filter?: Filter;
  readonly sort?: readonly SortField[];
}): readonly string[] {
  const fields = new Set((request.sort ?? []).map((sort) => sort.field));
  if (request.filter !== undefined) collectFields(request.filter, fields);
  return [...fields];
}

/** Returns the error message for an unmapped field. Both stores and the repository use it. */
export function unmappedFieldMessage(type: string, field: string): string {
  return `Type [${type}] has no mapping for [${field}], so a search cannot filter or sort by it.`;
}

/**
 * Refuses a filter that is too large to be translated safely into a query.
 * @throws TypeError
 */
export function checkFilterSize(filter: Filter): void {
  let conditions = 0;
  const walk = (node: Filter, depth: number): void => {
    conditions += 1;
    if (depth > MAX_DEPTH) {
      throw new TypeError(`A filter is nested more than ${MAX_DEPTH} levels deep.`);
    }
    if (conditions > MAX_CONDITIONS) {
      throw new TypeError(`A filter has more than ${MAX_CONDITIONS} conditions.`);
    }
    for (const inner of children(node)) walk(inner, depth + 1);
  };
  walk(filter, 1);
}

/** Characters that a name of an attribute may have, so that it needs no escaping in a query. */
const ATTRIBUTE_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/;

/**
 * Rejects names of attributes that a store cannot use in a query.
 * @throws TypeError that names the attribute
 */
export function checkFieldNames(names: readonly string[]): void {
  const invalid = names.find((name) => !ATTRIBUTE_NAME.test(name));
  if (invalid !== undefined) throw new TypeError(`[${invalid}] is not the name of an attribute.`);
}

function collectFields(filter: Filter, fields: Set<string>): void {
  if ('field' in filter) fields.add(filter.field);
  for (const inner of children(filter)) collectFields(inner, fields);
}

function children(filter: Filter): readonly Filter[] {
  if (filter.op === 'not') return [filter.filter];
  return filter.op === 'and' || filter.op === 'or' ? filter.filters : [];
}
