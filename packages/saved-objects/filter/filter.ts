/** A value an attribute can be compared with. Dates are compared as ISO strings. */
export type FilterValue = string | number | boolean;

/**
 * A search condition as a tree. Only {@link filter} builds it, so no caller ever concatenates a query. `field` is the name
 * of a mapped attribute (dots step into objects), or one of the document's own fields `updatedAt` and `modelVersion`. A
 * document without the field matches no comparison; one that holds a list in it matches when an element does. Instants are
 * compared in the notation of `Date.toISOString`, so that is how attributes must hold them.
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

/** The filter builder. Values are data and are never parsed. */
export const filter = {
  equals: (field: string, value: FilterValue): Filter => ({ op: 'equals', field, value }),
  /** An empty list matches nothing. */
  isOneOf: (field: string, values: readonly FilterValue[]): Filter => ({ op: 'in', field, values }),
  /** Strictly smaller (earlier). */
  before: (field: string, value: FilterValue | Date): Filter => ({
    op: 'before',
    field,
    value: plain(value),
  }),
  /** Strictly greater (later). */
  after: (field: string, value: FilterValue | Date): Filter => ({
    op: 'after',
    field,
    value: plain(value),
  }),
  exists: (field: string): Filter => ({ op: 'exists', field }),
  /** Case-insensitive, every word of `text` must begin a word of the field; without any word everything matches. For people's search boxes. */
  matches: (field: string, text: string): Filter => ({ op: 'matches', field, text }),
  and: (...filters: readonly Filter[]): Filter => ({ op: 'and', filters }),
  or: (...filters: readonly Filter[]): Filter => ({ op: 'or', filters }),
  not: (inner: Filter): Filter => ({ op: 'not', filter: inner }),
} as const;

function plain(value: FilterValue | Date): FilterValue {
  return value instanceof Date ? value.toISOString() : value;
}
