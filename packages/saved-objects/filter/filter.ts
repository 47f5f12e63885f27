/** A value to compare an attribute with. Dates are compared as ISO strings. */
export type FilterValue = string | number | boolean;

/**
 * A search condition as a tree. Only {@link filter} builds it, so no caller concatenates a query.
 * `field` is the name of a mapped attribute (dots lead into objects), or one of the built-in fields
 * `updatedAt` and `modelVersion`.
 * A document without the field matches no comparison. A list matches when one of its elements
 * matches.
 * Instants are compared as texts in the format of `Date.toISOString`, so attributes must store them
 * in this format.
 */
export type Filter =
  | { readonly op: 'equals'; readonly field: string; readonly value: FilterValue }
  | { readonly op: 'in'; readonly field: string; readonly values: readonly FilterValue[] }
  | { readonly op: 'before'; readonly field: string; readonly value: FilterValue }
  | { readonly op: 'after'; readonly field: string; readonly value: FilterValue }
  | { readonly op: 'exists'; readonly field: string }
  | { readonly op: 'matches'; readonly field: string; readonly text: string }
  | { readonly op: 'and'; readonly filters: readonly Filter[] }
  | { readonly op: 'or'; readonly filters: readonly Filter[] }
  | { readonly op: 'not'; readonly filter: Filter };

/** One sort criterion. The field must be mapped. */
export interface SortField {
  readonly field: string;
  readonly order: 'asc' | 'desc';
}

/** The filter builder. Values are data and are never parsed. */
export const filter = {
  equals: (field: string, value: FilterValue): Filter => ({ op: 'equals', field, value }),
  /** Matches a field that equals one of the values. An empty list matches nothing. */
  isOneOf: (field: string, values: readonly FilterValue[]): Filter => ({ op: 'in', field, values }),
  /** Matches a field that is strictly smaller (earlier) than the value. */
  before: (field: string, value: FilterValue | Date): Filter => ({
    op: 'before',
    field,
    value: plain(value),
  }),
  /** Matches a field that is strictly greater (later) than the value. */
  after: (field: string, value: FilterValue | Date): Filter => ({
    op: 'after',
    field,
    value: plain(value),
  }),
  exists: (field: string): Filter => ({ op: 'exists', field }),
  /**
   * Matches beginnings of words, for search boxes. Every word of `text` must be the beginning of a
   * word in the field; case is ignored. A `text` without words matches everything.
   */
  matches: (field: string, text: string): Filter => ({ op: 'matches', field, text }),
  and: (...filters: readonly Filter[]): Filter => ({ op: 'and', filters }),
  or: (...filters: readonly Filter[]): Filter => ({ op: 'or', filters }),
  not: (inner: Filter): Filter => ({ op: 'not', filter: inner }),
} as const;

function plain(value: FilterValue | Date): FilterValue {
  return value instanceof Date ? value.toISOString() : value;
}
