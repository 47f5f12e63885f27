import { type Language, localize } from '@latchkey/core/common';
import { chooseLanguage, type Router, respond } from '@latchkey/core/server';
import { listFeatures, listFeaturesInternally, listPrivileges } from '../../common/index.ts';
import type { FeatureRegistration } from '../types.ts';
import type { FeatureRegistry } from './feature_registry.ts';
import { LEVEL_WORDS, levelOf } from './grant.ts';

const CATEGORY = { id: 'latchkey', label: 'Latchkey', order: 1000 };

/**
 * Registers the routes that list what roles can grant. Role editors use them, and clients that test
 * a connection.
 */
export function registerFeatureRoutes(router: Router<FeatureRouteServices>): void {
  const bodies = (features: FeatureRouteServices['features'], language: Language) =>
    grantedByName(features).map((feature) => featureBody(feature, language));
  router.handle(listFeatures, (_, { features }) => respond.ok(bodies(features, 'en')));
  router.handle(listFeaturesInternally, ({ headers }, { features }) =>
    respond.ok(bodies(features, chooseLanguage(headers['accept-language']))),
  );
  router.handle(listPrivileges, ({ query }, { features }) =>
    respond.ok(privilegesBody(grantedByName(features), query.includeActions === 'true')),
  );
}

interface FeatureRouteServices {
  readonly features: Pick<FeatureRegistry, 'list' | 'isGrantedByName'>;
}

const grantedByName = (features: FeatureRouteServices['features']) =>
  features.list().filter(({ id }) => features.isGrantedByName(id));

function featureBody(
  { id, name, privileges, onlyInEverySpace }: FeatureRegistration,
  language: Language,
) {
  const privilege = (api: readonly string[]) => ({
    api,
    app: [],
    ui: [],
    savedObject: { all: [], read: [] },
  });
  return {
    id,
    name: localize(name, language),
    category: CATEGORY,
    app: [],
    catalogue: [],
    privileges: { all: privilege(privileges.all), read: privilege(privileges.read) },
    ...(onlyInEverySpace === true ? { onlyInEverySpace } : {}),
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

/** Privileges that a level grants, as in `expandPrivileges`: `all` includes `read`. */
function actionsOf(features: readonly FeatureRegistration[], word: string): readonly string[] {
  const actions = features.flatMap(({ privileges }) =>
    levelOf(word) === 'all' ? [...privileges.read, ...privileges.all] : privileges.read,
  );
  return [...new Set(actions)].sort();
}
