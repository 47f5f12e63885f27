import type { Logger } from '@latchkey/core/server';
import {
  CONFLICT,
  type DocumentStore,
  isSavedObjectError,
  retryConflicts,
  type SavedObjectKey,
  type SavedObjectsType,
  type StoredDocument,
  StoreError,
  savedObjectKey,
} from '@latchkey/saved-objects';
import type { AttributeEncryption } from '../encryption/index.ts';

/** What one rotation did. Objects already on the primary key are not counted. */
export interface RotationResult {
  /** Objects found on another key. */
  readonly total: number;
  readonly successful: number;
  /** Objects that stay as they were; each is logged by type and id. */
  readonly failed: number;
}

/** What {@link rotateObjects} needs. */
export interface RotateObjectsOptions {
  readonly store: Pick<DocumentStore, 'iterate' | 'getMany' | 'put'>;
  readonly encryption: AttributeEncryption;
  readonly primaryKeyId: string;
  readonly types: readonly SavedObjectsType[];
  /** Objects per batch; bounds memory. */
  readonly batchSize: number;
  readonly logger: Logger;
  /** Stops between two objects; what is done stays done. */
  readonly signal: AbortSignal;
  /** Told after each batch. */
  readonly onProgress: (progress: RotationCounts) => void;
}

/** Where a rotation stands. */
export interface RotationCounts {
  /** From 1. */
  readonly pass: number;
  /** Objects looked at in this pass. */
  readonly lookedAt: number;
  readonly successful: number;
  readonly failed: number;
}

/** Writes at once: enough for a store to put many on disk together, few enough to leave room for others. */
const CONCURRENCY = 32;
/** A busy object may change again while it is rotated. */
const MAX_ATTEMPTS = 5;

/** Older processes write behind a walk; a few more walks catch up with all but those that never stop. */
const MAX_PASSES = 3;
/** Objects that failed are named once in the log, as long as there are not more of them. */
const MAX_REMEMBERED = 10_000;

/**
 * Moves every object to the primary key while the server runs: each write happens only if the object has not changed
 * since it was read, so no concurrent write is lost. Stopping anywhere is safe; the next run skips what is done. The store is walked until
 * a walk finds nothing to move, because a process that still writes with an old key may write behind it.
 */
export async function rotateObjects(options: RotateObjectsOptions): Promise<RotationResult> {
  const failedKeys = new Set<string>();
  let successful = 0;
  for (let pass = 1; ; pass += 1) {
    const counts = await walk(options, { pass, successful, failedKeys });
    const moved = counts.successful - successful;
    successful = counts.successful;
    if (moved === 0 || pass === MAX_PASSES) {
      return { total: successful + counts.failed, successful, failed: counts.failed };
    }
  }
}

async function walk(
  options: RotateObjectsOptions,
  before: {
    readonly pass: number;
    readonly successful: number;
    readonly failedKeys: Set<string>;
  },
): Promise<RotationCounts> {
  const { store, types, batchSize, signal, onProgress } = options;
  const counts = { pass: before.pass, lookedAt: 0, successful: before.successful, failed: 0 };
  const names = types.map((type) => type.name);
  for await (const batch of store.iterate({ types: names, batchSize })) {
    // One iterator for all workers: each takes the next document when it is free.
    const queue = batch.filter((document) => isOld(document, options)).values();
    let broken = false;
    const work = async () => {
      for (const document of queue) {
        if (signal.aborted || broken) return;
        try {
          if (await rotateOne(document, options, before.failedKeys)) counts.successful += 1;
          else counts.failed += 1;
        } catch (error) {
          broken = true;
          throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    signal.throwIfAborted();
    counts.lookedAt += batch.length;
    onProgress({ ...counts });
  }
  return counts;
}

function isOld(document: StoredDocument, options: RotateObjectsOptions): boolean {
  const keyIds = options.encryption.keyIds(document.type, document.attributes);
  return [...keyIds].some((keyId) => keyId !== options.primaryKeyId);
}

/** Resolves to `false` when the object had to be left as it is. */
async function rotateOne(
  document: StoredDocument,
  options: RotateObjectsOptions,
  failedKeys: Set<string>,
): Promise<boolean> {
  const fail = (error: unknown): false => {
    if (!failedKeys.has(document.key)) report(document, options, error);
    if (failedKeys.size < MAX_REMEMBERED) failedKeys.add(document.key);
    return false;
  };
  const { key, type } = document;
  const attempt = async (count: number): Promise<true | typeof CONFLICT> => {
    const [current] = count === 1 ? [document] : await options.store.getMany([key], type);
    // Deleted, or written with the primary key by another process in the meantime.
    if (current === undefined || !isOld(current, options)) return true;
    return write(current, options);
  };
  const contended = () => fail(new Error('It changed on every attempt.'));
  try {
    return await retryConflicts<boolean>(attempt, { attempts: MAX_ATTEMPTS, contended });
  } catch (error) {
    if (isSavedObjectError(error, 'undecryptable')) return fail(error);
    throw error;
  }
}

async function write(
  document: StoredDocument,
  options: RotateObjectsOptions,
): Promise<true | typeof CONFLICT> {
  const { version, ...rest } = document;
  const key = keyOf(document, options.types);
  const attributes = options.encryption.reencrypt(key, document.attributes);
  // `updatedAt` stays: clean-up by age must not see a rotation as use.
  // A migration in between keeps the version and must not be undone.
  const condition = { ifVersion: version, ifModelVersion: document.modelVersion };
  try {
    await options.store.put({ ...rest, attributes }, { condition });
    return true;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'conflict') return CONFLICT;
    throw error;
  }
}

function report(
  document: StoredDocument,
  { logger, types }: RotateObjectsOptions,
  error: unknown,
): void {
  const { type, id } = keyOf(document, types);
  logger.warn(`Object [${type}:${id}] could not be moved to the primary encryption key`, { error });
}

function keyOf(document: StoredDocument, types: readonly SavedObjectsType[]): SavedObjectKey {
  const type = types.find(({ name }) => name === document.type);
  if (type === undefined) throw new Error(`Type [${document.type}] was not asked for`);
  return savedObjectKey(type, document);
}
