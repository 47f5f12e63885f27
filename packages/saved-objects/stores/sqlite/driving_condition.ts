import type { Filter } from '../../filter/filter.ts';
import type { SqliteConnection } from './connection.ts';
import { filterToSql, holdsLists } from './filter_to_sql.ts';
import type { TypeTable } from './tables.ts';

/**
 * Maximum matches of a selective condition. It limits the index entries that are read per
 * condition.
 */
const MAX_DRIVEN_MATCHES = 10_000;

/** The condition of a filter whose index a query should use. */
export interface DrivingCondition {
  readonly condition: Filter;
  /** Keys of all matches of the condition, at most 10,000, in any order. */
  readonly keys: readonly string[];
}

/**
 * Finds the most selective condition of a filter. It reads the matches of each condition from its
 * index, up to a limit, because the query planner of SQLite only estimates from averages. For
 * example, the planner prefers `status = 'connected'`, which matches nearly every document, to a
 * date range with ten matches.
 * @returns `undefined` when no condition is selective
 */
export function findDrivingCondition(
  connection: SqliteConnection,
  table: TypeTable,
  filter: Filter | undefined,
): DrivingCondition | undefined {
  let best: DrivingCondition | undefined;
  for (const condition of conjuncts(filter)) {
    if (!isIndexed(connection, table, condition)) continue;
    const { sql, params } = filterToSql(condition, scopeOf(connection, table));
    const cap = best?.keys.length ?? MAX_DRIVEN_MATCHES;
    const rows = connection
      .statement(`SELECT key FROM ${table.table} WHERE ${sql} LIMIT ?`)
      .all(...params, cap + 1);
    if (rows.length <= cap) best = { condition, keys: rows.map(({ key }) => String(key)) };
  }
  return best;
}

/** Splits a filter into conditions that must all hold. */
export function conjuncts(filter: Filter | undefined): readonly Filter[] {
  if (filter === undefined) return [];
  return filter.op === 'and' ? filter.filters.flatMap(conjuncts) : [filter];
}

/** Returns `true` if the index of the field contains all matches of the condition. */
export function isIndexed(
  connection: SqliteConnection,
  table: TypeTable,
  condition: Filter,
): boolean {
  switch (condition.op) {
    case 'equals':
    case 'in':
      // The index contains a list as one value, so a search for one element cannot use the index.
      return !holdsLists(connection, table, condition.field);
    case 'before':
    case 'after':
    case 'exists':
      return true;
    case 'not':
      return condition.filter.op === 'exists';
    default:
      return false;
  }
}

function scopeOf(connection: SqliteConnection, table: TypeTable) {
  return {
    table,
    holdsLists: (field: string): boolean => holdsLists(connection, table, field),
    useIndexes: true,
  };
}
