import type { FieldSelection, StoredDocument } from '../../store/document_store.ts';
import type { DocumentAccess, FoundDocument } from './document_access.ts';
import { type Head, headSource, toDocument, toSelected } from './document_source.ts';
import { readSelected, sourceFor } from './search_response.ts';
import type { TypeIndex } from './type_index.ts';

const HEAD_SOURCE = { includes: Object.keys(headSource.shape) };

/**
 * The heads of documents that {@link getMany} returned, for the writes that replace these
 * documents.
 */
const heads = new WeakMap<StoredDocument, Head>();

/** Reads documents in real time, in the order of the keys. `undefined`: no document has the key. */
export async function getMany(
  access: DocumentAccess,
  index: TypeIndex,
  keys: readonly string[],
): Promise<readonly (StoredDocument | undefined)[]> {
  return Promise.all(
    keys.map(async (key) => {
      const found = await access.read(index, key);
      if (found === undefined) return undefined;
      const document = toDocument(found.source, key);
      if (document !== undefined) heads.set(document, toHead(found));
      return document;
    }),
  );
}

/**
 * Reads some attributes of documents, otherwise like {@link getMany}. `undefined`: the document
 * does not exist.
 */
export async function getSelected(
  access: DocumentAccess,
  index: TypeIndex,
  keys: readonly string[],
  fields: FieldSelection,
): Promise<readonly (StoredDocument | undefined)[]> {
  const wanted = sourceFor([index], fields);
  return Promise.all(
    keys.map(async (key) => {
      const found = await access.read(index, key, wanted);
      if (found === undefined) return undefined;
      const document = toSelected(found.source, key, fields);
      return document === 'whole' ? readSelected(access, index, key, fields) : document;
    }),
  );
}

/**
 * Returns the head of a document that {@link getMany} returned. `undefined`: no document was
 * passed, or `getMany` did not return it, so its head must be read.
 */
export function headOf(document: StoredDocument | undefined): Head | undefined {
  return document && heads.get(document);
}

/**
 * Reads the head of a document for a writer. `undefined`: neither a document nor a tombstone has
 * the key.
 */
export async function readHead(
  access: DocumentAccess,
  index: TypeIndex,
  key: string,
): Promise<Head | undefined> {
  const found = await access.read(index, key, HEAD_SOURCE);
  return found && toHead(found);
}

function toHead({ source, seqNo, primaryTerm }: FoundDocument): Head {
  const { writes, deletedAt, modelVersion } = headSource.parse(source);
  return { seqNo, primaryTerm, writes, isDeleted: deletedAt !== undefined, modelVersion };
}
