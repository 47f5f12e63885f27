import type { StoredDocument } from '../../store/document_store.ts';
import type { DocumentAccess } from './document_access.ts';
import { type Head, headSource, toDocument } from './document_source.ts';
import type { TypeIndex } from './type_index.ts';

const HEAD_FIELDS = Object.keys(headSource.shape);

/** Reads documents in real time, in the order of the keys. `undefined`: no document has the key. */
export async function getMany(
  access: DocumentAccess,
  index: TypeIndex,
  keys: readonly string[],
): Promise<readonly (StoredDocument | undefined)[]> {
  return Promise.all(
    keys.map(async (key) => {
      const found = await access.read(index, key);
      return found === undefined ? undefined : toDocument(found.source, key);
    }),
  );
}

/**
 * Reads the state of a document for a writer. `undefined`: neither a document nor a tombstone has
 * the key.
 */
export async function readHead(
  access: DocumentAccess,
  index: TypeIndex,
  key: string,
): Promise<Head | undefined> {
  const found = await access.read(index, key, HEAD_FIELDS);
  if (found === undefined) return undefined;
  const { writes, deletedAt, modelVersion } = headSource.parse(found.source);
  const { seqNo, primaryTerm } = found;
  return { seqNo, primaryTerm, writes, isDeleted: deletedAt !== undefined, modelVersion };
}
