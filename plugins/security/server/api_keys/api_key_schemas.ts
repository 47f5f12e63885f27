import { z } from 'zod';
import { metadataKey } from '../elasticsearch_names.ts';
import { roleDescriptors } from './role_descriptors.ts';
import { KeyQueryError, keyOrder, parseKeyQuery, SORT_FIELDS } from './search/index.ts';

/** Largest metadata of one key, as JSON. */
export const MAX_METADATA_BYTES = 4096;
const MAX_DESCRIPTORS_BYTES = 16_384;
const MAX_PAGE = 100;
/** Maximum number of results that a search can reach by pages. */
const MAX_REACHABLE = 10_000;

/** Bytes of a value as JSON. */
export const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value ?? null));

const metadata = z
  .record(metadataKey, z.unknown())
  .refine((value) => sizeOf(value) <= MAX_METADATA_BYTES, 'must be at most 4 kB as JSON');

const descriptors = roleDescriptors.refine(
  (value) => sizeOf(value) <= MAX_DESCRIPTORS_BYTES,
  'must be at most 16 kB as JSON',
);

const expiration = z.string().max(16);

const contents = {
  metadata: metadata.optional(),
  role_descriptors: descriptors.optional(),
  kibana_role_descriptors: descriptors.optional(),
};

const ONE_DESCRIPTORS_FIELD = 'send role_descriptors or kibana_role_descriptors, not both';

function hasOneDescriptorsField(body: {
  readonly role_descriptors?: unknown;
  readonly kibana_role_descriptors?: unknown;
}): boolean {
  return body.role_descriptors === undefined || body.kibana_role_descriptors === undefined;
}

export const createBody = z
  .strictObject({
    type: z.literal('rest').optional(),
    name: z.string().trim().min(1).max(256),
    /** Absent: the default of `xpack.security.apiKeys.defaultExpiration`. */
    expiration: expiration.nullish(),
    ...contents,
  })
  .refine(hasOneDescriptorsField, ONE_DESCRIPTORS_FIELD);

export const updateBody = z
  .strictObject({
    id: z.string().min(1).max(64),
    type: z.literal('rest').optional(),
    /** Counts from now. Absent: unchanged. */
    expiration: expiration.nullish(),
    ...contents,
  })
  .refine(hasOneDescriptorsField, ONE_DESCRIPTORS_FIELD);

export const listQuery = z.strictObject({
  /** `false`: own keys only, even for managers. */
  isAdmin: z.stringbool().default(true),
  page: z.coerce.number().int().min(1).max(MAX_REACHABLE).default(1),
  per_page: z.coerce.number().int().min(1).max(MAX_PAGE).default(MAX_PAGE),
});

/** Elasticsearch's query for keys, as far as it is supported. */
const searchQuery = z.unknown().transform((query, context) => {
  try {
    return parseKeyQuery(query);
  } catch (error) {
    if (!(error instanceof KeyQueryError)) throw error;
    context.addIssue({ code: 'custom', path: [...error.path], message: error.message });
    return z.NEVER;
  }
});

const sort = z.strictObject({
  field: z.enum(SORT_FIELDS),
  direction: z.enum(['asc', 'desc']),
});

const cursor = z.array(z.union([z.string().max(1024), z.number(), z.null()])).max(10);

export const queryBody = z
  .strictObject({
    query: searchQuery.optional(),
    from: z.int().min(0).max(MAX_REACHABLE).default(0),
    size: z.int().min(0).max(MAX_PAGE).default(10),
    sort: sort.optional(),
    filters: z
      .strictObject({
        usernames: z.array(z.string().max(512)).max(100).optional(),
        type: z.enum(['rest', 'cross_cluster', 'managed']).optional(),
        expired: z.boolean().optional(),
      })
      .optional(),
    /** `searchAfter` of the answer with the page before, whose `sort` was the same. */
    searchAfter: cursor.optional(),
  })
  .refine(({ from, size }) => from + size <= MAX_REACHABLE, 'from + size must be at most 10000')
  .refine(
    ({ sort, searchAfter }) =>
      searchAfter === undefined || (sort !== undefined && keyOrder(sort).isCursor(searchAfter)),
    'searchAfter must be a value from an answer, together with the same sort',
  )
  .refine(
    ({ from, searchAfter }) => searchAfter === undefined || from === 0,
    'from must be 0 beside searchAfter',
  );

export const invalidateBody = z.strictObject({
  apiKeys: z
    .array(z.strictObject({ id: z.string().min(1).max(64), name: z.string().max(256).optional() }))
    .min(1)
    .max(1000),
  /** Includes keys of other users; requires the privilege to manage security. */
  isAdmin: z.boolean().default(false),
});
