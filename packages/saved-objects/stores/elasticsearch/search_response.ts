import { z } from 'zod';
import type { FieldSelection, StoredDocument } from '../../store/document_store.ts';
import { type DocumentAccess, SUMMARY_SOURCE, WANTED_SOURCE } from './document_access.ts';
import { corrupt, toDocument, toSelected } from './document_source.ts';
import type { TypeIndex } from './type_index.ts';

/** The part of a search response that the store uses. */
export const searchResponse = z.object({
  pit_id: z.string().optional(),
  hits: z.object({
    total: z.object({ value: z.number() }).optional(),
    hits: z.array(
      z.object({
        _id: z.string(),
        _source: z.unknown().optional(),
        _seq_no: z.number().optional(),
        _primary_term: z.number().optional(),
        sort: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
      }),
    ),
  }),
});

const keySource = z.object({ key: z.string(), type: z.string() });

/** One hit of a search. */
export type SearchHit = z.infer<typeof searchResponse>['hits']['hits'][number];

/**
 * Returns the source filter for the attributes that a read selects. `undefined` as `fields` means
 * all attributes.
 */
export function sourceFor(
  indices: readonly TypeIndex[],
  fields: FieldSelection | undefined,
): typeof WANTED_SOURCE | typeof SUMMARY_SOURCE {
  const isInSummary = indices.every(
    ({ largeAttributes: large }) =>
      large.length > 0 && fields?.names.every((name) => !large.includes(name)),
  );
  return fields !== undefined && isInSummary ? SUMMARY_SOURCE : WANTED_SOURCE;
}

/**
 * Dependencies of {@link toDocuments}. It reads documents again when their hits lack attributes.
 */
interface HitContext {
  readonly access: DocumentAccess;
  readonly indices: readonly TypeIndex[];
  readonly fields: FieldSelection | undefined;
}

/** Converts hits to documents. Tombstones are left out. */
export async function toDocuments(
  { access, indices, fields }: HitContext,
  hits: readonly SearchHit[],
): Promise<readonly StoredDocument[]> {
  const documents = await Promise.all(
    hits.map(async ({ _id, _source }) => {
      if (fields === undefined) return toDocument(_source, _id);
      const document = toSelected(_source, _id, fields);
      if (document !== 'whole') return document;
      const { key, type } = keySource.parse(_source);
      const index = indices.find((each) => each.type === type);
      return index && readSelected(access, index, key, fields);
    }),
  );
  return documents.filter((document) => document !== undefined);
}

/**
 * Reads a whole document in real time and selects its attributes.
 * @throws StoreError `corrupt` if it has none
 */
export async function readSelected(
  access: DocumentAccess,
  index: TypeIndex,
  key: string,
  fields: FieldSelection,
): Promise<StoredDocument | undefined> {
  const found = await access.read(index, key);
  if (found === undefined) return undefined;
  const document = toSelected(found.source, key, fields);
  if (document === 'whole') throw corrupt(key);
  return document;
}
