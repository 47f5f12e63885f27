import type { SortField } from '../../filter/filter.ts';
import type { SearchRequest, SearchResult } from '../../store/document_store.ts';
import type { SqliteConnection } from './connection.ts';
import { selectedColumns, toDocument } from './rows.ts';
import { checkFields, planSearch, type SearchPlan } from './search_plan.ts';
import { fieldExpression, type TypeTable } from './tables.ts';

const MAX_LIMIT = 10_000;

/**
 * Returns one page of documents and the number of all matches.
 * @throws TypeError for an invalid page
 */
export function searchDocuments(
  connection: SqliteConnection,
  tables: readonly TypeTable[],
  request: SearchRequest,
): SearchResult {
  const { limit, offset = 0, sort = [], fields } = request;
  checkPage(limit, offset);
  checkFields(tables, request);
  const parts = tables
    .map((table) => ({ table, plan: planSearch(connection, table, request) }))
    .filter(({ plan }) => !plan.isEmpty);
  if (parts.length === 0) return { documents: [], total: 0 };
  const params = parts.flatMap(({ plan }) => plan.page.params);
  const selects = parts.map(
    ({ table, plan }) =>
      `SELECT '${table.type}' AS type, ${selectedColumns(table.type, fields)}${sortColumns(sort)} FROM ${table.table} WHERE ${plan.page.sql}`,
  );
  const sql = `${selects.join(' UNION ALL ')} ORDER BY ${orderBy(sort, parts)} LIMIT ? OFFSET ?`;
  const documents = connection
    .statement(sql)
    .all(...params, limit, offset)
    .map((row) => toDocument(row, String(row['type']), fields));
  const isLastPage = documents.length < limit && (documents.length > 0 || offset === 0);
  const total = isLastPage ? offset + documents.length : count(connection, parts);
  return { documents, total };
}

interface Part {
  readonly table: TypeTable;
  readonly plan: SearchPlan;
}

function count(connection: SqliteConnection, parts: readonly Part[]): number {
  const counts = parts.map(
    ({ table, plan }) => `(SELECT COUNT(*) FROM ${table.table} WHERE ${plan.count.sql})`,
  );
  const params = parts.flatMap(({ plan }) => plan.count.params);
  const row = connection.statement(`SELECT ${counts.join(' + ')} AS total`).get(...params);
  return Number(row?.['total']);
}

/** Returns columns with the sort values. SQLite can order a compound select only by columns. */
function sortColumns(sort: readonly SortField[]): string {
  return sort.map(({ field }, i) => `, ${fieldExpression(field)} AS sort_${i}`).join('');
}

/**
 * Returns the `ORDER BY` terms. Documents without the field are last in both directions. Documents
 * with equal values are sorted by key in the direction of the last field, so one index serves both
 * directions.
 */
function orderBy(sort: readonly SortField[], parts: readonly Part[]): string {
  const [first] = parts;
  const plus = first?.plan.isDriven ? '+' : '';
  const terms = sort.map(({ field, order }, i) => {
    const expression = parts.length > 1 ? `sort_${i}` : `${plus}${fieldExpression(field)}`;
    return `${expression} ${order === 'desc' ? 'DESC' : 'ASC'} NULLS LAST`;
  });
  // In a compound select, `key` must be a plain column. In a single select, the plus sign keeps the
  // query planner from using the index of the key when a selective condition is better.
  const key = parts.length === 1 ? `${plus}key` : 'key';
  const tieBreak = sort.at(-1)?.order === 'desc' ? `${key} DESC` : `${key} ASC`;
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
