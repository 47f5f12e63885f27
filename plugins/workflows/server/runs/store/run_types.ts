import type { SavedObjectsType } from '@latchkey/saved-objects';
import { storedLease } from '@latchkey/saved-objects/coordination';
import { z } from 'zod';
import { EXECUTION_STATUSES, MAX_YAML_LENGTH } from '../../../common/index.ts';
import { CONCURRENCY_TYPE } from './concurrency_type.ts';

/** Saved-object type of runs. */
export const RUN_TYPE = 'workflow_run';
/** Saved-object type of journals, which contain the results of steps. */
export const JOURNAL_TYPE = 'workflow_journal';
/** Saved-object type of definitions, the texts of workflows that runs execute. */
export const DEFINITION_TYPE = 'workflow_definition';
/** Saved-object type of values that are too large for the document of a run or journal entry. */
export const VALUE_TYPE = 'workflow_value';
/** Saved-object type of workers, the processes that execute runs. */
export const WORKER_TYPE = 'workflow_worker';

/** Maximum characters of a rendered key of a concurrency group that is stored with its runs. */
export const MAX_GROUP_KEY = 1_024;

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
  message: z.string().optional(),
  approveLabel: z.string().optional(),
  rejectLabel: z.string().optional(),
  connectorId: z.string().optional(),
  connectorName: z.string().optional(),
  runId: z.string().optional(),
});

/** Enclosing steps, such as loops, that have begun and not ended. Absent: none. */
const openSteps = z
  .array(
    z.strictObject({
      key: z.string(),
      name: z.string(),
      type: z.string(),
      scopes: z.array(
        z.strictObject({
          step: z.string(),
          kind: z.enum([
            'iteration',
            'branch',
            'attempt',
            'fallback',
            'then',
            'else',
            'case',
            'default',
          ]),
          index: z.number().int().nonnegative(),
        }),
      ),
      startedAt: z.string(),
    }),
  )
  .optional();

/** Key of a large value that is stored in its own document. */
const apart = z.string().max(64).optional();

const run = z.strictObject({
  spaceId,
  /** Id of the workflow. Absent: the YAML was not stored as a workflow. */
  workflowId: id.optional(),
  workflowName: z.string().max(1_024),
  /** Id of the `workflow_definition` with the YAML of this run. */
  definitionId: id,
  isTestRun: z.boolean(),
  /** Id of the workflow whose text a test run executes. Absent: the user entered the text. */
  testedWorkflowId: id.optional(),
  /** Name of the only step that is executed, to test it. Absent: all steps are executed. */
  stepId: z.string().max(1_024).optional(),
  /** `true`: no request is sent to a service. Absent: false. */
  isDryRun: z.boolean().optional(),
  /**
   * `true`: no user started the run by hand. A schedule or an event started it, or the run of which
   * it is a child.
   */
  isUnattended: z.boolean().optional(),
  /** `true`: the steps of the run may not use the accounts of its user. */
  refusesPersonalConnections: z.boolean().optional(),
  /**
   * Owner of limits, `handlers:<author>`, if the run counts against an author's handlers. Absent:
   * the run counts against its user.
   */
  countedFor: z.string().max(1_024).optional(),
  /** Id of the run that this run repeats. */
  retryOf: id.optional(),
  triggeredBy: z.string().max(64),
  /** Username of the user whose connections the steps use. */
  username: z.string().max(1_024),
  profileUid: id,
  apiKeyId: id.nullable(),
  status: z.enum(EXECUTION_STATUSES),
  /** Inputs and metadata. Absent: they have their own document, see `givenApart`. */
  given: z
    .strictObject({
      inputs: values,
      metadata: values.optional(),
      /** Payload of the trigger, without the inputs. */
      event: values.optional(),
      /** Variables of templates. Present if `stepId` is. */
      context: values.optional(),
    })
    .optional(),
  givenApart: apart,
  /** Id of the run whose step has started this run. Absent: none. */
  parentRunId: id.optional(),
  /** Key of the step that has started this run. Absent: none, or an older build stored the run. */
  parentStepKey: z.string().optional(),
  /** Facts about the parent. Present if `parentRunId` is. */
  parent: z
    .strictObject({
      /** Workflow of the parent. Absent: it is not stored. */
      workflowId: id.optional(),
      /** Level of the run: 1 for a child of a run that has no parent. */
      depth: z.number().int().positive(),
      /** `true`: the step of the parent waits for the end of this run. */
      isAwaited: z.boolean(),
    })
    .optional(),
  /** Earlier runs whose events have led to this run. Absent: no event has started it. */
  eventChain: z
    .strictObject({
      depth: z.number().int().positive(),
      /** Workflows of the earlier runs, the oldest first. */
      workflowIds: z.array(id).max(100),
    })
    .optional(),
  /** Concurrency group of the run, and its policy. Absent: no group limits the run. */
  concurrency: z
    .strictObject({
      /** Id of the `workflow_concurrency` document of the group. */
      groupId: id,
      strategy: z.enum(['drop', 'cancel-in-progress', 'queue']),
      max: z.number().int().positive(),
      queueSize: z.number().int().positive(),
      queueTtlMs: z.number().nonnegative(),
    })
    .optional(),
  /** Rendered key of the group. Absent: there is no key, or it is too long for lists. */
  concurrencyGroupKey: z.string().max(MAX_GROUP_KEY).optional(),
  createdAt: instant,
  /**
   * Instant at which the run began. Absent: it has not left the queue, or an older build that did
   * not store the instant of each run created it, and it began when it was created.
   */
  startedAt: instant.optional(),
  finishedAt: instant.optional(),
  /** Id of the worker that executes the run. Absent: none, because the run waits or has ended. */
  owner: z.string().max(512).optional(),
  /** Number of the current owner. It increases when another worker takes the run. */
  epoch: z.number().int().nonnegative(),
  /** Number of takeovers since a process has read the journal. Absent: none. */
  takeovers: z.number().int().positive().optional(),
  /** Sequence number of the last journal entry that this document knows. 0: none. */
  seq: z.number().int().nonnegative(),
  /** Characters of the records when the run began to wait. Absent: the run has not waited. */
  recordCharacters: z.number().int().nonnegative().optional(),
  /** Waits of the run: why it does not continue now. Absent: the run does not wait. */
  waits: z.array(wait).max(10_000).optional(),
  /**
   * The failed calls of the waits for an authorization. They are not members of the waits, because
   * a server of an older build cannot change a run whose waits have unknown members. It does not
   * update this attribute, so a call counts only for a wait with the same `stepKey` and `since`.
   * Absent: no wait is for an authorization, or an older build stored the waits.
   */
  unauthorizedCalls: z
    .array(
      z.strictObject({
        stepKey: z.string(),
        since: z.number(),
        /** Number of earlier waits of this attempt of the step for an authorization. */
        earlierWaits: z.number().int().nonnegative(),
        /** Why the user must authorize the connector. Absent: unknown. */
        reason: z.string().optional(),
      }),
    )
    .max(10_000)
    .optional(),
  /** Key of the waits with their forms, if the forms are large. */
  waitsApart: apart,
  /**
   * Instant at which the run began to wait. A wait for an authorization begins with the first call
   * that needed it; calls that are tried again do not change it.
   */
  waitingSince: instant.optional(),
  /** Earliest instant at which the run continues. */
  wakeAt: instant.optional(),
  /** Keys of changes that let the run continue: `auth:<profileUid>:<connectorId>` or `child`. */
  wakeKeys: z.array(z.string().max(1_100)).max(10_000).optional(),
  cancelRequestedAt: instant.optional(),
  /** Username of the user who has cancelled the run. Absent: no user has. */
  cancelledBy: z.string().max(1_024).optional(),
  /** Calls of the run that have taken longer than a second, and steps that wait. */
  currentSteps: z
    .array(z.strictObject({ stepId: z.string(), stepType: z.string(), startedAt: z.string() }))
    .optional(),
  /**
   * The steps of `currentSteps` and `waits`. A server of an older build does not know this
   * attribute and does not update it, so only steps count that belong to a present call or wait.
   */
  activeSteps: openSteps,
  /** Records of the end of the run, which are in no journal entry. */
  tail: z.array(z.unknown()).optional(),
  /** Enclosing steps, such as loops, inside which the run has ended. */
  openSteps,
  /** Output and error, which lists do not show. */
  result: z.strictObject({ output: z.unknown().optional(), error: error.optional() }).optional(),
  resultApart: apart,
  /** Error without details, with the beginning of its message. */
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
  /** Key of the value with the complete records, if they are large. */
  apart,
  /** Number of step records of the run up to the end of this entry. */
  steps: z.number().int().nonnegative(),
  /** Enclosing steps, such as loops, that are open at the end of this entry. */
  openSteps,
});

/** Attributes of `workflow_journal`. */
export type JournalAttributes = z.infer<typeof journal>;

const value = z.strictObject({ runId: id, spaceId, value: z.unknown() });

/** Attributes of `workflow_value`. */
export type ValueAttributes = z.infer<typeof value>;

const definition = z.strictObject({ spaceId, yaml: z.string().max(MAX_YAML_LENGTH) });

/** Attributes of `workflow_definition`. */
export type DefinitionAttributes = z.infer<typeof definition>;

const worker = z.strictObject({ lease: storedLease.optional() });

/** Attributes of `workflow_worker`. */
export type WorkerAttributes = z.infer<typeof worker>;

/**
 * State of each run. At most about 8 kB, because lists read it. Every write is a compare-and-set.
 */
export const runType: SavedObjectsType = {
  name: RUN_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  visibleToSearch: false,
  mappings: {
    properties: {
      spaceId: { type: 'keyword' },
      workflowId: { type: 'keyword' },
      definitionId: { type: 'keyword' },
      isTestRun: { type: 'boolean' },
      triggeredBy: { type: 'keyword' },
      username: { type: 'keyword' },
      profileUid: { type: 'keyword' },
      countedFor: { type: 'keyword' },
      status: { type: 'keyword' },
      owner: { type: 'keyword' },
      parentRunId: { type: 'keyword' },
      concurrencyGroupKey: { type: 'keyword' },
      createdAt: { type: 'date' },
      startedAt: { type: 'date' },
      finishedAt: { type: 'date' },
      wakeAt: { type: 'date' },
      wakeKeys: { type: 'keyword' },
    },
  },
  modelVersions: { 1: { changes: [], schemas: { create: run, forwardCompatibility: run } } },
};

/** Journal entries of runs. The id is `<run>:<sequence number>`. Entries never change. */
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

/** Large values of runs. The id is `<run>:<hash of the value>`. Values never change. */
export const valueType: SavedObjectsType = {
  name: VALUE_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  visibleToSearch: false,
  mappings: { properties: { spaceId: { type: 'keyword' }, runId: { type: 'keyword' } } },
  modelVersions: { 1: { changes: [], schemas: { create: value, forwardCompatibility: value } } },
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

/**
 * Workers: one document per process that executes runs, with the lease that shows that the process
 * is alive.
 */
export const workerType: SavedObjectsType = {
  name: WORKER_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  mappings: { properties: {} },
  modelVersions: { 1: { changes: [], schemas: { create: worker, forwardCompatibility: worker } } },
};

/**
 * Number of documents, by type, that a search over all documents has in memory at the same time,
 * because documents may be large.
 */
export const BATCH_SIZES: Readonly<Record<string, number>> = {
  [JOURNAL_TYPE]: 10,
  [VALUE_TYPE]: 2,
  [DEFINITION_TYPE]: 20,
};

/** Types whose documents belong to a space. */
export const SPACE_RUN_TYPES = [
  CONCURRENCY_TYPE,
  RUN_TYPE,
  JOURNAL_TYPE,
  VALUE_TYPE,
  DEFINITION_TYPE,
] as const;
