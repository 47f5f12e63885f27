import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import { WORKFLOW_PRIVILEGES } from './privileges.ts';

/** Maximum characters of the YAML of a workflow. */
export const MAX_YAML_LENGTH = 1_048_576;

/**
 * Maximum bytes of a body with the YAML of one workflow. In JSON, a character has at most 6 bytes,
 * so the limit in characters applies first. The rest is for the other members.
 */
export const MAX_YAML_BODY_BYTES = 8 * 1024 ** 2;

/** Schema of the YAML of a workflow in a request. */
export const yamlText = z.string().min(1).max(MAX_YAML_LENGTH);
/** Schema of the id of a new workflow. */
export const newWorkflowId = z
  .string()
  .regex(/^[a-zA-Z0-9_-]{1,128}$/, 'must be 1 to 128 letters, digits, - or _');
/** Ids that no new workflow can have, because pages have these paths below `/app/workflows`. */
export const RESERVED_WORKFLOW_IDS: readonly string[] = ['new', 'executions'];
/** Maximum number of workflows in one request that changes or reads many workflows. */
export const MAX_BULK_WORKFLOWS = 500;
/** Schema of the id of a workflow in the body of a request. */
export const workflowId = z.string().min(1).max(128);
/** Schema of the ids in a request that changes or reads many workflows. */
export const workflowIds = z.array(workflowId).min(1).max(MAX_BULK_WORKFLOWS);

const byId = z.strictObject({ id: z.string().min(1).max(128) });

/** Query of lists. `page` counts from 1. */
export const listQuery = z.strictObject({
  page: z.coerce.number().int().min(1).max(10_000).default(1),
  size: z.coerce.number().int().min(1).max(100).default(20),
});

const diagnostic = z.object({
  severity: z.enum(['error', 'warning', 'info']),
  ruleId: z.string(),
  message: z.string(),
  line: z.number().describe('From 1.'),
  column: z.number().describe('From 1.'),
  endLine: z.number(),
  endColumn: z.number(),
  path: z.array(z.union([z.string(), z.number()])),
  replacement: z
    .string()
    .optional()
    .describe('Text with which the marked range has to be replaced to repair the problem.'),
  fault: z
    .object({
      id: z.string(),
      values: z.record(z.string(), z.string()),
      forms: z.array(z.string()).optional(),
    })
    .optional()
    .describe(
      'Kind and values of the fault, from which clients can translate the message. Absent: the message cannot be translated.',
    ),
});

/** Schema of a workflow in a response. */
export const workflow = z.object({
  id: z.string(),
  name: z.string(),
  description: z
    .string()
    .optional()
    .describe('The first 10,000 characters of the description in the YAML.'),
  enabled: z.boolean(),
  tags: z.array(z.string()),
  valid: z.boolean().describe('False: the workflow cannot run.'),
  triggers: z
    .array(z.object({ type: z.string() }))
    .describe('Types of the triggers, without repetition.'),
  runsAs: z
    .string()
    .optional()
    .describe(
      'User of scheduled runs, which is the user who saved the workflow last. Absent: the workflow has no schedule.',
    ),
  nextRunAt: z
    .string()
    .optional()
    .describe('Time of the next scheduled run. Absent: no schedule is active.'),
  yaml: z.string(),
  definition: z.unknown().describe('The YAML as a value. `null`: the text is not YAML.'),
  createdAt: z.string(),
  createdBy: z.string(),
  lastUpdatedAt: z.string(),
  lastUpdatedBy: z.string(),
  version: z.string().describe('Changes with each change of the workflow by a user.'),
});

/** Schema of a workflow in a list. */
export const listedWorkflow = workflow.omit({ yaml: true, definition: true });

const foundWorkflow = listedWorkflow.extend({
  userMayRun: z
    .boolean()
    .optional()
    .describe(
      'False: scheduled runs fail, because the user `runsAs` was disabled or deleted, or may no longer run workflows. Absent: the workflow has no schedule.',
    ),
  lastExecution: z
    .object({
      id: z.string(),
      status: z.string(),
      createdAt: z.string(),
      finishedAt: z.string().optional(),
    })
    .optional(),
});

const repeatable = z
  .union([z.string().max(1_024), z.array(z.string().max(1_024)).max(100)])
  .transform((value) => [value].flat());

/** Schema of Kibana's query parameter that selects managed workflows, of which there are none. */
export const managed = z.enum(['all', 'managed', 'unmanaged']).optional();

const sortOrder = z.enum(['asc', 'desc']);

/** Order of a list of workflows. */
export const WORKFLOW_SORTS = ['name', 'enabled', 'lastUpdatedAt'] as const;

const route = { access: 'public', tags: ['workflows'] } as const;
const ONE = '/api/workflows/workflow/{id}';

/** Checks the YAML of a workflow without storing it. */
export const validateWorkflowYaml = defineRoute({
  ...route,
  method: 'post',
  path: '/api/workflows/validate',
  summary: 'Check a workflow',
  privileges: [WORKFLOW_PRIVILEGES.read],
  maxBodyBytes: MAX_YAML_BODY_BYTES,
  // An empty string is checked like any other text that is not a workflow, so that clients get
  // errors.
  body: z.strictObject({ yaml: z.string().max(MAX_YAML_LENGTH) }),
  responses: {
    200: {
      description: 'Problems of the workflow, in the order of the text',
      body: z.object({
        valid: z.boolean(),
        truncated: z
          .boolean()
          .describe(
            'True: there are more than 500 problems, and only the first 500 are in the response.',
          ),
        diagnostics: z.array(diagnostic),
      }),
    },
  },
});

/** Lists workflows. */
export const listWorkflows = defineRoute({
  ...route,
  method: 'get',
  path: '/api/workflows',
  summary: 'List workflows',
  privileges: [WORKFLOW_PRIVILEGES.read],
  query: listQuery.extend({
    query: z
      .string()
      .max(1_024)
      .optional()
      .describe('Beginnings of words in the name, the description or the tags.'),
    tags: repeatable.optional().describe('At least one of these.'),
    enabled: z
      .union([z.stringbool().transform((one) => [one]), z.array(z.stringbool()).max(2)])
      .optional()
      .describe('With both values: no condition.'),
    createdBy: repeatable.optional().describe('One of these usernames.'),
    managed: managed.describe(
      '`managed`: an empty list, because no workflow is managed by the server.',
    ),
    visibilityContext: repeatable
      .optional()
      .describe('Accepted without effect: it selects among managed workflows.'),
    sort: z.enum(WORKFLOW_SORTS).optional().describe('Default: `name`.'),
    sortField: z.enum(WORKFLOW_SORTS).optional().describe("Kibana's name of `sort`."),
    order: sortOrder.optional().describe('Default: `desc` by lastUpdatedAt, otherwise `asc`.'),
    sortOrder: sortOrder.optional().describe("Kibana's name of `order`."),
  }),
  responses: {
    200: {
      description: 'One page of the workflows of the space',
      body: z.object({
        page: z.number(),
        size: z.number(),
        total: z.number(),
        results: z.array(foundWorkflow),
      }),
    },
  },
});

/** Creates a workflow. Faulty YAML is stored with `valid: false`. */
export const createWorkflow = defineRoute({
  ...route,
  method: 'post',
  path: '/api/workflows/workflow',
  summary: 'Create a workflow',
  description: 'A workflow with errors is stored with `valid: false` and cannot run.',
  privileges: [WORKFLOW_PRIVILEGES.create],
  maxBodyBytes: MAX_YAML_BODY_BYTES,
  body: z.strictObject({ yaml: yamlText, id: newWorkflowId.optional() }),
  responses: { 200: { description: 'The workflow', body: workflow } },
});

/** Gets one workflow. */
export const getWorkflow = defineRoute({
  ...route,
  method: 'get',
  path: ONE,
  summary: 'Get a workflow',
  privileges: [WORKFLOW_PRIVILEGES.read],
  params: byId,
  responses: { 200: { description: 'The workflow', body: workflow } },
});

/**
 * Changes a workflow. Absent members of the body stay as they are. `enabled`, `name`, `description`
 * and `tags` are changed in the YAML, whose other text stays.
 */
export const updateWorkflow = defineRoute({
  ...route,
  method: 'put',
  path: ONE,
  summary: 'Change a workflow',
  description:
    '`enabled`, `name`, `description` and `tags` are changed in the text of the YAML, which keeps its comments.',
  privileges: [WORKFLOW_PRIVILEGES.update],
  maxBodyBytes: MAX_YAML_BODY_BYTES,
  params: byId,
  body: z.strictObject({
    yaml: yamlText.optional(),
    enabled: z.boolean().optional(),
    name: z.string().min(1).max(1_024).optional(),
    description: z
      .string()
      .max(10_000)
      .optional()
      .describe(
        'Responses cut the description to 10,000 characters. If a client sends such a cut description back unchanged, the description of the workflow stays as it is.',
      ),
    tags: z.array(z.string().min(1).max(1_024)).max(1_000).optional(),
    version: z
      .string()
      .max(100)
      .optional()
      .describe(
        'Not in Kibana. Version of the workflow that the caller edited. Refused with 409 `stale_version` when it was changed since. Absent: replaces any version.',
      ),
  }),
  responses: {
    200: {
      description: 'The workflow',
      body: workflow.extend({
        validationErrors: z
          .array(z.string())
          .describe('Errors of the YAML, in the order of the text. Empty if `valid` is true.'),
      }),
    },
  },
});

/** Deletes a workflow. Its runs are kept. */
export const deleteWorkflow = defineRoute({
  ...route,
  method: 'delete',
  path: ONE,
  summary: 'Delete a workflow',
  description: 'Executions in progress go on, and their records are kept.',
  privileges: [WORKFLOW_PRIVILEGES.delete],
  params: byId,
  query: z.strictObject({
    force: z
      .stringbool()
      .optional()
      .describe('No effect: a workflow is always deleted immediately.'),
  }),
  responses: { 200: { description: 'Deleted. No body.' } },
});
