import type { SQLInputValue } from 'node:sqlite';
import type { Filter, FilterValue } from '../../filter/filter.ts';
import { searchWords } from '../../filter/words.ts';
import type { SqliteConnection } from './connection.ts';
import { fieldExpression, isList, mayHoldList, type TypeTable } from './tables.ts';

/** An SQL condition with its bound values. The text never contains a value. */
export interface SqlCondition {
  readonly sql: string;
  readonly params: readonly SQLInputValue[];
}

/** Input of {@link filterToSql} about the searched table. */
export interface FilterScope {
  readonly table: TypeTable;
  /**
   * Returns `true` if any stored document has a list in the field. If not, a plain comparison can
   * use the index.
   */
  readonly holdsLists: (field: string) => boolean;
  /**
   * `false`: the conditions only check documents that are found in another way. A unary plus before
   * the expression keeps the query planner of SQLite from using the index of the expression.
   */
  readonly useIndexes: boolean;
}

const EVERYTHING: SqlCondition = { sql: '1', params: [] };
const NOTHING: SqlCondition = { sql: '0', params: [] };
const ASCII = /^[a-z0-9_]+$/;
const MAX_HINT_LENGTH = 100;

/**
 * Translates a filter whose fields are all mapped to an SQL condition. A document without the field
 * matches no comparison.
 */
export function filterToSql(filter: Filter, scope: FilterScope): SqlCondition {
  switch (filter.op) {
    case 'equals':
      return isOneOf(filter.field, [filter.value], scope);
    case 'in':
      return isOneOf(filter.field, filter.values, scope);
    case 'before':
    case 'after':
      return range(filter, scope);
    case 'exists':
      return { sql: `${expressionOf(filter.field, scope)} IS NOT NULL`, params: [] };
    case 'matches':
      return matches(filter.field, filter.text, scope);
    case 'and':
      return join(filter.filters, 'AND', scope);
    case 'or':
      return join(filter.filters, 'OR', scope);
    case 'not': {
      if (filter.filter.op === 'exists') {
        return { sql: `${expressionOf(filter.filter.field, scope)} IS NULL`, params: [] };
      }
      const inner = filterToSql(filter.filter, scope);
      // A comparison with a missing field is NULL, and `NOT NULL` is NULL as well, so `NOT` would
      // drop the document.
      return { sql: `((${inner.sql}) IS NOT TRUE)`, params: inner.params };
    }
  }
}

/**
 * Returns `true` if any stored document has a list in the field, so that a comparison has to check
 * its elements. Reads a small index.
 */
export function holdsLists(connection: SqliteConnection, table: TypeTable, field: string): boolean {
  const mapping = table.mappings[field];
  if (mapping === undefined || !mayHoldList(mapping)) return false;
  const sql = `SELECT 1 FROM ${table.table} WHERE ${isList(field)} LIMIT 1`;
  return connection.statement(sql).get() !== undefined;
}

function isOneOf(field: string, values: readonly FilterValue[], scope: FilterScope): SqlCondition {
  const bindable = values.filter(isComparable).map((v) => toSqlValue(normalize(field, v, scope)));
  if (bindable.length === 0) return NOTHING;
  const isSingle = bindable.length === 1;
  // A list of values is one parameter, so that lists of any length use the same statement.
  const set = isSingle ? '= ?' : 'IN (SELECT value FROM json_each(?))';
  const param = isSingle ? (bindable[0] ?? null) : JSON.stringify(bindable);
  const plain = { sql: `${expressionOf(field, scope)} ${set}`, params: [param] };
  if (!scope.holdsLists(field)) return plain;
  // `json_each` would parse the whole document again. The list is taken from the parsed document.
  const list = `CASE WHEN ${isList(field)} THEN ${fieldExpression(field)} END`;
  const element = `EXISTS (SELECT 1 FROM json_each(${list}) AS element WHERE element.value ${set})`;
  return {
    sql: `(${plain.sql} OR (${isList(field)} AND ${element}))`,
    params: [param, param],
  };
}

/**
 * Returns a condition for a range of numbers or of texts. SQLite sorts numbers before all texts, so
 * the range has a second bound: a number must not match a range of texts, nor a text a range of
 * numbers.
 */
function range(
  { op, field, value: given }: Extract<Filter, { op: 'before' | 'after' }>,
  scope: FilterScope,
): SqlCondition {
  if (!isComparable(given)) return NOTHING;
  const expression = expressionOf(field, scope);
  const value = normalize(field, given, scope);
  const param = toSqlValue(value);
  if (op === 'before') {
    const floor = typeof value === 'string' ? ` AND ${expression} >= ''` : '';
    return { sql: `(${expression} < ?${floor})`, params: [param] };
  }
  const ceiling = typeof value === 'string' ? '' : ` AND ${expression} < ''`;
  return { sql: `(${expression} > ?${ceiling})`, params: [param] };
}

/**
 * Returns a condition for words. It compares with the function `matches_words`, because SQLite
 * ignores case for ASCII letters only. If a searched word is ASCII, a `LIKE` first excludes
 * documents, which is many times faster.
 */
function matches(field: string, text: string, scope: FilterScope): SqlCondition {
  const searched = searchWords(text);
  if (searched.length === 0) return EVERYTHING;
  const expression = fieldExpression(field);
  const hint = searched.find((word) => ASCII.test(word));
  const conditions = [
    `${expression} IS NOT NULL`,
    ...(hint === undefined ? [] : [`${expression} LIKE ? ESCAPE '!'`]),
    `matches_words(${expression}, ?)`,
  ];
  const sql = conditions.join(' AND ');
  const params = [
    ...(hint === undefined ? [] : [`%${escapeLike(hint.slice(0, MAX_HINT_LENGTH))}%`]),
    searched.join(' '),
  ];
  // The index contains the values of the field, so SQLite does not have to read whole documents.
  const { table } = scope.table;
  if (scope.useIndexes) {
    return { sql: `rowid IN (SELECT rowid FROM ${table} WHERE ${sql})`, params };
  }
  return { sql: `(${sql})`, params };
}

function escapeLike(text: string): string {
  return text.replaceAll(/[!%_]/g, '!$&');
}

function expressionOf(field: string, scope: FilterScope): string {
  return `${scope.useIndexes ? '' : '+'}${fieldExpression(field)}`;
}

function join(
  filters: readonly Filter[],
  operator: 'AND' | 'OR',
  scope: FilterScope,
): SqlCondition {
  if (filters.length === 0) return operator === 'AND' ? EVERYTHING : NOTHING;
  const parts = filters.map((inner) => filterToSql(inner, scope));
  return {
    sql: `(${parts.map(({ sql }) => sql).join(` ${operator} `)})`,
    params: parts.flatMap(({ params }) => params),
  };
}

/**
 * Returns `true` if a value can be compared. A text with half a surrogate pair cannot be stored as
 * UTF-8; as a bound parameter it would become another text.
 */
function isComparable(value: FilterValue): boolean {
  return typeof value !== 'string' || value.isWellFormed();
}

/**
 * Converts an instant in another notation to the format of `Date.toISOString`, in which instants
 * are stored and compared as texts.
 */
function normalize(field: string, value: FilterValue, { table }: FilterScope): FilterValue {
  if (table.mappings[field]?.type !== 'date' || typeof value !== 'string') return value;
  const instant = Date.parse(value);
  return Number.isNaN(instant) ? value : new Date(instant).toISOString();
}

function toSqlValue(value: FilterValue): string | number {
  return typeof value === 'boolean' ? Number(value) : value;
}
