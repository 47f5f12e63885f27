import {
  checkFilterSize,
  findUnmappedField,
  unmappedFieldMessage,
} from '../../filter/check_fields.ts';
import type { Filter } from '../../filter/filter.ts';
import type { SearchRequest, SortField } from '../../store/document_store.ts';
import type { SqliteConnection } from './connection.ts';
import { conjuncts, findDrivingCondition } from './driving_condition.ts';
import { filterToSql, type SqlCondition } from './filter_to_sql.ts';
import { holdsLists } from './holds_lists.ts';
import type { TypeTable } from './tables.ts';

/** How one table is searched. The two conditions match the same documents by different ways. */
export interface SearchPlan {
  /** For the page: documents are wanted in order, and only the first few. */
  readonly page: SqlCondition;
  /** For the total: no document is wanted. */
  readonly count: SqlCondition;
  /** One selective condition gives few documents, which are sorted then. Otherwise the index of the sorted field gives the order. */
  readonly isDriven: boolean;
  /** The selective condition matches nothing. */
  readonly isEmpty: boolean;
}

type Conditions = Pick<SearchRequest, 'filter' | 'namespaces'>;

/**
 * Refuses what the tables cannot answer.
 * @throws TypeError naming the field
 */
export function checkFields(
  tables: readonly TypeTable[],
  request: { readonly filter?: Filter; readonly sort?: readonly SortField[] },
): void {
  if (request.filter !== undefined) checkFilterSize(request.filter);
  const types = tables.map(({ type, mappings }) => ({ name: type, mappings }));
  const unmapped = findUnmappedField(types, request);
  if (unmapped !== undefined) {
    throw new TypeError(unmappedFieldMessage(unmapped.type, unmapped.field));
  }
}

/** Decides what SQLite's planner cannot know: whether a filter is selective. */
export function planSearch(
  connection: SqliteConnection,
  table: TypeTable,
  request: Conditions,
): SearchPlan {
  const driving = findDrivingCondition(connection, table, request.filter);
  if (driving !== undefined) {
    const useIndexes = (condition: Filter): boolean => condition === driving.condition;
    const driven = build(connection, table, request, { useIndexes, namespaceIndex: false });
    return { page: driven, count: driven, isDriven: true, isEmpty: driving.keys.length === 0 };
  }
  const byIndex = { useIndexes: () => true, namespaceIndex: request.filter === undefined };
  // Finding words in a document means reading it; their index finds all matches before the first is read.
  const useIndexes = (condition: Filter): boolean => condition.op === 'matches';
  return {
    page: build(connection, table, request, { useIndexes, namespaceIndex: false }),
    count: build(connection, table, request, byIndex),
    isDriven: false,
    isEmpty: false,
  };
}

/** The whole condition of a request, to be checked on documents that were found by their keys. */
export function checkedCondition(
  connection: SqliteConnection,
  table: TypeTable,
  request: Conditions,
): SqlCondition {
  return build(connection, table, request, { useIndexes: () => false, namespaceIndex: false });
}

interface IndexChoice {
  readonly useIndexes: (condition: Filter) => boolean;
  readonly namespaceIndex: boolean;
}

function build(
  connection: SqliteConnection,
  table: TypeTable,
  { filter, namespaces }: Conditions,
  { useIndexes, namespaceIndex }: IndexChoice,
): SqlCondition {
  const conditions = conjuncts(filter).map((condition) =>
    filterToSql(condition, {
      table,
      holdsLists: (field) => holdsLists(connection, table, field),
      useIndexes: useIndexes(condition),
    }),
  );
  if (namespaces !== undefined && !table.isAgnostic) {
    conditions.push({
      sql: `${namespaceIndex ? '' : '+'}namespace IN (SELECT value FROM json_each(?))`,
      params: [JSON.stringify(namespaces)],
    });
  }
  if (conditions.length === 0) return { sql: '1', params: [] };
  return {
    sql: conditions.map(({ sql }) => sql).join(' AND '),
    params: conditions.flatMap(({ params }) => params),
  };
}
