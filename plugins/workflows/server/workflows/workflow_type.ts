import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';
import { MAX_YAML_LENGTH } from '../../common/index.ts';

/** Name of the saved-object type of workflows. */
export const WORKFLOW_TYPE = 'workflow';

/** Characters of a workflow that a search reads. */
export const MAX_SEARCH_TEXT = 8_192;

const instant = z.iso.datetime();

const attributes = z.strictObject({
  spaceId: z.string().min(1).max(64),
  name: z.string().min(1).max(1_024),
  description: z.string().max(MAX_YAML_LENGTH).optional(),
  enabled: z.boolean(),
  tags: z.array(z.string().max(1_024)).max(1_000),
  /** False: the YAML has errors. */
  valid: z.boolean(),
  yaml: z.string().max(MAX_YAML_LENGTH),
  /** Types of its triggers, to find the workflows that an event starts. */
  triggerTypes: z.array(z.string().max(256)).max(100),
  /** Keys of its `scheduled` triggers. */
  scheduleKeys: z.array(z.string().max(64)).max(100),
  /** Ids and names of connectors that its steps state. */
  connectors: z.array(z.string().max(1_024)).max(1_000),
  /** The user who saved the YAML last. Scheduled runs act as this user. */
  runsAs: z.strictObject({
    username: z.string().max(1_024),
    profileUid: z.string().min(1).max(512),
    apiKeyId: z.string().min(1).max(512).nullable(),
  }),
  /** Name in lower case, for the order of lists. */
  sortName: z.string().max(1_024),
  /** Name, tags and the begin of the description, for searches. */
  searchText: z.string().max(MAX_SEARCH_TEXT),
  createdAt: instant,
  /** Usernames. */
  createdBy: z.string().max(1_024),
  lastUpdatedAt: instant,
  lastUpdatedBy: z.string().max(1_024),
});

/** Attributes of `workflow`. */
export type WorkflowAttributes = z.infer<typeof attributes>;

/** Workflows of all spaces. Id `<space>:<id of the workflow>`. */
export const workflowType: SavedObjectsType = {
  name: WORKFLOW_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  mappings: {
    properties: {
      spaceId: { type: 'keyword' },
      name: { type: 'keyword' },
      enabled: { type: 'boolean' },
      tags: { type: 'keyword' },
      valid: { type: 'boolean' },
      triggerTypes: { type: 'keyword' },
      connectors: { type: 'keyword' },
      sortName: { type: 'keyword' },
      searchText: { type: 'text' },
      createdBy: { type: 'keyword' },
      'runsAs.profileUid': { type: 'keyword' },
      lastUpdatedAt: { type: 'date' },
    },
  },
  modelVersions: {
    1: { changes: [], schemas: { create: attributes, forwardCompatibility: attributes } },
  },
};
