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
import { readHead } from './read.ts';
import type { TypeIndex } from './type_index.ts';

/** A document that others write all the time is written without a condition after at most this many tries. */
const MAX_TRIES = 60;
const MAX_PAUSE_MS = 20;

/** What writing needs of the store. */
export interface WriteContext {
  readonly access: DocumentAccess;
  /** Wall clock, milliseconds since the epoch. */
  readonly now: () => number;
}

/** One write and everything that decides about it. */
interface Write {
  readonly index: TypeIndex;
  readonly key: string;
  readonly writeId: string;
  readonly source: (writes: readonly string[]) => Record<string, unknown>;
  readonly visibleToSearch: boolean;
  /** Looks at what is stored before it is replaced. `skip`: there is nothing to do. @throws StoreError `conflict` */
  readonly decide: (head: Head | undefined) => 'write' | 'skip';
}

/**
 * Every write is conditional on what is stored and carries an id that the document keeps for a while. So a write whose
 * answer was lost can be sent again: it takes effect once, and its writer recognises it even when others have written since.
 * @throws StoreError `conflict`
 */
export async function putDocument(
  context: WriteContext,
  index: TypeIndex,
  document: DocumentToStore,
  { condition, visibleToSearch = false, keepsVersion = false }: PutOptions,
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
    // A write that keeps the version leaves no id. When its answer is lost, the model version tells that it took effect.
    source: (writes) => toSource(index, document, kept === undefined ? writes : writes.slice(1)),
    decide: (head) => {
      checkCondition(key, condition, head);
      return 'write';
    },
  };
  // A create is usually right that nothing is stored, and is told when it is not.
  const isCreate = condition !== undefined && 'ifAbsent' in condition;
  await run(context, write, isCreate ? undefined : await readHead(context.access, index, key));
  return { ...document, version: kept ?? writeId };
}

/** @throws StoreError `conflict` */
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

/** @throws StoreError `conflict` @returns `false` when nothing was stored */
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

/** @returns whether something was written */
async function run(
  { access }: WriteContext,
  write: Write,
  firstHead: Head | undefined,
): Promise<boolean> {
  let head = firstHead;
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    // Somebody replaced our write, so they have seen it: it took effect.
    if (head !== undefined && head.writes.indexOf(write.writeId) > 0) return true;
    // Our write is there but nobody acknowledged it: written once more it is on all copies before we say so.
    const isOurs = head !== undefined && head.writes[0] === write.writeId;
    if (!isOurs && write.decide(head) === 'skip') return false;
    const writes = isOurs && head !== undefined ? head.writes : writesAfter(head, write.writeId);
    const { index, key, visibleToSearch } = write;
    const source = write.source(writes);
    if (await access.write({ index, key, source, onto: head, visibleToSearch })) return true;
    head = await readHead(access, index, key);
    if (tries > 2) await delay(Math.random() * MAX_PAUSE_MS);
  }
  throw new StoreError(
    'unavailable',
    `Document [${write.key}] is written by others all the time: try again.`,
  );
}

function changed(key: string): StoreError {
  return conflict(key, 'is no longer stored in the version this write is based on');
}

function conflict(key: string, reason: string): StoreError {
  return new StoreError('conflict', `Document [${key}] ${reason}.`);
}
