import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';

const featurePrivilege = z.object({
  /** Names of the API privileges that the feature privilege grants. */
  api: z.array(z.string()),
  app: z.array(z.string()),
  ui: z.array(z.string()),
  savedObject: z.object({ all: z.array(z.string()), read: z.array(z.string()) }),
});

const feature = z.object({
  id: z.string(),
  name: z.string(),
  category: z.object({ id: z.string(), label: z.string(), order: z.number() }),
  app: z.array(z.string()),
  /** Entries of a catalogue of applications. Empty, because there is none. */
  catalogue: z.array(z.string()),
  privileges: z.object({ all: featurePrivilege, read: featurePrivilege }),
  onlyInEverySpace: z
    .boolean()
    .optional()
    .describe('`true`: has no effect in entries of a role that name single spaces.'),
});

const names = z.array(z.string());
/** Names of levels. With `includeActions`: the actions that each level grants, by its name. */
const levels = z.union([names, z.record(z.string(), names)]);

const privileges = z.object({
  features: z.record(z.string(), levels),
  space: levels,
  global: levels,
  reserved: levels,
});

const route = { method: 'get', access: 'public', tags: ['roles'] } as const;

/** Features that roles can grant, with the names of their privileges. */
export const listFeatures = defineRoute({
  ...route,
  path: '/api/features',
  summary: 'List the features that roles can grant',
  responses: { 200: { description: 'The features', body: z.array(feature) } },
});

/** Like {@link listFeatures}, but with names in the language of `Accept-Language`. */
export const listFeaturesInternally = defineRoute({
  ...listFeatures,
  path: '/internal/security/features',
  access: 'internal',
});

/** Privileges that roles can grant, by feature. */
export const listPrivileges = defineRoute({
  ...route,
  path: '/api/security/privileges',
  summary: 'List the privileges that roles can grant',
  query: z.strictObject({
    includeActions: z.enum(['true', 'false']).default('false'),
    /**
     * Parameter that Kibana's clients send. It has no effect, because Latchkey has no licence
     * levels.
     */
    respectLicenseLevel: z.enum(['true', 'false']).optional(),
  }),
  responses: { 200: { description: 'Privileges by feature', body: privileges } },
});
