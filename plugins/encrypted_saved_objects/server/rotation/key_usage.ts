import type { DocumentStore } from '@latchkey/saved-objects';
import type { AttributeEncryption } from '../encryption/index.ts';

/**
 * Numbers of stored objects by key id. An object that is encrypted with two keys counts for both.
 */
export interface KeyUsage {
  readonly byKeyId: ReadonlyMap<string, number>;
  /**
   * Number of objects with an encrypted attribute that is not an envelope, so that no key can read
   * it.
   */
  readonly unreadable: number;
}

/**
 * Number of objects that are read together. Documents of older builds may have a megabyte each, and
 * a whole batch is in memory.
 */
const BATCH_SIZE = 100;

/** Reads every object of the encrypted types, and counts the objects of each key. */
export async function countKeyUsage(
  store: Pick<DocumentStore, 'iterate'>,
  encryption: AttributeEncryption,
  types: readonly string[],
): Promise<KeyUsage> {
  const byKeyId = new Map<string, number>();
  let unreadable = 0;
  for await (const batch of store.iterate({ types, batchSize: BATCH_SIZE })) {
    for (const { type, attributes } of batch) {
      for (const keyId of encryption.keyIds(type, attributes)) {
        if (keyId === undefined) unreadable += 1;
        else byKeyId.set(keyId, (byKeyId.get(keyId) ?? 0) + 1);
      }
    }
  }
  return { byKeyId, unreadable };
}
