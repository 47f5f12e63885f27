import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import { WORKFLOW_PRIVILEGES } from './privileges.ts';
import {
  listedWorkflow,
  MAX_BULK_WORKFLOWS,
  newWorkflowId,
  workflow,
  workflowId,
  workflowIds,
  yamlText,
} from './workflow_routes.ts';

/** Maximum bytes of a request that creates many workflows, and of an export. */
export const MAX_BULK_BYTES = 20 * 1024 ** 2;

const route = { access: 'public', tags: ['workflows'] } as const;
const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((value) => value === 'true');

const imported = z
  .array(z.strictObject({ yaml: yamlText, id: newWorkflowId.optional() }))
  .max(MAX_BULK_WORKFLOWS);

/** Version of the form of exports. */
const EXPORT_VERSION = '1';

/** Maximum number of workflows that one request deletes. */
const MAX_DELETED_WORKFLOWS = 1_000;

const failures = z.array(z.object({ id: z.string(), code: z.string(), error: z.string() }));

/** Creates many workflows. If one of them is refused, the others are created nevertheless. */
export const createWorkflows = defineRoute({
  ...route,
  method: 'post',
  path: '/api/workflows',
  summary: 'Create workflows',
  description:
    'With `overwrite`, workflows with the same ids are replaced, which also needs the privilege to update workflows.',
  privileges: [WORKFLOW_PRIVILEGES.create],
  maxBodyBytes: MAX_BULK_BYTES,
  query: z.strictObject({ overwrite: flag }),
  body: z
    .strictObject({
      workflows: imported.optional(),
      entries: imported
        .optional()
        .describe('The same as `workflows`, so that an export can be sent as it is.'),
      manifest: z
        .looseObject({ version: z.literal(EXPORT_VERSION) })
        .optional()
        .describe('Manifest of an export.'),
    })
    .refine(({ workflows, entries }) => (workflows === undefined) !== (entries === undefined), {
      message: 'Expected either `workflows` or `entries`.',
      path: ['workflows'],
    }),
  responses: {
    200: {
      description: 'The result for each workflow',
      body: z.object({
        created: z.array(listedWorkflow),
        failed: z.array(
          z.object({
            index: z.number().describe('Position in the request, from 0.'),
            id: z.string().optional(),
            code: z.string(),
            error: z.string(),
          }),
        ),
      }),
    },
  },
});

/** Deletes many workflows. Their runs are kept. */
export const deleteWorkflows = defineRoute({
  ...route,
  method: 'delete',
  path: '/api/workflows',
  summary: 'Delete workflows',
  description: 'Executions in progress go on, and their records are kept.',
  privileges: [WORKFLOW_PRIVILEGES.delete],
  body: z.strictObject({ ids: z.array(workflowId).max(MAX_DELETED_WORKFLOWS) }),
  responses: {
    200: {
      description: 'The deleted workflows',
      body: z.object({
        total: z.number(),
        deleted: z.number(),
        failures,
      }),
    },
  },
});

/**
 * Enables or disables many workflows. If one of them is refused, the others are changed
 * nevertheless.
 */
export const setWorkflowsEnabled = defineRoute({
  ...route,
  method: 'post',
  path: '/api/workflows/enabled',
  summary: 'Enable or disable workflows',
  description:
    'Changes `enabled` in the YAML of each. Scheduled executions go on to run as the user who saved the YAML last.',
  privileges: [WORKFLOW_PRIVILEGES.update],
  body: z.strictObject({ ids: workflowIds, enabled: z.boolean() }),
  responses: {
    200: {
      description: 'The changed workflows',
      body: z.object({ total: z.number(), changed: z.number(), failures }),
    },
  },
});

/** Members of a workflow that a caller can select for the response. */
export const WORKFLOW_FIELDS = [
  'id',
  'name',
  'description',
  'enabled',
  'tags',
  'valid',
  'yaml',
  'definition',
  'createdAt',
  'createdBy',
  'lastUpdatedAt',
  'lastUpdatedBy',
  'version',
  'triggers',
] as const;

/** Reads workflows by their ids. */
export const getWorkflows = defineRoute({
  ...route,
  method: 'post',
  path: '/api/workflows/mget',
  summary: 'Get workflows by their ids',
  description:
    'All `yaml` and `definition` together have at most 8 million characters. The workflow that exceeds this and all after it are without both: request them again, without those before. A `definition` is also missing if the text is no YAML.',
  privileges: [WORKFLOW_PRIVILEGES.read],
  body: z.strictObject({
    ids: workflowIds,
    source: z
      .array(z.enum(WORKFLOW_FIELDS))
      .max(WORKFLOW_FIELDS.length)
      .optional()
      .describe('Members to return. The id is always returned. Absent: all.'),
  }),
  responses: {
    200: {
      description: 'The workflows that exist, in the order of the ids',
      body: z.array(workflow.partial().required({ id: true })),
    },
  },
});

/** Copies a workflow. */
export const cloneWorkflow = defineRoute({
  ...route,
  method: 'post',
  path: '/api/workflows/workflow/{id}/clone',
  summary: 'Copy a workflow',
  description:
    'The copy has another name. It is disabled if the workflow has other triggers than `manual`, so that it does not start by itself.',
  privileges: [WORKFLOW_PRIVILEGES.read, WORKFLOW_PRIVILEGES.create],
  params: z.strictObject({ id: z.string().min(1).max(128) }),
  responses: { 200: { description: 'The copy', body: workflow } },
});

/** Exports workflows as a list that {@link createWorkflows} accepts. */
export const exportWorkflows = defineRoute({
  ...route,
  method: 'post',
  path: '/api/workflows/export',
  summary: 'Export workflows',
  description:
    'The response can be sent to `POST /api/workflows` as it is. Ids that do not exist are left out; if none exists, the request is refused with 404. The response has at most 20 MB: for more, the request is refused with 400 `export_too_large`. Export fewer workflows per request.',
  privileges: [WORKFLOW_PRIVILEGES.read],
  body: z.strictObject({ ids: workflowIds }),
  responses: {
    200: {
      description: 'The workflows in the order of the ids',
      body: z.object({
        entries: z.array(z.object({ id: z.string(), yaml: z.string() })),
        manifest: z.object({
          version: z.literal(EXPORT_VERSION).describe('Version of the form of exports.'),
          exportedAt: z.string(),
          exportedCount: z.number(),
        }),
      }),
    },
  },
});
