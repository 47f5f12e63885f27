import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import { metadataKey } from './elasticsearch_names.ts';
import { jsonBytes } from './json_bytes.ts';
import { MANAGE_OWN_API_KEYS } from './privileges.ts';
import { type RoleDescriptors, roleDescriptors } from './role_descriptors.ts';

/** Maximum size of the metadata of one key, as JSON. */
export const MAX_METADATA_BYTES = 4096;
const MAX_DESCRIPTORS_BYTES = 16_384;
/** Maximum number of spaces that one key names. Each is looked up in the store. */
const MAX_SPACES = 100;
const MAX_PAGE = 100;
/** Maximum number of results that a search can reach by paging. Later results need a cursor. */
const MAX_REACHABLE = 10_000;

/** Names of the fields by which keys can be sorted, as Kibana spells them. */
export const API_KEY_SORT_FIELDS = [
  'id',
  'name',
  'username',
  'creation',
  'expiration',
  'type',
  'realm',
] as const;

const metadata = z
  .record(metadataKey, z.unknown())
  .refine((value) => jsonBytes(value) <= MAX_METADATA_BYTES, 'must be at most 4 kB as JSON');

const descriptors = roleDescriptors
  .refine((value) => jsonBytes(value) <= MAX_DESCRIPTORS_BYTES, 'must be at most 16 kB as JSON')
  .refine((value) => countSpaces(value) <= MAX_SPACES, `must name at most ${MAX_SPACES} spaces`);

function countSpaces(value: RoleDescriptors): number {
  const ids = Object.values(value).flatMap(({ kibana = [], applications = [] }) => [
    ...kibana.flatMap(({ spaces }) => spaces),
    ...applications
      .flatMap(({ resources }) => resources)
      .flatMap((resource) => (resource.startsWith('space:') ? resource.slice(6) : [])),
  ]);
  return new Set(ids).size;
}

/** A duration, such as `1d` or `90m`. */
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

const createBody = z
  .strictObject({
    type: z.literal('rest').optional(),
    name: z.string().trim().min(1).max(256),
    /**
     * Lifetime of the key. Left out or `null`: the default of
     * `xpack.security.apiKeys.defaultExpiration`.
     */
    expiration: expiration.nullish(),
    ...contents,
  })
  .refine(hasOneDescriptorsField, ONE_DESCRIPTORS_FIELD);

const updateBody = z
  .strictObject({
    id: z.string().min(1).max(64),
    type: z.literal('rest').optional(),
    /** Lifetime of the key from now. Left out or `null`: unchanged. */
    expiration: expiration.nullish(),
    ...contents,
  })
  .refine(hasOneDescriptorsField, ONE_DESCRIPTORS_FIELD);

const listQuery = z.strictObject({
  /** `false`: only the caller's own keys, even if the caller may manage the keys of all users. */
  isAdmin: z.stringbool().default(true),
  page: z.coerce.number<number | string>().int().min(1).max(MAX_REACHABLE).default(1),
  per_page: z.coerce.number<number | string>().int().min(1).max(MAX_PAGE).default(MAX_PAGE),
});

const cursor = z.array(z.union([z.string().max(1024), z.number(), z.null()])).max(10);

const queryBody = z
  .strictObject({
    /** Query in Elasticsearch's format; the server supports a part of it and refuses the rest. */
    query: z.unknown().optional(),
    from: z.int().min(0).max(MAX_REACHABLE).default(0),
    size: z.int().min(0).max(MAX_PAGE).default(10),
    sort: z
      .strictObject({ field: z.enum(API_KEY_SORT_FIELDS), direction: z.enum(['asc', 'desc']) })
      .optional(),
    filters: z
      .strictObject({
        usernames: z.array(z.string().max(512)).max(100).optional(),
        type: z.enum(['rest', 'cross_cluster', 'managed']).optional(),
        expired: z.boolean().optional(),
      })
      .optional(),
    /** `searchAfter` of the response with the previous page. Requires the same `sort`. */
    searchAfter: cursor.optional(),
  })
  .refine(({ from, size }) => from + size <= MAX_REACHABLE, 'from + size must be at most 10000')
  .refine(
    ({ from, searchAfter }) => searchAfter === undefined || from === 0,
    'from must be 0 beside searchAfter',
  );

const invalidateBody = z.strictObject({
  apiKeys: z
    .array(z.strictObject({ id: z.string().min(1).max(64), name: z.string().max(256).optional() }))
    .min(1)
    .max(1000),
  /**
   * `true`: also invalidates keys of other users, which requires the privilege to manage security.
   */
  isAdmin: z.boolean().default(false),
});

const apiKey = z.object({
  id: z.string(),
  name: z.string(),
  type: z.literal('rest'),
  /** Milliseconds since the epoch. The same applies to `expiration`. */
  creation: z.number(),
  /** Expiry of the key. Left out: the key does not expire. */
  expiration: z.number().optional(),
  invalidated: z.boolean(),
  username: z.string(),
  profile_uid: z.string(),
  realm: z.string(),
  metadata: z.record(z.string(), z.unknown()),
  role_descriptors: z.record(z.string(), z.unknown()),
});

/** Privileges of the caller, in the form that Kibana's pages read. */
const callerPrivileges = {
  canManageApiKeys: z.boolean(),
  canManageOwnApiKeys: z.boolean(),
  canManageCrossClusterApiKeys: z.boolean(),
};

const buckets = z.object({ buckets: z.array(z.looseObject({ key: z.string() })) });
const count = z.object({ doc_count: z.number() });

const queryResponse = z.object({
  apiKeys: z.array(apiKey.extend({ _sort: cursor.optional() })),
  /** Number of matching keys on all pages. */
  total: z.number(),
  /** Keys on this page. */
  count: z.number(),
  /** Cursor of the last key. Absent if the request has no sort or the page has no key. */
  searchAfter: cursor.optional(),
  aggregations: z.object({
    usernames: buckets,
    types: buckets,
    expired: count,
    managed: z.object({ buckets: z.object({ metadataBased: count, namePrefixBased: count }) }),
  }),
  /** Number of keys that the caller may see, whether they match the query or not. */
  aggregationTotal: z.number(),
  ...callerPrivileges,
});

const route = { access: 'internal', tags: ['api keys'] } as const;
const PATH = '/internal/security/api_key';

/** Lists the caller's API keys in pages, or those of all users for managers. */
export const listApiKeys = defineRoute({
  ...route,
  method: 'get',
  path: PATH,
  summary: 'List API keys in pages: own ones, or all for managers',
  query: listQuery,
  responses: {
    200: {
      description: 'A page of keys',
      body: z.object({
        apiKeys: z.array(apiKey),
        total: z.number(),
        ...callerPrivileges,
        page: z.number(),
        per_page: z.number(),
      }),
    },
  },
});

/** Searches API keys. */
export const queryApiKeys = defineRoute({
  ...route,
  method: 'post',
  path: `${PATH}/_query`,
  summary: 'Search API keys: own ones, or all for managers',
  body: queryBody,
  responses: { 200: { description: 'A page of keys', body: queryResponse } },
});

/** Kibana's route that says if API keys are enabled. In Latchkey they always are. */
export const getApiKeysEnabled = defineRoute({
  ...route,
  method: 'get',
  path: `${PATH}/_enabled`,
  summary: 'Tell whether API keys can be used',
  responses: { 200: { description: 'Yes', body: z.object({ apiKeysEnabled: z.boolean() }) } },
});

/** Creates an API key of the user. The secret is in no other response. */
export const createApiKey = defineRoute({
  ...route,
  method: 'post',
  path: PATH,
  summary: 'Create an API key that acts as its owner',
  privileges: [MANAGE_OWN_API_KEYS],
  body: createBody,
  responses: {
    200: {
      description: 'The key',
      body: z.object({
        id: z.string(),
        name: z.string(),
        api_key: z.string(),
        /** Value for the header `Authorization: ApiKey`. */
        encoded: z.string(),
        expiration: z.number().optional(),
      }),
    },
  },
});

/** Changes an API key of the user. */
export const updateApiKey = defineRoute({
  ...route,
  method: 'put',
  path: PATH,
  summary: 'Change metadata, restriction or expiry of an own API key',
  privileges: [MANAGE_OWN_API_KEYS],
  body: updateBody,
  responses: {
    200: {
      description: 'Tells if the request changed the key',
      body: z.object({ updated: z.boolean() }),
    },
  },
});

/** Invalidates API keys. Each id has its own result: an unknown id does not affect the others. */
export const invalidateApiKeys = defineRoute({
  ...route,
  method: 'post',
  path: `${PATH}/invalidate`,
  summary: 'Invalidate API keys',
  body: invalidateBody,
  responses: {
    200: {
      description: 'Result for each key',
      body: z.object({
        itemsInvalidated: z.array(z.object({ id: z.string(), name: z.string() })),
        errors: z.array(z.object({ id: z.string(), error: z.object({ message: z.string() }) })),
      }),
    },
  },
});
