import type { DocumentStore } from '@latchkey/saved-objects';
import type { AttributeEncryption } from '../encryption/index.ts';

/** Number of stored objects per key id. An object encrypted with two keys counts for both. */
export interface KeyUsage {
  readonly byKeyId: ReadonlyMap<string, number>;
  /**
   * Number of objects with an encrypted attribute that is not an envelope. No key can read them.
   */
  readonly unreadable: number;
}

/** Documents of older builds may have a megabyte each, and all of a batch are in memory. */
const BATCH_SIZE = 100;

/** Reads every object of the encrypted types and counts the keys that they need. */
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
