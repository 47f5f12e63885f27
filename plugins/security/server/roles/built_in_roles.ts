import { type Language, type LocalizedText, localize } from '@latchkey/core/common';
import { EVERY_SPACE, type FeatureRegistry } from '../privileges/index.ts';
import { type Role, SUPERUSER } from './role.ts';

const DESCRIPTIONS: ReadonlyMap<string, LocalizedText> = new Map([
  [
    SUPERUSER,
    {
      en: 'May do everything in every space, and manages users and roles.',
      de: 'Darf alles in jedem Bereich und verwaltet Benutzer und Rollen.',
    },
  ],
  [
    'editor',
    {
      en: 'May use and change everything in every space.',
      de: 'Darf in jedem Bereich alles verwenden und ändern.',
    },
  ],
  [
    'viewer',
    {
      en: 'May use everything in every space, and change nothing.',
      de: 'Darf in jedem Bereich alles verwenden und nichts ändern.',
    },
  ],
]);

/**
 * Copy of a role with its description in a language. Roles that are not built in are returned
 * unchanged.
 */
export function localizeRole(role: Role, language: Language): Role {
  const description = role.reserved ? DESCRIPTIONS.get(role.name) : undefined;
  return description === undefined
    ? role
    : { ...role, description: localize(description, language) };
}

/** The roles of every installation. Their privileges depend on the registered features. */
export function builtInRoles(features: Pick<FeatureRegistry, 'list'>): ReadonlyMap<string, Role> {
  const everyFeature = (level: 'all' | 'read') => [
    {
      base: [],
      feature: Object.fromEntries(
        features
          .list()
          .filter((feature) => !feature.onlyWithBaseInEverySpace)
          .map((feature) => [feature.id, [level]]),
      ),
      spaces: [EVERY_SPACE],
    },
  ];
  const roles = [
    reserved(SUPERUSER, [{ base: ['all'], feature: {}, spaces: [EVERY_SPACE] }]),
    reserved('editor', everyFeature('all')),
    reserved('viewer', everyFeature('read')),
  ];
  return new Map(roles.map((role) => [role.name, role]));
}

function reserved(name: string, grants: Role['grants']): Role {
  const description = DESCRIPTIONS.get(name)?.en;
  return { name, description, metadata: {}, grants, elasticsearch: {}, reserved: true };
}
