import type { SQLInputValue } from 'node:sqlite';
import type { Filter, FilterValue } from '../../filter/filter.ts';
import { searchWords } from '../../filter/words.ts';
import { fieldExpression, isList, jsonPath, type TypeTable } from './tables.ts';

/** A condition with its bound values. No value ever becomes part of the text. */
export interface SqlCondition {
  readonly sql: string;
  readonly params: readonly SQLInputValue[];
}

/** What a translation needs to know of the searched table. */
export interface FilterScope {
  readonly table: TypeTable;
  /** Whether any stored document holds a list in this field. Without one the plain comparison can use its index. */
  readonly holdsLists: (field: string) => boolean;
  /**
   * `false`: the conditions are only checked on documents found by other means. SQLite's planner is told so by a unary plus,
   * which keeps an expression from its index.
   */
  readonly useIndexes: boolean;
}

const EVERYTHING: SqlCondition = { sql: '1', params: [] };
const NOTHING: SqlCondition = { sql: '0', params: [] };
const ASCII = /^[a-z0-9_]+$/;
const MAX_HINT_LENGTH = 100;

/** Translates a filter whose fields are all mapped. A document without the field matches no comparison, as in any search engine. */
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
      // Not `NOT`: a comparison with a missing field is NULL, and NOT NULL would drop the document.
      return { sql: `((${inner.sql}) IS NOT TRUE)`, params: inner.params };
    }
  }
}

function isOneOf(field: string, values: readonly FilterValue[], scope: FilterScope): SqlCondition {
  const bindable = values.filter(isComparable).map((v) => toSqlValue(normalize(field, v, scope)));
  if (bindable.length === 0) return NOTHING;
  const isSingle = bindable.length === 1;
  // A list of any length is one parameter, so that the statement can be cached.
  const set = isSingle ? '= ?' : 'IN (SELECT value FROM json_each(?))';
  const param = isSingle ? (bindable[0] ?? null) : JSON.stringify(bindable);
  const plain = { sql: `${expressionOf(field, scope)} ${set}`, params: [param] };
  if (!scope.holdsLists(field)) return plain;
  const element = `EXISTS (SELECT 1 FROM json_each(attributes, ${jsonPath(field)}) AS element WHERE element.value ${set})`;
  return {
    sql: `(${plain.sql} OR (${isList(field)} AND ${element}))`,
    params: [param, param],
  };
}

/** Numbers sort before all texts in SQLite, so each range is closed on the other side: a number is never before a text. */
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
 * Words are compared by our own function, as SQLite knows the case of ASCII letters only. Its own `LIKE` goes first where it
 * can rule a document out, being many times faster.
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
  // Names in an index are read far faster than whole documents.
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

/** Text with half a surrogate pair cannot be stored as UTF-8; bound as a parameter it would turn into another text. */
function isComparable(value: FilterValue): boolean {
  return typeof value !== 'string' || value.isWellFormed();
}

/** Instants are stored as `Date.toISOString` writes them; a value in another notation is brought to it before texts are compared. */
function normalize(field: string, value: FilterValue, { table }: FilterScope): FilterValue {
  if (table.mappings[field]?.type !== 'date' || typeof value !== 'string') return value;
  const instant = Date.parse(value);
  return Number.isNaN(instant) ? value : new Date(instant).toISOString();
}

function toSqlValue(value: FilterValue): string | number {
  return typeof value === 'boolean' ? Number(value) : value;
}
