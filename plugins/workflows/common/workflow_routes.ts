import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import { WORKFLOW_PRIVILEGES } from './privileges.ts';

/** Maximum characters of the YAML of a workflow. */
export const MAX_YAML_LENGTH = 1_048_576;

const yaml = z.string().min(1).max(MAX_YAML_LENGTH);
const workflowId = z
  .string()
  .regex(/^[a-zA-Z0-9_-]{1,128}$/, 'must be 1 to 128 letters, digits, - or _');
const byId = z.strictObject({ id: z.string().min(1).max(128) });

/** Query of lists: `page` from 1. */
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
  replacement: z.string().optional().describe('Text that repairs the fault in its place.'),
});

const workflow = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  enabled: z.boolean(),
  tags: z.array(z.string()),
  valid: z.boolean().describe('False: the workflow cannot run.'),
  triggers: z.array(z.object({ type: z.string() })).describe('Each type once.'),
  runsAs: z
    .string()
    .optional()
    .describe('User of scheduled runs: the last who saved. Absent: it has no schedule.'),
  nextRunAt: z.string().optional().describe('Absent: no schedule is active.'),
  yaml: z.string(),
  definition: z.unknown().describe('The YAML as a value.'),
  createdAt: z.string(),
  createdBy: z.string(),
  lastUpdatedAt: z.string(),
  lastUpdatedBy: z.string(),
});

const listed = workflow.omit({ yaml: true, definition: true });

const route = { access: 'public', tags: ['workflows'] } as const;
const ONE = '/api/workflows/workflow/{id}';

/** Checks the YAML of a workflow without storing it. */
export const validateWorkflowYaml = defineRoute({
  ...route,
  method: 'post',
  path: '/api/workflows/validate',
  summary: 'Check a workflow',
  privileges: [WORKFLOW_PRIVILEGES.read],
  body: z.strictObject({ yaml }),
  responses: {
    200: {
      description: 'What is wrong with it, in the order of the text',
      body: z.object({
        valid: z.boolean(),
        truncated: z.boolean().describe('True: there are more than 500.'),
        diagnostics: z.array(diagnostic),
      }),
    },
  },
});

/** Lists workflows by name. */
export const listWorkflows = defineRoute({
  ...route,
  method: 'get',
  path: '/api/workflows',
  summary: 'List workflows',
  privileges: [WORKFLOW_PRIVILEGES.read],
  query: listQuery,
  responses: {
    200: {
      description: 'One page of the workflows of the space, sorted by name',
      body: z.object({
        page: z.number(),
        size: z.number(),
        total: z.number(),
        results: z.array(listed),
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
  body: z.strictObject({ yaml, id: workflowId.optional() }),
  responses: { 200: { description: 'The workflow', body: workflow } },
});

/** One workflow. */
export const getWorkflow = defineRoute({
  ...route,
  method: 'get',
  path: ONE,
  summary: 'Get a workflow',
  privileges: [WORKFLOW_PRIVILEGES.read],
  params: byId,
  responses: { 200: { description: 'The workflow', body: workflow } },
});

/** Changes a workflow. Absent members stay as they are. */
export const updateWorkflow = defineRoute({
  ...route,
  method: 'put',
  path: ONE,
  summary: 'Change a workflow',
  privileges: [WORKFLOW_PRIVILEGES.update],
  params: byId,
  body: z.strictObject({ yaml: yaml.optional(), enabled: z.boolean().optional() }),
  responses: { 200: { description: 'The workflow', body: workflow } },
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
  responses: { 204: { description: 'Deleted' } },
});
