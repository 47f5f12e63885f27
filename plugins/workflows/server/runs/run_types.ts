import type { SavedObjectsType } from '@latchkey/saved-objects';
import { storedLease } from '@latchkey/saved-objects/coordination';
import { z } from 'zod';
import { EXECUTION_STATUSES, MAX_YAML_LENGTH } from '../../common/index.ts';

/** Names of the saved-object types of runs. */
export const RUN_TYPE = 'workflow_run';
export const JOURNAL_TYPE = 'workflow_journal';
export const DEFINITION_TYPE = 'workflow_definition';
export const WORKER_TYPE = 'workflow_worker';

const instant = z.iso.datetime();
const id = z.string().min(1).max(512);
const spaceId = z.string().min(1).max(64);
const values = z.record(z.string(), z.unknown());
const error = z.strictObject({
  type: z.string().max(256),
  message: z.string(),
  details: values.optional(),
});

const wait = z.strictObject({
  kind: z.enum(['time', 'input', 'child', 'authorization']),
  stepKey: z.string(),
  wakeAt: z.number().optional(),
  since: z.number().optional(),
  schema: z.unknown().optional(),
  connectorId: z.string().optional(),
  runId: z.string().optional(),
});

const run = z.strictObject({
  spaceId,
  /** Absent: the YAML was not stored as a workflow. */
  workflowId: id.optional(),
  workflowName: z.string().max(1_024),
  /** Id of the `workflow_definition` with the YAML of this run. */
  definitionId: id,
  isTestRun: z.boolean(),
  triggeredBy: z.string().max(64),
  /** The user whose connections the steps use. */
  username: z.string().max(1_024),
  profileUid: id,
  apiKeyId: id.nullable(),
  status: z.enum(EXECUTION_STATUSES),
  inputs: values,
  metadata: values.optional(),
  /** Payload of the trigger, without the inputs. */
  event: values.optional(),
  createdAt: instant,
  finishedAt: instant.optional(),
  /** Worker that executes the run. Absent: none, because it waits or has ended. */
  owner: z.string().max(512).optional(),
  /** Increases when another worker takes the run. */
  epoch: z.number().int().nonnegative(),
  /** Sequence number of the last journal entry that this document knows. 0: none. */
  seq: z.number().int().nonnegative(),
  /** Why the run waits. */
  waits: z.array(wait).max(10_000).optional(),
  /** Earliest instant at which the run continues. */
  wakeAt: instant.optional(),
  /** `auth:<profileUid>:<connectorId>`: changes that let the run go on. */
  wakeKeys: z.array(z.string().max(1_100)).max(10_000).optional(),
  cancelRequestedAt: instant.optional(),
  /** Records that are in no journal entry: those of the end of the run. */
  tail: z.array(z.unknown()).optional(),
  output: z.unknown().optional(),
  error: error.optional(),
  failedStep: z.string().optional(),
});

/** Attributes of `workflow_run`. */
export type RunAttributes = z.infer<typeof run>;

const journal = z.strictObject({
  runId: id,
  spaceId,
  epoch: z.number().int().nonnegative(),
  /** Records of the engine, in their order. */
  records: z.array(z.unknown()),
});

/** Attributes of `workflow_journal`. */
export type JournalAttributes = z.infer<typeof journal>;

const definition = z.strictObject({ spaceId, yaml: z.string().max(MAX_YAML_LENGTH) });

/** Attributes of `workflow_definition`. */
export type DefinitionAttributes = z.infer<typeof definition>;

const worker = z.strictObject({ lease: storedLease.optional() });

/** Attributes of `workflow_worker`. */
export type WorkerAttributes = z.infer<typeof worker>;

/** State of each run. Every write is a compare-and-set. */
export const runType: SavedObjectsType = {
  name: RUN_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  visibleToSearch: false,
  mappings: {
    properties: {
      spaceId: { type: 'keyword' },
      workflowId: { type: 'keyword' },
      status: { type: 'keyword' },
      owner: { type: 'keyword' },
      createdAt: { type: 'date' },
      wakeAt: { type: 'date' },
      wakeKeys: { type: 'keyword' },
    },
  },
  modelVersions: { 1: { changes: [], schemas: { create: run, forwardCompatibility: run } } },
};

/** Records of runs. Id `<run>:<sequence number>`; never changed. */
export const journalType: SavedObjectsType = {
  name: JOURNAL_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  visibleToSearch: false,
  mappings: { properties: { spaceId: { type: 'keyword' }, runId: { type: 'keyword' } } },
  modelVersions: {
    1: { changes: [], schemas: { create: journal, forwardCompatibility: journal } },
  },
};

/** YAML of runs. The id contains its hash, so runs of one version share a document. */
export const definitionType: SavedObjectsType = {
  name: DEFINITION_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  visibleToSearch: false,
  mappings: { properties: { spaceId: { type: 'keyword' } } },
  modelVersions: {
    1: { changes: [], schemas: { create: definition, forwardCompatibility: definition } },
  },
};

/** One per process that executes runs, with the lease that shows that it is alive. */
export const workerType: SavedObjectsType = {
  name: WORKER_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  mappings: { properties: {} },
  modelVersions: { 1: { changes: [], schemas: { create: worker, forwardCompatibility: worker } } },
};

/** Types whose documents belong to a space. */
export const SPACE_RUN_TYPES = [RUN_TYPE, JOURNAL_TYPE, DEFINITION_TYPE] as const;
