import { setTimeout as delay } from 'node:timers/promises';
import type {
  DocumentToStore,
  PutCondition,
  PutOptions,
  StoredDocument,
} from '../../store/document_store.ts';
import { StoreError } from '../../store/store_error.ts';
import type { DocumentAccess } from './document_access.ts';
import { type Head, newWriteId, toSource, toTombstone, writesAfter } from './document_source.ts';
import { headOf, readHead } from './read.ts';
import type { TypeIndex } from './type_index.ts';

/** Maximum attempts of one write. Only writes without a version repeat after a conflict. */
const MAX_ATTEMPTS = 60;
/** Attempts before the first pause. */
const ATTEMPTS_WITHOUT_BACKOFF = 2;
const MAX_BACKOFF_MS = 20;

/** Dependencies of a write. */
export interface WriteContext {
  readonly access: DocumentAccess;
  /** Wall clock, milliseconds since the epoch. */
  readonly now: () => number;
}

/** One write and its condition. */
interface Write {
  readonly index: TypeIndex;
  readonly key: string;
  readonly writeId: string;
  /** The source to store with these write ids. */
  readonly source: (writes: readonly string[]) => Record<string, unknown>;
  readonly visibleToSearch: boolean;
  /**
   * Checks the condition on the stored document. `skip`: there is nothing to write.
   * @throws StoreError `conflict`
   */
  readonly decide: (head: Head | undefined) => 'write' | 'skip';
}

/**
 * Writes a document. Every write requires that the stored document did not change since it was
 * read, and carries an id that the document keeps for a while. So a write whose response was lost
 * can be sent again: it takes effect once, and its writer finds its id in the document, even if
 * other writers have changed the document since.
 * @throws StoreError `conflict`
 */
export async function putDocument(
  context: WriteContext,
  index: TypeIndex,
  document: DocumentToStore,
  { condition, visibleToSearch = false, keepsVersion = false, replaces }: PutOptions,
): Promise<StoredDocument> {
  const { key } = document;
  const kept =
    keepsVersion && condition !== undefined && 'ifVersion' in condition
      ? condition.ifVersion
      : undefined;
  const writeId = newWriteId(context.now());
  const write: Write = {
    index,
    key,
    writeId,
    visibleToSearch,
    // A write that keeps the version does not store its id. If its response is lost, the stored
    // model version shows that it took effect.
    source: (writes) => toSource(index, document, kept === undefined ? writes : writes.slice(1)),
    decide: (head) => {
      checkCondition(key, condition, head);
      return 'write';
    },
  };
  // A create does not read the document first. If the document exists, Elasticsearch reports a
  // conflict.
  const isCreate = condition !== undefined && 'ifAbsent' in condition;
  const head = isCreate
    ? undefined
    : (headOf(replaces) ?? (await readHead(context.access, index, key)));
  await run(context, write, head);
  return { ...document, version: kept ?? writeId };
}

/**
 * Compares the stored document with the condition of the write.
 * @throws StoreError `conflict`
 */
function checkCondition(
  key: string,
  condition: PutCondition | undefined,
  head: Head | undefined,
): void {
  if (condition === undefined) return;
  const isStored = head !== undefined && !head.isDeleted;
  if ('ifAbsent' in condition) {
    if (isStored) throw conflict(key, 'exists already');
    return;
  }
  const { ifVersion, ifModelVersion } = condition;
  const isSame =
    isStored &&
    head.writes[0] === ifVersion &&
    (ifModelVersion === undefined || head.modelVersion === ifModelVersion);
  if (!isSame) throw changed(key);
}

/**
 * Deletes a document by storing a tombstone.
 * @returns `false` when no document has the key
 * @throws StoreError `conflict`
 */
export async function deleteDocument(
  context: WriteContext,
  index: TypeIndex,
  key: string,
  options: { readonly ifVersion?: string; readonly visibleToSearch?: boolean },
): Promise<boolean> {
  const { ifVersion, visibleToSearch = false } = options;
  const write: Write = {
    index,
    key,
    writeId: newWriteId(context.now()),
    visibleToSearch,
    source: (writes) => toTombstone(index, key, writes, context.now()),
    decide: (head) => {
      if (head === undefined || head.isDeleted) return 'skip';
      if (ifVersion !== undefined && head.writes[0] !== ifVersion) throw changed(key);
      return 'write';
    },
  };
  return run(context, write, await readHead(context.access, index, key));
}

/**
 * Repeats a write until it takes effect.
 * @returns `false` when there was nothing to write
 */
async function run(
  { access }: WriteContext,
  write: Write,
  firstHead: Head | undefined,
): Promise<boolean> {
  let head = firstHead;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    // The id is no longer the newest: a later write replaced this one, so this one took effect.
    if (head !== undefined && head.writes.indexOf(write.writeId) > 0) return true;
    // The write is stored, but its acknowledgement was lost. Another attempt stores the same
    // document again, and is acknowledged when it is on all copies.
    const isOurs = head !== undefined && head.writes[0] === write.writeId;
    if (!isOurs && write.decide(head) === 'skip') return false;
    const writes = isOurs && head !== undefined ? head.writes : writesAfter(head, write.writeId);
    const { index, key, visibleToSearch } = write;
    const source = write.source(writes);
    if (await access.write({ index, key, source, onto: head, visibleToSearch })) return true;
    head = await readHead(access, index, key);
    if (attempt > ATTEMPTS_WITHOUT_BACKOFF) await delay(Math.random() * MAX_BACKOFF_MS);
  }
  throw new StoreError(
    'unavailable',
    `Document [${write.key}] was changed by other writers on each of ${MAX_ATTEMPTS} attempts: try again.`,
  );
}

function changed(key: string): StoreError {
  return conflict(key, 'is no longer stored in the version that this write requires');
}

function conflict(key: string, reason: string): StoreError {
  return new StoreError('conflict', `Document [${key}] ${reason}.`);
}
