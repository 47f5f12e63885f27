import { z } from 'zod';
import { elasticsearchName, MAX_NAME_LENGTH, metadataKey } from '../elasticsearch_names.ts';
import { kibanaGrants } from '../privileges/index.ts';
import type { Role } from './role.ts';

const MAX_ELASTICSEARCH_BYTES = 65_536;

export const roleParams = z.strictObject({ name: elasticsearchName });

export const putRoleQuery = z.strictObject({ createOnly: z.enum(['true', 'false']).optional() });

/**
 * Privileges in Elasticsearch. Stored and returned, so that clients read what they wrote. No
 * effect.
 */
const elasticsearch = z
  .looseObject({
    cluster: z.array(z.string().max(256)).max(1000).optional(),
    indices: z
      .array(z.record(z.string().max(256), z.unknown()))
      .max(1000)
      .optional(),
    run_as: z.array(z.string().max(MAX_NAME_LENGTH)).max(1000).optional(),
  })
  .refine(
    (value) => Buffer.byteLength(JSON.stringify(value)) <= MAX_ELASTICSEARCH_BYTES,
    'must be at most 64 kB as JSON',
  );

/** Kibana's body. */
export const putRoleBody = z.strictObject({
  description: z.string().max(2048).optional(),
  metadata: z.record(metadataKey, z.unknown()).optional(),
  elasticsearch: elasticsearch.optional(),
  kibana: kibanaGrants.default([]),
});

/** Many roles at once, by name. */
export const putRolesBody = z.strictObject({ roles: z.record(elasticsearchName, putRoleBody) });

/** Result for each role of {@link putRolesBody}; lists and maps without an entry are left out. */
export const putRolesResponse = z.object({
  created: z.array(z.string()).optional(),
  updated: z.array(z.string()).optional(),
  noop: z.array(z.string()).optional(),
  errors: z.record(z.string(), z.object({ type: z.string(), reason: z.string() })).optional(),
  /** Of stored roles. */
  warnings: z.record(z.string(), z.array(z.string())).optional(),
});

export const queryRolesBody = z.strictObject({
  /** Part of a name or description. */
  query: z.string().max(MAX_NAME_LENGTH).optional(),
  from: z.int().min(0).max(100_000).default(0),
  size: z.int().min(0).max(1000).default(100),
  sort: z.strictObject({ field: z.literal('name'), direction: z.enum(['asc', 'desc']) }).optional(),
  filters: z.strictObject({ showReservedRoles: z.boolean().default(true) }).optional(),
});

/** A role in an answer, for the API description. */
export const roleResponse = z.object({
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

/** A role in Kibana's words. */
export function roleBody(role: Role) {
  return {
    name: role.name,
    ...(role.description === undefined ? {} : { description: role.description }),
    metadata: { ...role.metadata, ...(role.reserved ? { _reserved: true } : {}) },
    transient_metadata: { enabled: true },
    elasticsearch: { cluster: [], indices: [], run_as: [], ...role.elasticsearch },
    kibana: role.grants,
    _transform_error: [],
    _unrecognized_applications: [],
  };
}

/** Turns a body into a role with that name. */
export function roleOf(name: string, body: z.infer<typeof putRoleBody>): Role {
  return {
    name,
    description: body.description,
    metadata: body.metadata ?? {},
    grants: body.kibana,
    elasticsearch: body.elasticsearch ?? {},
    reserved: false,
  };
}
