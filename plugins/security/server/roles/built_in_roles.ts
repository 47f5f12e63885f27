import { EVERY_SPACE, type FeatureRegistry } from '../privileges/index.ts';
import { type Role, SUPERUSER } from './role.ts';

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
    reserved(SUPERUSER, 'May do everything in every space, and manages users and roles.', [
      { base: ['all'], feature: {}, spaces: [EVERY_SPACE] },
    ]),
    reserved('editor', 'May use and change everything in every space.', everyFeature('all')),
    reserved(
      'viewer',
      'May use everything in every space, and change nothing.',
      everyFeature('read'),
    ),
  ];
  return new Map(roles.map((role) => [role.name, role]));
}

function reserved(name: string, description: string, grants: Role['grants']): Role {
  return { name, description, metadata: {}, grants, elasticsearch: {}, reserved: true };
}
