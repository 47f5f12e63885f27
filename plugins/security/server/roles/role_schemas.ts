import { z } from 'zod';
import { elasticsearchName, metadataKey } from '../elasticsearch_names.ts';
import type { Role } from './role.ts';

const word = z.string().min(1).max(128);
const space = z
  .string()
  .regex(/^(?:\*|[a-z0-9_-]{1,64})$/, 'must be * or hold lower-case letters, digits, - and _');

export const roleParams = z.strictObject({ name: elasticsearchName });

export const putRoleQuery = z.strictObject({ createOnly: z.enum(['true', 'false']).optional() });

/** Kibana's body. `elasticsearch` is accepted, so that Kibana's clients work, and has no effect. */
export const putRoleBody = z.strictObject({
  description: z.string().max(2048).optional(),
  metadata: z.record(metadataKey, z.unknown()).optional(),
  elasticsearch: z.record(z.string().max(128), z.unknown()).optional(),
  kibana: z
    .array(
      z.strictObject({
        base: z.array(word).max(10).default([]),
        feature: z.record(word, z.array(word).max(50)).default({}),
        spaces: z.array(space).min(1).max(1000).default(['*']),
      }),
    )
    .max(1000)
    .default([]),
});

/** A role in an answer, for the API description. */
export const roleAnswer = z.object({
  name: z.string(),
  description: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()),
  transient_metadata: z.object({ enabled: z.boolean() }),
  elasticsearch: z.object({
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
    elasticsearch: { cluster: [], indices: [], run_as: [] },
    kibana: role.grants,
    _transform_error: [],
    _unrecognized_applications: [],
  };
}
