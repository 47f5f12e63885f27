import { z } from 'zod';
import { kibanaGrants } from './kibana_grants.ts';

const word = z.string().min(1).max(256);
const words = z.array(word).max(100);
const indices = z.array(z.record(z.string().max(128), z.unknown())).max(100);

/** Privileges in Elasticsearch. They are accepted from clients, but have no effect in Latchkey. */
const ofElasticsearch = {
  cluster: words.optional(),
  indices: indices.optional(),
  index: indices.optional(),
  run_as: words.optional(),
};

const application = z.strictObject({ application: word, privileges: words, resources: words });

/**
 * `role_descriptors` as Kibana and Elasticsearch accept them: by name, with `kibana` entries as in
 * a role, or `applications` with Kibana's application privileges. Parts that concern Elasticsearch
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
