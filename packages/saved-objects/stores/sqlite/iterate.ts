import { setImmediate as nextTurn } from 'node:timers/promises';
import type { IterateRequest, StoredDocument } from '../../store/document_store.ts';
import type { SqliteConnection } from './connection.ts';
import { findDrivingCondition } from './driving_condition.ts';
import { COLUMNS, toDocument } from './rows.ts';
import { checkedCondition, checkFields } from './search_plan.ts';
import type { TypeTable } from './tables.ts';

/** Documents looked at in one go while walking, whether they match or not. Keeps the event loop free. */
const WALK_STEP = 2_000;

/** What an iteration works on. */
export interface IterateScope {
  readonly connection: SqliteConnection;
  readonly run: <T>(work: () => T) => Promise<T>;
}

/**
 * Batches in key order. A document is met at most once, as its key never changes, however often it is written meanwhile; no
 * cursor stays open between batches, so nothing has to be freed and the write-ahead log can always be reset.
 */
export async function* iterateTable(
  scope: IterateScope,
  table: TypeTable,
  request: IterateRequest,
): AsyncGenerator<readonly StoredDocument[]> {
  checkFields([table], request);
  const { connection, run } = scope;
  const driving = await run(() => findDrivingCondition(connection, table, request.filter));
  if (driving === undefined) yield* walk(scope, table, request);
  // The keys of one selective condition take about a megabyte at most.
  else yield* readListed(scope, table, request, driving.keys.toSorted());
}

async function* readListed(
  { connection, run }: IterateScope,
  table: TypeTable,
  request: IterateRequest,
  keys: readonly string[],
): AsyncGenerator<readonly StoredDocument[]> {
  for (let from = 0; from < keys.length; from += request.batchSize) {
    const chunk = JSON.stringify(keys.slice(from, from + request.batchSize));
    const documents = await run(() => {
      // The whole filter is asked here: the list may be too long, and a document may have changed since.
      const { sql, params } = checkedCondition(connection, table, request);
      const select = `SELECT ${COLUMNS} FROM ${table.table} WHERE key IN (SELECT value FROM json_each(?)) AND ${sql} ORDER BY key`;
      return connection
        .statement(select)
        .all(chunk, ...params)
        .map((row) => toDocument(row, table.type));
    });
    if (documents.length > 0) yield documents;
  }
}

async function* walk(
  { connection, run }: IterateScope,
  table: TypeTable,
  request: IterateRequest,
): AsyncGenerator<readonly StoredDocument[]> {
  let last = '';
  for (;;) {
    const step = await run(() => walkStep(connection, table, request, last));
    if (step.documents.length > 0) yield step.documents;
    if (step.next === undefined) return;
    last = step.next;
    await nextTurn();
  }
}

interface WalkStep {
  readonly documents: readonly StoredDocument[];
  /** `undefined`: the end of the table was reached. */
  readonly next: string | undefined;
}

function walkStep(
  connection: SqliteConnection,
  table: TypeTable,
  request: IterateRequest,
  after: string,
): WalkStep {
  const { sql, params } = checkedCondition(connection, table, request);
  const path = pathOf(table, request);
  const stepSize = params.length === 0 ? request.batchSize : Math.max(WALK_STEP, request.batchSize);
  // The end of the step is fixed before its documents are read, so an insert in between moves nothing into the next step.
  const span = `SELECT key FROM ${table.table} INDEXED BY ${path.index} WHERE ${path.sql} key > ? ORDER BY key LIMIT ?`;
  const bounds = `SELECT MAX(key) AS last, COUNT(*) AS size FROM (${span})`;
  const { last, size } = connection.statement(bounds).get(...path.params, after, stepSize) ?? {};
  if (typeof last !== 'string') return { documents: [], next: undefined };
  // Without INDEXED BY the planner may visit every match of the filter in the whole table at each step.
  const select = `SELECT ${COLUMNS} FROM ${table.table} INDEXED BY ${path.index} WHERE ${path.sql} key > ? AND key <= ? AND ${sql} ORDER BY key LIMIT ?`;
  const documents = connection
    .statement(select)
    .all(...path.params, after, last, ...params, request.batchSize)
    .map((row) => toDocument(row, table.type));
  // A full batch may have left matches behind in this step.
  if (documents.length === request.batchSize) return { documents, next: documents.at(-1)?.key };
  return { documents, next: Number(size) < stepSize ? undefined : last };
}

/** The index whose order a walk follows, and the condition that comes with it. */
interface WalkPath {
  readonly index: string;
  readonly sql: string;
  readonly params: readonly string[];
}

/** Within one namespace, documents of other namespaces are not even looked at. */
function pathOf(table: TypeTable, { namespaces }: IterateRequest): WalkPath {
  const [only] = namespaces ?? [];
  if (table.isAgnostic || only === undefined || namespaces?.length !== 1) {
    return { index: table.keyIndex, sql: '', params: [] };
  }
  return { index: table.namespaceIndex, sql: 'namespace = ? AND', params: [only] };
}
