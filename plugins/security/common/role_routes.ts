import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import { elasticsearchName, MAX_NAME_LENGTH, metadataKey } from './elasticsearch_names.ts';
import { jsonBytes } from './json_bytes.ts';
import { kibanaGrants } from './kibana_grants.ts';
import { MANAGE_SECURITY } from './privileges.ts';

const MAX_ELASTICSEARCH_BYTES = 65_536;
/** Maximum characters of the name of an index, a cluster, a user or a privilege. */
const MAX_ELASTICSEARCH_NAME = 1024;

const roleParams = z.strictObject({ name: elasticsearchName });

const names = z.array(z.string().min(1).max(MAX_ELASTICSEARCH_NAME));
const someNames = names.min(1).max(100);
const indexPrivileges = {
  names: someNames,
  privileges: someNames,
  field_security: z
    .strictObject({ grant: names.max(1000).optional(), except: names.max(1000).optional() })
    .optional(),
  query: z.string().optional(),
  allow_restricted_indices: z.boolean().optional(),
};

/**
 * Privileges in Elasticsearch. They are stored and returned, so that clients read back their input,
 * but have no effect. The members and limits are those of Kibana's role API.
 */
const elasticsearch = z
  .strictObject({
    cluster: names.max(100).optional(),
    remote_cluster: z
      .array(z.strictObject({ clusters: someNames, privileges: someNames }))
      .max(100)
      .optional(),
    indices: z.array(z.strictObject(indexPrivileges)).max(1000).optional(),
    remote_indices: z
      .array(z.strictObject({ ...indexPrivileges, clusters: someNames }))
      .max(1000)
      .optional(),
    run_as: names.max(100).optional(),
  })
  .refine((value) => jsonBytes(value) <= MAX_ELASTICSEARCH_BYTES, 'must be at most 64 kB as JSON');

const elasticsearchMembers: ReadonlyMap<string, z.ZodType> = new Map(
  Object.entries(elasticsearch.shape),
);

/**
 * Removes members of stored privileges in Elasticsearch that requests can no longer have. Earlier
 * versions of the server stored them without a check, and they never had an effect.
 */
export function validElasticsearch(
  stored: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const valid = Object.entries(stored).filter(
    ([member, value]) => elasticsearchMembers.get(member)?.safeParse(value).success === true,
  );
  return Object.fromEntries(valid);
}

/** Kibana's body of a role. */
export const putRoleBody = z.strictObject({
  description: z.string().max(2048).optional(),
  metadata: z.record(metadataKey, z.unknown()).optional(),
  elasticsearch: elasticsearch.optional(),
  kibana: kibanaGrants.default([]),
});

const putRolesResponse = z.object({
  created: z.array(z.string()).optional(),
  updated: z.array(z.string()).optional(),
  noop: z.array(z.string()).optional(),
  errors: z.record(z.string(), z.object({ type: z.string(), reason: z.string() })).optional(),
  /** Warnings about stored roles, by name. */
  warnings: z.record(z.string(), z.array(z.string())).optional(),
});

/** Body of Kibana's search for roles. */
export const queryRolesBody = z.strictObject({
  /** Part of a name or description. */
  query: z.string().max(MAX_NAME_LENGTH).optional(),
  from: z.int().min(0).max(100_000).default(0),
  size: z.int().min(0).max(1000).default(100),
  sort: z.strictObject({ field: z.literal('name'), direction: z.enum(['asc', 'desc']) }).optional(),
  filters: z.strictObject({ showReservedRoles: z.boolean().default(true) }).optional(),
});

const role = z.object({
  name: z.string(),
  description: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()),
  transient_metadata: z.object({ enabled: z.boolean() }),
  elasticsearch: z.looseObject({
    cluster: z.array(z.string()),
    indices: z.array(z.unknown()),
    run_as: z.array(z.string()),
  }),
  kibana: z.array(
    z.object({
      base: z.array(z.string()),
      feature: z.record(z.string(), z.array(z.string())),
      spaces: z.array(z.string()),
    }),
  ),
  _transform_error: z.array(z.unknown()),
  _unrecognized_applications: z.array(z.unknown()),
});

const replaceDeprecatedPrivileges = z
  .enum(['true', 'false'])
  .optional()
  .describe('Accepted without effect: no privilege is deprecated.');

const route = { access: 'public', tags: ['roles'], privileges: [MANAGE_SECURITY] } as const;

/** All roles, built-in ones first. */
export const listRoles = defineRoute({
  ...route,
  method: 'get',
  path: '/api/security/role',
  summary: 'List roles',
  query: z.strictObject({ replaceDeprecatedPrivileges }),
  responses: { 200: { description: 'Roles, built-in ones first', body: z.array(role) } },
});

/**
 * Like {@link listRoles}, but with descriptions of built-in roles in the language of
 * `Accept-Language`, and with the version of each stored role.
 */
export const listRolesForPages = defineRoute({
  ...listRoles,
  path: '/internal/security/roles',
  access: 'internal',
  responses: {
    200: {
      description: 'Roles, built-in ones first',
      body: z.array(
        role.extend({ version: z.string().optional().describe('Absent: the role is built in.') }),
      ),
    },
  },
});

/** Returns one role by its name. */
export const getRole = defineRoute({
  ...route,
  method: 'get',
  path: '/api/security/role/{name}',
  summary: 'Get a role',
  params: roleParams,
  query: z.strictObject({ replaceDeprecatedPrivileges }),
  responses: { 200: { description: 'The role', body: role } },
});

/** Searches roles by name or description, in pages. */
export const queryRoles = defineRoute({
  ...route,
  method: 'post',
  path: '/api/security/role/_query',
  summary: 'Search roles',
  body: queryRolesBody,
  responses: {
    200: {
      description: 'A page of roles',
      body: z.object({ roles: z.array(role), count: z.number(), total: z.number() }),
    },
  },
});

/** Creates or replaces a role. */
export const putRole = defineRoute({
  ...route,
  method: 'put',
  path: '/api/security/role/{name}',
  summary: 'Create or replace a role',
  params: roleParams,
  query: z.strictObject({
    createOnly: z.enum(['true', 'false']).optional(),
    version: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe(
        'Not in Kibana. Version of the role that the caller edited. Refused with 409 `stale_version` when it was changed since, and with 404 when it was deleted. Absent: replaces any version.',
      ),
  }),
  body: putRoleBody,
  responses: {
    204: {
      description:
        'Stored; the header `warning` names features and privileges that do not exist here',
    },
  },
});

/** Deletes a stored role. Built-in roles cannot be deleted. */
export const deleteRole = defineRoute({
  ...route,
  method: 'delete',
  path: '/api/security/role/{name}',
  summary: 'Delete a role',
  params: roleParams,
  responses: { 204: { description: 'Deleted' } },
});

/** Creates or replaces many roles by name. Each role has its own result. */
export const putRoles = defineRoute({
  ...route,
  method: 'post',
  path: '/api/security/roles',
  summary: 'Create or replace roles',
  body: z.strictObject({ roles: z.record(elasticsearchName, putRoleBody) }),
  responses: { 200: { description: 'Result for each role', body: putRolesResponse } },
});
