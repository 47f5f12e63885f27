import { z } from 'zod';
import { EVERY_SPACE, type Grant, kibanaGrants } from '../privileges/index.ts';

const word = z.string().min(1).max(256);
const words = z.array(word).max(100);
const indices = z.array(z.record(z.string().max(128), z.unknown())).max(100);

/** Privileges of Elasticsearch itself. Here is no Elasticsearch to protect. */
const ofElasticsearch = {
  cluster: words.optional(),
  indices: indices.optional(),
  index: indices.optional(),
  run_as: words.optional(),
};

const application = z.strictObject({ application: word, privileges: words, resources: words });

/**
 * `role_descriptors` as Kibana and Elasticsearch accept them: by name, with `kibana` rows as in a
 * role, or `applications` with Kibana's application privileges. Parts that concern Elasticsearch
 * have no effect.
 */
export const roleDescriptors = z.record(
  word,
  z.strictObject({
    ...ofElasticsearch,
    elasticsearch: z.record(word, z.unknown()).optional(),
    kibana: kibanaGrants.optional(),
    applications: z.array(application).max(100).optional(),
    metadata: z.record(word, z.unknown()).optional(),
    description: z.string().max(1000).optional(),
  }),
);

/** Validated descriptors of one key, by name. */
export type RoleDescriptors = z.infer<typeof roleDescriptors>;

/** Application names of Kibana's privileges; a pattern may end in `*`. */
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
 * The maximum that a key with these descriptors may do; its owner's privileges limit it further.
 * `undefined`: no restriction. Unknown features, privileges and resources grant nothing.
 */
export function grantsOf(descriptors: RoleDescriptors): readonly Grant[] | undefined {
  const all = Object.values(descriptors);
  // As in Elasticsearch: without descriptors the key has the owner's privileges.
  if (all.length === 0) return undefined;
  return all.flatMap(({ kibana = [], applications = [] }) => [
    ...kibana,
    ...applications
      .filter(({ application }) => KIBANA_APPLICATIONS.has(application))
      .map(grantOfApplication),
  ]);
}

function grantOfApplication({ privileges, resources }: z.infer<typeof application>): Grant {
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
