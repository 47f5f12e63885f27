import {
  checkFieldNames,
  checkFilterSize,
  findUnmappedField,
  unmappedFieldMessage,
} from '../../filter/check_fields.ts';
import { type Filter, filter } from '../../filter/filter.ts';
import type { SearchRequest } from '../../store/document_store.ts';
import type { SqliteConnection } from './connection.ts';
import { conjuncts, findDrivingCondition, isIndexed } from './driving_condition.ts';
import { filterToSql, holdsLists, type SqlCondition } from './filter_to_sql.ts';
import type { TypeTable } from './tables.ts';

/**
 * Conditions of a search in one table. Both match the same documents, but use different indexes.
 */
export interface SearchPlan {
  /** Condition for the page, which needs the first documents in order. */
  readonly page: SqlCondition;
  /** Condition for the total, which needs no documents. */
  readonly count: SqlCondition;
  /**
   * `true`: a selective condition finds few documents, which are then sorted. `false`: the index of
   * the sort field determines the order.
   */
  readonly isDriven: boolean;
  /** `true`: the selective condition matches no document. */
  readonly isEmpty: boolean;
}

type Conditions = Pick<SearchRequest, 'filter' | 'namespaces'>;

/**
 * Rejects a request that is too large, filters or sorts by a field without a mapping, or selects an
 * invalid name.
 * @throws TypeError that names the field
 */
export function checkFields(
  tables: readonly TypeTable[],
  request: Pick<SearchRequest, 'filter' | 'sort' | 'fields'>,
): void {
  checkFieldNames(request.fields?.names ?? []);
  if (request.filter !== undefined) checkFilterSize(request.filter);
  const types = tables.map(({ type, mappings }) => ({ name: type, mappings }));
  const unmapped = findUnmappedField(types, request);
  if (unmapped !== undefined) {
    throw new TypeError(unmappedFieldMessage(unmapped.type, unmapped.field));
  }
}

/**
 * Plans a search. The plan depends on whether the filter is selective, which the query planner of
 * SQLite cannot know.
 */
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
  // To check words on a document, the document must be read. The index finds all matches without
  // that.
  const useIndexes = (condition: Filter): boolean => condition.op === 'matches';
  return {
    page: build(connection, table, request, { useIndexes, namespaceIndex: false }),
    count: build(connection, table, request, byIndex),
    isDriven: false,
    isEmpty: false,
  };
}

/** Returns the whole condition of a request, for documents that are found by their keys. */
export function checkedCondition(
  connection: SqliteConnection,
  table: TypeTable,
  request: Conditions,
): SqlCondition {
  const read = { ...table, isLarge: false };
  return build(connection, read, request, { useIndexes: () => false, namespaceIndex: false });
}

/**
 * Returns the part of the condition that indexes of a type with large attributes can check. The
 * part reads all matches of each index, so a statement with it should not be repeated for each
 * batch.
 * @returns `undefined` if indexes can check no part of the filter
 */
export function indexedCondition(
  connection: SqliteConnection,
  table: TypeTable,
  request: Conditions,
): SqlCondition | undefined {
  const filters = conjuncts(request.filter).filter(
    (each) => each.op === 'matches' || isIndexed(connection, table, each),
  );
  if (!table.isLarge || filters.length === 0) return undefined;
  const part = { ...request, filter: filter.and(...filters) };
  return build(connection, table, part, { useIndexes: () => false, namespaceIndex: false });
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
  const conditions = conjuncts(filter).map((condition) => {
    const scope = { table, holdsLists: (field: string) => holdsLists(connection, table, field) };
    const isDriving = useIndexes(condition);
    if (!table.isLarge || !isIndexed(connection, table, condition)) {
      const isByWords = table.isLarge && condition.op === 'matches';
      return filterToSql(condition, { ...scope, useIndexes: isDriving || isByWords });
    }
    const { sql, params } = filterToSql(condition, { ...scope, useIndexes: true });
    const rowid = isDriving ? 'rowid' : '+rowid';
    return { sql: `${rowid} IN (SELECT rowid FROM ${table.table} WHERE ${sql})`, params };
  });
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
