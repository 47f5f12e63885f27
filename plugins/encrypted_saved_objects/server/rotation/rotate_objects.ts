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

/** Result of one rotation. Objects that already use the primary key are not counted. */
export interface RotationResult {
  /** Number of objects that used another key. */
  readonly total: number;
  readonly successful: number;
  /** Number of objects that could not be encrypted again. Each is logged with its type and id. */
  readonly failed: number;
}

/** Options of {@link rotateObjects}. */
export interface RotateObjectsOptions {
  readonly store: Pick<DocumentStore, 'iterate' | 'getMany' | 'put'>;
  readonly encryption: AttributeEncryption;
  readonly primaryKeyId: string;
  readonly types: readonly SavedObjectsType[];
  /** Number of objects per batch, which limits the memory. */
  readonly batchSize: number;
  readonly logger: Logger;
  /** Stops the rotation between two objects. Objects that were rotated stay rotated. */
  readonly signal: AbortSignal;
  /** Called with the progress after each batch. */
  readonly onProgress: (progress: RotationCounts) => void;
}

/** Progress of a rotation. */
export interface RotationCounts {
  /** Number of the pass, counted from 1. */
  readonly pass: number;
  /** Number of objects that were checked in this pass. */
  readonly lookedAt: number;
  readonly successful: number;
  readonly failed: number;
}

/**
 * Number of writes at the same time: enough for a store to commit many together, and few enough to
 * leave capacity for other requests.
 */
const CONCURRENCY = 32;
/**
 * Maximum attempts per object. An object that changes often may change again while it is rotated.
 */
const MAX_ATTEMPTS = 5;

/**
 * Maximum number of passes over all objects. Processes with an old key may write objects that the
 * pass has already checked. A few more passes move these, unless such a process never stops.
 */
const MAX_PASSES = 3;
/** Maximum number of failed objects that are recorded, so that each is logged only once. */
const MAX_RECORDED = 10_000;

/**
 * Encrypts every object with the primary key while the server runs. Each write succeeds only if the
 * object has not changed since it was read, so no concurrent write is lost. The rotation may be
 * stopped at any point; the next one skips objects that were rotated. Passes over the store are
 * repeated until one finds no other key, because a process that still uses an old key may write
 * objects that the pass has already checked.
 */
export async function rotateObjects(options: RotateObjectsOptions): Promise<RotationResult> {
  const failedKeys = new Set<string>();
  let successful = 0;
  for (let pass = 1; ; pass += 1) {
    const counts = await rotateInOnePass(options, { pass, successful, failedKeys });
    const moved = counts.successful - successful;
    successful = counts.successful;
    if (moved === 0 || pass === MAX_PASSES) {
      return { total: successful + counts.failed, successful, failed: counts.failed };
    }
  }
}

async function rotateInOnePass(
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
    // All workers share one iterator: each takes the next document when it is free.
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

/** Rotates one object. Resolves to `false` when it could not be encrypted again. */
async function rotateOne(
  document: StoredDocument,
  options: RotateObjectsOptions,
  failedKeys: Set<string>,
): Promise<boolean> {
  const fail = (error: unknown): false => {
    if (!failedKeys.has(document.key)) report(document, options, error);
    if (failedKeys.size < MAX_RECORDED) failedKeys.add(document.key);
    return false;
  };
  const { key, type } = document;
  const attempt = async (count: number): Promise<true | typeof CONFLICT> => {
    const [current] = count === 1 ? [document] : await options.store.getMany([key], type);
    // Meanwhile, another process has deleted the object, or written it with the primary key.
    if (current === undefined || !isOld(current, options)) return true;
    return write(current, options);
  };
  const contended = () => fail(new Error('The object changed on every attempt.'));
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
  // `updatedAt` is kept, because a cleanup by age must not treat a rotation as use. The condition
  // on the model version detects a concurrent migration, which must not be undone.
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
  logger.warn(`Object [${type}:${id}] could not be encrypted with the primary key`, { error });
}

function keyOf(document: StoredDocument, types: readonly SavedObjectsType[]): SavedObjectKey {
  const type = types.find(({ name }) => name === document.type);
  if (type === undefined) throw new Error(`Type [${document.type}] was not requested`);
  return savedObjectKey(type, document);
}
