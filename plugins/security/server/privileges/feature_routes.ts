import { type Router, respond } from '@latchkey/core/server';
import { z } from 'zod';
import type { FeatureRegistration } from '../types.ts';
import type { FeatureRegistry } from './feature_registry.ts';
import { LEVEL_WORDS, levelOf } from './grant.ts';

const CATEGORY = { id: 'latchkey', label: 'Latchkey', order: 1000 };

const featurePrivilege = z.object({
  /** Names of the privileges that it grants. */
  api: z.array(z.string()),
  app: z.array(z.string()),
  ui: z.array(z.string()),
  savedObject: z.object({ all: z.array(z.string()), read: z.array(z.string()) }),
});

const featureResponse = z.object({
  id: z.string(),
  name: z.string(),
  category: z.object({ id: z.string(), label: z.string(), order: z.number() }),
  app: z.array(z.string()),
  privileges: z.object({ all: featurePrivilege, read: featurePrivilege }),
});

const names = z.array(z.string());
/** Names of levels, or with `includeActions` the actions that each grants. */
const levels = z.union([names, z.record(z.string(), names)]);

const privilegesResponse = z.object({
  features: z.record(z.string(), levels),
  space: levels,
  global: levels,
  reserved: levels,
});

/**
 * Routes that list what roles can grant, for role editors and for clients that test a connection.
 */
export function registerFeatureRoutes(
  router: Router,
  deps: { readonly features: Pick<FeatureRegistry, 'list' | 'isGrantedByName'> },
): void {
  const byName = () => deps.features.list().filter(({ id }) => deps.features.isGrantedByName(id));
  const route = { method: 'get', access: 'public', tags: ['roles'] } as const;
  router.add(
    {
      ...route,
      path: '/api/features',
      summary: 'List the features that roles can grant',
      responses: { 200: { description: 'The features', body: z.array(featureResponse) } },
    },
    () => respond.ok(byName().map(featureBody)),
  );
  router.add(
    {
      ...route,
      path: '/api/security/privileges',
      summary: 'List the privileges that roles can grant',
      validate: {
        query: z.strictObject({
          includeActions: z.enum(['true', 'false']).default('false'),
          /** Kibana's field. Latchkey has no licence levels. */
          respectLicenseLevel: z.enum(['true', 'false']).optional(),
        }),
      },
      responses: { 200: { description: 'Privileges by feature', body: privilegesResponse } },
    },
    ({ query }) => respond.ok(privilegesBody(byName(), query.includeActions === 'true')),
  );
}

function featureBody({ id, name, privileges }: FeatureRegistration) {
  const privilege = (api: readonly string[]) => ({
    api,
    app: [],
    ui: [],
    savedObject: { all: [], read: [] },
  });
  return {
    id,
    name,
    category: CATEGORY,
    app: [],
    privileges: { all: privilege(privileges.all), read: privilege(privileges.read) },
  };
}

function privilegesBody(features: readonly FeatureRegistration[], includesActions: boolean) {
  const base = ['all', 'read'] as const;
  const of = (words: readonly string[], granting: readonly FeatureRegistration[]) =>
    includesActions
      ? Object.fromEntries(words.map((word) => [word, actionsOf(granting, word)]))
      : words;
  return {
    features: Object.fromEntries(
      features.map((feature) => [feature.id, of(LEVEL_WORDS, [feature])]),
    ),
    space: of(base, features),
    global: of(base, features),
    reserved: includesActions ? {} : [],
  };
}

/** Privileges that a level grants, as `expandPrivileges` does: `all` includes `read`. */
function actionsOf(features: readonly FeatureRegistration[], word: string): readonly string[] {
  const actions = features.flatMap(({ privileges }) =>
    levelOf(word) === 'all' ? [...privileges.read, ...privileges.all] : privileges.read,
  );
  return [...new Set(actions)].sort();
}
