import type { RoleDescriptors } from '../../common/index.ts';
import { EVERY_SPACE, type Grant } from '../privileges/index.ts';

type ApplicationPrivileges = NonNullable<RoleDescriptors[string]['applications']>[number];

/**
 * Application names under which Kibana's privileges are granted. `kibana-*` and `*` are patterns.
 */
const KIBANA_APPLICATIONS = new Set(['kibana-.kibana', 'kibana-*', '*']);
const SPACE_RESOURCE = /^space:([a-z0-9_-]{1,64})$/;
const FEATURE_PRIVILEGE = /^feature_([^.]{1,128})\.(.{1,128})$/;
const BASE: Readonly<Record<string, string>> = {
  all: 'all',
  read: 'read',
  space_all: 'all',
  space_read: 'read',
};

/**
 * The privileges to which these descriptors restrict a key. The owner's privileges limit it
 * further. `undefined`: no restriction. Unknown features, privileges and resources grant nothing.
 */
export function grantsOf(descriptors: RoleDescriptors): readonly Grant[] | undefined {
  const all = Object.values(descriptors);
  // As in Elasticsearch, a key without descriptors has all privileges of its owner.
  if (all.length === 0) return undefined;
  return all.flatMap(({ kibana = [], applications = [] }) => [
    ...kibana,
    ...applications
      .filter(({ application }) => KIBANA_APPLICATIONS.has(application))
      .map(grantOfApplication),
  ]);
}

function grantOfApplication({ privileges, resources }: ApplicationPrivileges): Grant {
  const base: string[] = [];
  const feature = new Map<string, string[]>();
  for (const privilege of privileges) {
    const level = Object.hasOwn(BASE, privilege) ? BASE[privilege] : undefined;
    if (level !== undefined) base.push(level);
    const [, id, name] = FEATURE_PRIVILEGE.exec(privilege) ?? [];
    if (id !== undefined && name !== undefined) {
      feature.set(id, [...(feature.get(id) ?? []), name]);
    }
  }
  const spaces = resources.flatMap((resource) =>
    resource === EVERY_SPACE ? [EVERY_SPACE] : (SPACE_RESOURCE.exec(resource)?.slice(1) ?? []),
  );
  return { base, feature: Object.fromEntries(feature), spaces };
}
