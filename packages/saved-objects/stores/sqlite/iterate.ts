import { setImmediate as nextTurn } from 'node:timers/promises';
import type { IterateRequest, StoredDocument } from '../../store/document_store.ts';
import type { SqliteConnection } from './connection.ts';
import { findDrivingCondition } from './driving_condition.ts';
import { charactersOf, selectedColumns, toDocument } from './rows.ts';
import { checkedCondition, checkFields, indexedCondition } from './search_plan.ts';
import { MAX_LARGE_DOCUMENTS, type TypeTable } from './tables.ts';

/**
 * Documents that one step of a scan reads, whether they match or not. The limit keeps the time
 * short in which the step blocks the process.
 */
const SCAN_STEP = 2_000;

/**
 * Characters of attributes after which a batch of a scan ends, even if it has fewer documents than
 * the caller accepts. The limit keeps memory small, and the time in which the step blocks the
 * process.
 */
const MAX_BATCH_CHARACTERS = 8_000_000;

/** Maximum number of keys of matches in memory at the same time. They need a few megabytes. */
const MAX_LISTED_KEYS = 50_000;

/** Dependencies of {@link iterateTable}. */
export interface IterateScope {
  readonly connection: SqliteConnection;
  readonly run: <T>(work: () => T) => Promise<T>;
}

/**
 * Yields batches in the order of keys. Keys never change, so each document is yielded at most once,
 * even when it is written during the iteration. No cursor stays open between batches, so nothing
 * has to be freed and SQLite can always reset the write-ahead log.
 */
export async function* iterateTable(
  scope: IterateScope,
  table: TypeTable,
  request: IterateRequest,
): AsyncGenerator<readonly StoredDocument[]> {
  checkFields([table], request);
  const { connection, run } = scope;
  const driving = await run(() => findDrivingCondition(connection, table, request.filter));
  if (await run(() => indexedCondition(connection, table, request) !== undefined))
    yield* readIndexed(scope, table, request, driving?.keys);
  else if (driving === undefined) yield* scan(scope, table, request);
  // The keys of one selective condition need at most about one megabyte.
  else yield* readListed(scope, table, request, driving.keys.toSorted());
}

/** Finds the keys in indexes before it reads documents, which may be large. */
async function* readIndexed(
  scope: IterateScope,
  table: TypeTable,
  request: IterateRequest,
  among: readonly string[] | undefined,
): AsyncGenerator<readonly StoredDocument[]> {
  let last: string | undefined = '';
  while (last !== undefined) {
    const after: string = last;
    const keys = await scope.run(() => indexedKeys(scope, table, request, { among, after }));
    yield* readListed(scope, table, request, keys);
    last = keys.length < MAX_LISTED_KEYS ? undefined : keys.at(-1);
  }
}

interface ListedPart {
  /** Keys among which all matches are. `undefined`: such keys are not known. */
  readonly among: readonly string[] | undefined;
  readonly after: string;
}

function indexedKeys(
  { connection }: Pick<IterateScope, 'connection'>,
  table: TypeTable,
  request: IterateRequest,
  { among, after }: ListedPart,
): readonly string[] {
  const condition = indexedCondition(connection, table, request) ?? { sql: '1', params: [] };
  const path = pathOf(table, request);
  const listed = among === undefined ? '' : 'key IN (SELECT value FROM json_each(?)) AND';
  const select = `SELECT key FROM ${table.table} INDEXED BY ${path.index} WHERE ${path.sql} key > ? AND ${listed} ${condition.sql} ORDER BY key LIMIT ?`;
  const rows = connection
    .statement(select)
    .all(
      ...path.params,
      after,
      ...(among === undefined ? [] : [JSON.stringify(among)]),
      ...condition.params,
      MAX_LISTED_KEYS,
    );
  return rows.map(({ key }) => String(key));
}

async function* readListed(
  { connection, run }: IterateScope,
  table: TypeTable,
  request: IterateRequest,
  keys: readonly string[],
): AsyncGenerator<readonly StoredDocument[]> {
  const size = table.isLarge ? Math.min(request.batchSize, MAX_LARGE_DOCUMENTS) : request.batchSize;
  for (let from = 0; from < keys.length; from += size) {
    if (from > 0) await nextTurn();
    const chunk = JSON.stringify(keys.slice(from, from + size));
    const documents = await run(() => {
      // The whole filter is checked again: the keys match only one condition of it, and a document
      // may have changed since.
      const { sql, params } = checkedCondition(connection, table, request);
      const select = `SELECT ${selectedColumns(table.type, request.fields)} FROM ${table.table} WHERE key IN (SELECT value FROM json_each(?)) AND ${sql} ORDER BY key`;
      return connection
        .statement(select)
        .all(chunk, ...params)
        .map((row) => toDocument(row, table.type, request.fields));
    });
    if (documents.length > 0) yield documents;
  }
}

async function* scan(
  { connection, run }: IterateScope,
  table: TypeTable,
  request: IterateRequest,
): AsyncGenerator<readonly StoredDocument[]> {
  let last = '';
  for (;;) {
    const step = await run(() => scanStep(connection, table, request, last));
    if (step.documents.length > 0) yield step.documents;
    if (step.next === undefined) return;
    last = step.next;
    await nextTurn();
  }
}

interface ScanStep {
  readonly documents: readonly StoredDocument[];
  /**
   * The last key of this step, after which the next step begins. `undefined`: the scan is complete.
   */
  readonly next: string | undefined;
}

function scanStep(
  connection: SqliteConnection,
  table: TypeTable,
  request: IterateRequest,
  after: string,
): ScanStep {
  const { sql, params } = checkedCondition(connection, table, request);
  const path = pathOf(table, request);
  const stepSize = stepSizeOf(table, request, params.length > 0);
  // The last key of the step is read first, so that an insert between the two statements cannot
  // move documents to the next step.
  const span = `SELECT key FROM ${table.table} INDEXED BY ${path.index} WHERE ${path.sql} key > ? ORDER BY key LIMIT ?`;
  const bounds = `SELECT MAX(key) AS last, COUNT(*) AS size FROM (${span})`;
  const { last, size } = connection.statement(bounds).get(...path.params, after, stepSize) ?? {};
  if (typeof last !== 'string') return { documents: [], next: undefined };
  // Without INDEXED BY, the query planner may read all matches of the whole table in every step.
  const select = `SELECT ${selectedColumns(table.type, request.fields)} FROM ${table.table} INDEXED BY ${path.index} WHERE ${path.sql} key > ? AND key <= ? AND ${sql} ORDER BY key LIMIT ?`;
  const documents: StoredDocument[] = [];
  let characters = 0;
  const rows = connection
    .statement(select)
    .iterate(...path.params, after, last, ...params, request.batchSize);
  for (const row of rows) {
    documents.push(toDocument(row, table.type, request.fields));
    characters += charactersOf(row);
    if (characters >= MAX_BATCH_CHARACTERS) break;
  }
  // After a full batch, this step may have more matches.
  if (documents.length === request.batchSize || characters >= MAX_BATCH_CHARACTERS)
    return { documents, next: documents.at(-1)?.key };
  return { documents, next: Number(size) < stepSize ? undefined : last };
}

function stepSizeOf(
  { isLarge }: TypeTable,
  { batchSize, filter, fields }: IterateRequest,
  hasCondition: boolean,
): number {
  const parsesLarge = isLarge && (filter !== undefined || fields !== undefined);
  if (parsesLarge) return MAX_LARGE_DOCUMENTS;
  return hasCondition ? Math.max(SCAN_STEP, batchSize) : batchSize;
}

/** The index that a scan follows, and its condition. */
interface ScanPath {
  readonly index: string;
  readonly sql: string;
  readonly params: readonly string[];
}

/** Chooses the index. With one namespace, the scan does not read documents of other namespaces. */
function pathOf(table: TypeTable, { namespaces }: IterateRequest): ScanPath {
  const [only] = namespaces ?? [];
  if (table.isAgnostic || only === undefined || namespaces?.length !== 1) {
    return { index: table.keyIndex, sql: '', params: [] };
  }
  return { index: table.namespaceIndex, sql: 'namespace = ? AND', params: [only] };
}
