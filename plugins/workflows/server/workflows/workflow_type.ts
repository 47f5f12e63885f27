import { createHash } from 'node:crypto';
import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';
import { MAX_YAML_LENGTH } from '../../common/index.ts';

/** Name of the saved-object type of workflows. */
export const WORKFLOW_TYPE = 'workflow';

/** Maximum characters of the text of a workflow that searches read. */
export const MAX_SEARCH_TEXT = 8_192;

const instant = z.iso.datetime();

/** Attributes of model version 1. */
const attributesOfFirst = z.strictObject({
  spaceId: z.string().min(1).max(64),
  name: z.string().min(1).max(1_024),
  description: z.string().max(MAX_YAML_LENGTH).optional(),
  enabled: z.boolean(),
  tags: z.array(z.string().max(1_024)).max(1_000),
  /** `false`: the YAML has errors. */
  valid: z.boolean(),
  yaml: z.string().max(MAX_YAML_LENGTH),
  /** Types of the triggers, by which workflows for an event are found. */
  triggerTypes: z.array(z.string().max(256)).max(100),
  /** Keys of the `scheduled` triggers. */
  scheduleKeys: z.array(z.string().max(64)).max(100),
  /** Ids and names of connectors in the steps. */
  connectors: z.array(z.string().max(1_024)).max(1_000),
  /** The user who saved the YAML last. Scheduled runs of the workflow act as this user. */
  runsAs: z.strictObject({
    username: z.string().max(1_024),
    profileUid: z.string().min(1).max(512),
    apiKeyId: z.string().min(1).max(512).nullable(),
  }),
  /** Name in lower case, by which lists are sorted. */
  sortName: z.string().max(1_024),
  /** Name, tags and the beginning of the description, which searches read. */
  searchText: z.string().max(MAX_SEARCH_TEXT),
  createdAt: instant,
  /** Username of the user who created the workflow. */
  createdBy: z.string().max(1_024),
  lastUpdatedAt: instant,
  lastUpdatedBy: z.string().max(1_024),
});

const attributes = attributesOfFirst.extend({
  /** Facts about the YAML that lists need, so that they do not read it. */
  revision: z.strictObject({
    /** Version of the workflow, which callers send back when they edit it. */
    version: z.string().max(100),
    /** Number of characters of the YAML. */
    yamlLength: z.number().int().min(0).max(MAX_YAML_LENGTH),
    /**
     * Value of `lastUpdatedAt` when the revision was written. Servers of older builds change
     * `lastUpdatedAt` but not the revision, so a difference shows that the revision is outdated.
     */
    updatedAt: instant,
  }),
});

/** Attributes of `workflow`. */
export type WorkflowAttributes = z.infer<typeof attributes>;

/** Facts about the YAML of a workflow that lists need. */
export type WorkflowRevision = WorkflowAttributes['revision'];

/** Maximum characters of a description that are stored beside the YAML. */
export const MAX_DESCRIPTION = 10_000;

type Text = Pick<WorkflowAttributes, 'lastUpdatedAt' | 'lastUpdatedBy' | 'yaml'>;

/**
 * Version of a workflow for callers that edit it. It changes with each change by a user, but not
 * when the server stores other facts.
 */
export function versionOf({ lastUpdatedAt, lastUpdatedBy, yaml }: Text): string {
  return createHash('sha256')
    .update(`${lastUpdatedAt}\n${lastUpdatedBy}\n${yaml}`)
    .digest('base64url');
}

/** Computes the revision of a workflow from its text. */
export function revisionOf(text: Text): WorkflowRevision {
  return {
    version: versionOf(text),
    yamlLength: text.yaml.length,
    updatedAt: text.lastUpdatedAt,
  };
}

/** Workflows of all spaces. The id is `<space>:<id of the workflow>`. */
export const workflowType: SavedObjectsType = {
  name: WORKFLOW_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  largeAttributes: ['yaml'],
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
    1: {
      changes: [],
      schemas: { create: attributesOfFirst, forwardCompatibility: attributesOfFirst },
    },
    2: {
      changes: [{ type: 'data_backfill', backfill: addRevision }],
      schemas: { create: attributes, forwardCompatibility: attributes },
    },
  },
};

/**
 * Adds the facts that lists show. A long description is cut, because lists would have to read it.
 */
function addRevision(stored: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { description, ...text } = attributesOfFirst
    .pick({ description: true, lastUpdatedAt: true, lastUpdatedBy: true, yaml: true })
    .strip()
    .parse(stored);
  const cut =
    description === undefined ? {} : { description: description.slice(0, MAX_DESCRIPTION) };
  return { ...cut, revision: revisionOf(text) };
}
