import { z } from 'zod';
import type { StoredDocument } from '../../store/document_store.ts';
import { toDocument } from './document_source.ts';

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

/** One found document. */
export type SearchHit = z.infer<typeof searchResponse>['hits']['hits'][number];

/** Converts hits to documents. Tombstones are left out. */
export function toDocuments(hits: readonly SearchHit[]): readonly StoredDocument[] {
  return hits
    .map(({ _id, _source }) => toDocument(_source, _id))
    .filter((document) => document !== undefined);
}
