import type { Logger } from '@latchkey/core/server';
import {
  type DocumentStore,
  SavedObjectError,
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
}

/** Writes at once: enough for a store to put many on disk together, few enough to leave room for others. */
const CONCURRENCY = 32;
/** A busy object may change again while it is rotated. */
const MAX_TRIES = 5;

/**
 * Moves every object to the primary key while the server runs: each write happens only if the object has not changed
 * since it was read, so no concurrent write is lost. Stopping anywhere is safe; the next run skips what is done.
 */
export async function rotateObjects(options: RotateObjectsOptions): Promise<RotationResult> {
  const { store, types, batchSize, signal } = options;
  const result = { total: 0, successful: 0, failed: 0 };
  const names = types.map((type) => type.name);
  for await (const batch of store.iterate({ types: names, batchSize })) {
    // One iterator for all workers: each takes the next document when it is free.
    const queue = batch.filter((document) => isOld(document, options)).values();
    let broken = false;
    const work = async () => {
      for (const document of queue) {
        if (signal.aborted || broken) return;
        result.total += 1;
        try {
          if (await rotateOne(document, options)) result.successful += 1;
          else result.failed += 1;
        } catch (error) {
          broken = true;
          throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    signal.throwIfAborted();
  }
  return result;
}

function isOld(document: StoredDocument, options: RotateObjectsOptions): boolean {
  const keyIds = options.encryption.keyIds(document.type, document.attributes);
  return [...keyIds].some((keyId) => keyId !== options.primaryKeyId);
}

/** Resolves to `false` when the object had to be left as it is. */
async function rotateOne(
  document: StoredDocument,
  options: RotateObjectsOptions,
): Promise<boolean> {
  let current: StoredDocument | undefined = document;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    // Gone, or written by somebody with the primary key in the meantime.
    if (current === undefined || !isOld(current, options)) return true;
    try {
      await write(current, options);
      return true;
    } catch (error) {
      if (error instanceof SavedObjectError && error.code === 'undecryptable') {
        return fail(document, options, error);
      }
      if (!(error instanceof StoreError && error.code === 'conflict')) throw error;
      [current] = await options.store.getMany([document.key], document.type);
    }
  }
  return fail(document, options, new Error('changed on every try'));
}

async function write(document: StoredDocument, options: RotateObjectsOptions): Promise<void> {
  const { version, ...rest } = document;
  const key = keyOf(document, options.types);
  const attributes = options.encryption.reencrypt(key, document.attributes);
  // `updatedAt` stays: clean-up by age must not see a rotation as use.
  await options.store.put({ ...rest, attributes }, { condition: { ifVersion: version } });
}

function fail(
  document: StoredDocument,
  { logger, types }: RotateObjectsOptions,
  error: unknown,
): false {
  const { type, id } = keyOf(document, types);
  logger.warn(`Object [${type}:${id}] could not be moved to the primary encryption key`, { error });
  return false;
}

function keyOf(document: StoredDocument, types: readonly SavedObjectsType[]): SavedObjectKey {
  const type = types.find(({ name }) => name === document.type);
  if (type === undefined) throw new Error(`Type [${document.type}] was not asked for`);
  return savedObjectKey(type, document);
}
