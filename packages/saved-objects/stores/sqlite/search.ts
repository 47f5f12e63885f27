import type { SQLInputValue } from 'node:sqlite';
import {
  checkFilterSize,
  findUnmappedField,
  unmappedFieldMessage,
} from '../../filter/check_fields.ts';
import type { Filter } from '../../filter/filter.ts';
import type { SearchRequest, SearchResult, SortField } from '../../store/document_store.ts';
import type { SqliteConnection } from './connection.ts';
import { filterToSql, type SqlCondition } from './filter_to_sql.ts';
import { COLUMNS, toDocument } from './rows.ts';
import { fieldExpression, isList, mayHoldList, type TypeTable } from './tables.ts';

const MAX_LIMIT = 10_000;

/** One page of documents and the number of all matches. */
export function searchDocuments(
  connection: SqliteConnection,
  tables: readonly TypeTable[],
  request: SearchRequest,
): SearchResult {
  const { limit, offset = 0, sort = [] } = request;
  checkPage(limit, offset);
  checkFields(tables, request);
  const parts = tables.map((table) => ({ table, where: where(connection, table, request) }));
  const params = parts.flatMap((part) => part.where.params);
  const selects = parts.map(
    ({ table, where: { sql } }) =>
      `SELECT '${table.type}' AS type, ${COLUMNS}${sortColumns(sort)} FROM ${table.table} WHERE ${sql}`,
  );
  const sql = `${selects.join(' UNION ALL ')} ORDER BY ${orderBy(sort, parts.length > 1)} LIMIT ? OFFSET ?`;
  const documents = connection
    .statement(sql)
    .all(...params, limit, offset)
    .map((row) => toDocument(row, String(row['type'])));
  const isLastPage = documents.length < limit && (documents.length > 0 || offset === 0);
  const total = isLastPage ? offset + documents.length : count(connection, parts, params);
  return { documents, total };
}

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

/** The condition of a search or iteration on one table. */
export function where(
  connection: SqliteConnection,
  table: TypeTable,
  request: Pick<SearchRequest, 'filter' | 'namespaces' | 'sort'>,
): SqlCondition {
  const { filter, namespaces, sort } = request;
  const holdsLists = (field: string): boolean => {
    const mapping = table.mappings[field];
    if (mapping === undefined || !mayHoldList(mapping, field)) return false;
    const sql = `SELECT 1 FROM ${table.table} WHERE ${isList(field)} LIMIT 1`;
    return connection.statement(sql).get() !== undefined;
  };
  const conditions: SqlCondition[] = [];
  if (filter !== undefined) conditions.push(filterToSql(filter, { table, holdsLists }));
  if (namespaces !== undefined && !table.isAgnostic) {
    // The plus keeps the planner from its namespace index, which it would prefer to a far more selective one.
    const column = filter === undefined && sort === undefined ? 'namespace' : '+namespace';
    conditions.push({
      sql: `${column} IN (SELECT value FROM json_each(?))`,
      params: [JSON.stringify(namespaces)],
    });
  }
  if (conditions.length === 0) return { sql: '1', params: [] };
  return {
    sql: conditions.map(({ sql }) => sql).join(' AND '),
    params: conditions.flatMap(({ params }) => params),
  };
}

function count(
  connection: SqliteConnection,
  parts: readonly { readonly table: TypeTable; readonly where: SqlCondition }[],
  params: readonly SQLInputValue[],
): number {
  const counts = parts.map(
    ({ table, where: { sql } }) => `(SELECT COUNT(*) FROM ${table.table} WHERE ${sql})`,
  );
  const row = connection.statement(`SELECT ${counts.join(' + ')} AS total`).get(...params);
  return Number(row?.['total']);
}

/** A compound select can only be ordered by columns, so the sorted values become some. */
function sortColumns(sort: readonly SortField[]): string {
  return sort.map(({ field }, i) => `, ${fieldExpression(field)} AS sort_${i}`).join('');
}

/** Documents without the field come last either way. The tie-break runs with the last field, so one index serves both directions. */
function orderBy(sort: readonly SortField[], isCompound: boolean): string {
  const terms = sort.map(({ field, order }, i) => {
    const expression = isCompound ? `sort_${i}` : fieldExpression(field);
    return `${expression} ${order === 'desc' ? 'DESC' : 'ASC'} NULLS LAST`;
  });
  const tieBreak = sort.at(-1)?.order === 'desc' ? 'key DESC' : 'key ASC';
  return [...terms, tieBreak].join(', ');
}

function checkPage(limit: number, offset: number): void {
  if (!Number.isInteger(limit) || limit < 0 || limit > MAX_LIMIT) {
    throw new TypeError(`The limit of a search must be a whole number from 0 to ${MAX_LIMIT}.`);
  }
  if (!Number.isInteger(offset) || offset < 0) {
    throw new TypeError('The offset of a search must be a whole number from 0.');
  }
}
