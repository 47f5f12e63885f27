import type { Filter, FilterValue } from '../../filter/filter.ts';
import { searchWords } from '../../filter/words.ts';
import type { FieldMapping } from '../../types/saved_objects_type.ts';
import { indexedValue, indexedWord } from './indexed_values.ts';

/** A query of Elasticsearch. Its values are JSON values, which Elasticsearch does not parse. */
export type Query = Readonly<Record<string, unknown>>;

/** Maximum terms of one query. Elasticsearch accepts 65,536. */
const MAX_TERMS = 65_000;

const EVERYTHING: Query = { match_all: {} };
const NOTHING: Query = { match_none: {} };

/**
 * Translates a filter to a query of Elasticsearch.
 * @param mappings the mappings of all fields of the filter, by name
 */
export function filterToQuery(
  filter: Filter,
  mappings: Readonly<Record<string, FieldMapping>>,
): Query {
  switch (filter.op) {
    case 'equals':
      return isOneOf(filter.field, [filter.value], mappings);
    case 'in':
      return isOneOf(filter.field, filter.values, mappings);
    case 'before':
      return range(filter.field, 'lt', filter.value, mappings);
    case 'after':
      return range(filter.field, 'gt', filter.value, mappings);
    case 'exists':
      return { term: { present: filter.field } };
    case 'matches':
      return matches(filter.field, filter.text);
    case 'and':
      return all(filter.filters.map((inner) => filterToQuery(inner, mappings)));
    case 'or':
      return any(filter.filters.map((inner) => filterToQuery(inner, mappings)));
    case 'not':
      return { bool: { must_not: [filterToQuery(filter.filter, mappings)] } };
  }
}

/** Matches documents that match all queries. Without queries it matches everything. */
function all(queries: readonly Query[]): Query {
  return queries.length === 0 ? EVERYTHING : { bool: { filter: queries } };
}

/** Matches documents that match at least one query. Without queries it matches nothing. */
function any(queries: readonly Query[]): Query {
  return queries.length === 0 ? NOTHING : { bool: { should: queries, minimum_should_match: 1 } };
}

function isOneOf(
  field: string,
  values: readonly FilterValue[],
  mappings: Readonly<Record<string, FieldMapping>>,
): Query {
  const mapping = mappings[field];
  if (mapping === undefined) return NOTHING;
  const terms = values
    .map((value) => indexedValue(mapping, value))
    .filter((value) => value !== undefined);
  const chunks: Query[] = [];
  for (let from = 0; from < terms.length; from += MAX_TERMS) {
    chunks.push({ terms: { [`fields.${field}`]: terms.slice(from, from + MAX_TERMS) } });
  }
  return any(chunks);
}

function range(
  field: string,
  bound: 'lt' | 'gt',
  given: FilterValue,
  mappings: Readonly<Record<string, FieldMapping>>,
): Query {
  const mapping = mappings[field];
  const value = mapping === undefined ? undefined : indexedValue(mapping, given);
  if (mapping === undefined || value === undefined) return NOTHING;
  // `false` is before `true`. Elasticsearch has no ranges of booleans.
  if (typeof value === 'boolean') {
    return value === (bound === 'lt') ? { term: { [`fields.${field}`]: !value } } : NOTHING;
  }
  return { range: { [`fields.${field}`]: { [bound]: value } } };
}

/**
 * Returns a query for words by their beginnings. A field that is a single word is not stored in
 * `words`, so the beginning of that word is also searched in `fields`.
 */
function matches(field: string, text: string): Query {
  return all(
    searchWords(text).map((word) => {
      const value = indexedWord(word);
      return any([
        { prefix: { [`words.${field}`]: { value } } },
        { prefix: { [`fields.${field}`]: { value, case_insensitive: true } } },
      ]);
    }),
  );
}
