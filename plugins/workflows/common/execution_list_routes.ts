import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import {
  byId,
  EXECUTION_STATUSES,
  execution,
  MAX_STEP_EXECUTIONS,
  payloadQuery,
  stepExecution,
} from './execution_routes.ts';
import { WORKFLOW_PRIVILEGES } from './privileges.ts';
import { listQuery } from './workflow_routes.ts';

const route = { access: 'public', tags: ['workflows'] } as const;

/** A query parameter that may occur once or several times. The parsed value is always an array. */
const repeatable = <T extends z.ZodType>(value: T) =>
  z.union([value.transform((one) => [one]), z.array(value).max(100)]).optional();

const instant = z.iso.datetime({ offset: true });
/** Date math that rounds at most once, at its end. */
const DATE_MATH = /^now(?:[+-]\d{1,6}[yMwdhHms]){0,10}(?:\/[yMwdhHms])?$/;
/** An instant, or date math. */
const dateMath = z
  .string()
  .max(64)
  .refine((text) => DATE_MATH.test(text) || instant.safeParse(text).success, {
    message:
      'Expected an ISO 8601 date with a time zone, or date math that rounds at most at its end, such as now-1d or now/d.',
  });
const conditions = {
  statuses: repeatable(z.enum(EXECUTION_STATUSES)),
  executedBy: repeatable(z.string().min(1).max(1_024)).describe('Usernames.'),
  triggeredBy: repeatable(z.string().min(1).max(64)),
  from: instant.optional().describe('Only executions that were created at this time or later.'),
  to: instant.optional().describe('Only executions that were created at this time or earlier.'),
  startedAfter: dateMath
    .optional()
    .describe(
      'Only executions with this `startedAt` or a later one. A date, or date math such as `now-1d`.',
    ),
  startedBefore: dateMath
    .optional()
    .describe(
      'Only executions with this `startedAt` or an earlier one. Date math rounds up: `now/d` is the end of the day in UTC.',
    ),
  finishedAfter: dateMath.optional().describe('Only executions that ended at this time or later.'),
  finishedBefore: dateMath
    .optional()
    .describe('Only executions that ended at this time or earlier.'),
  concurrencyGroupKey: z
    .string()
    .min(1)
    .max(1_024)
    .optional()
    .describe('Only executions with this key whose data the caller may read.'),
  executionTypes: repeatable(z.enum(['test', 'production'])).describe(
    '`test`: executions of texts that are not stored, of single steps, or of tested workflows, and executions that these have started.',
  ),
  waitingForMe: z
    .stringbool()
    .default(false)
    .describe('True: only executions of the caller that wait for input or an authorization.'),
};

/** Fields by which lists of executions can be sorted. */
const RUN_SORTS = ['createdAt', 'startedAt', 'finishedAt', 'workflowId', 'triggeredBy'] as const;

const sortOrder = z.enum(['asc', 'desc']);
const order = {
  sortField: z
    .enum(RUN_SORTS)
    .default('createdAt')
    .describe('Executions without the field come last.'),
  sortOrder: sortOrder.default('desc'),
};

const pageOf = <T extends z.ZodType>(result: T) =>
  z.object({
    page: z.number(),
    size: z.number(),
    total: z.number(),
    results: z.array(result),
  });

/** Lists the executions of all workflows of the space. */
export const searchExecutions = defineRoute({
  ...route,
  method: 'get',
  path: '/api/workflows/executions',
  summary: 'List executions',
  description: 'May lack executions of the last second. `page * size` is at most 10,000.',
  privileges: [WORKFLOW_PRIVILEGES.read],
  query: listQuery.extend({
    ...conditions,
    ...order,
    workflowId: repeatable(z.string().min(1).max(128)),
  }),
  responses: {
    200: { description: 'One page; by default the newest first', body: pageOf(execution) },
  },
});

/** Lists executions as {@link searchExecutions} does, at the path that Kibana uses. */
export const searchExecutionsAsKibana = defineRoute({
  ...searchExecutions,
  path: '/api/workflows/workflow/executions',
  summary: "List executions, at Kibana's path",
});

/** Lists the executions that steps of an execution have started, the newest first. */
export const listChildExecutions = defineRoute({
  ...route,
  method: 'get',
  path: '/api/workflows/executions/{id}/children',
  summary: 'List the executions that an execution has started',
  privileges: [WORKFLOW_PRIVILEGES.read],
  params: byId,
  query: listQuery,
  responses: {
    200: {
      description: 'One page, the newest first',
      body: pageOf(
        execution.extend({
          executionId: z.string().describe('The same as `id`.'),
          parentStepExecutionId: z
            .string()
            .optional()
            .describe(
              'Id of the step execution that started it. Absent: an older version of the server stored the execution.',
            ),
        }),
      ),
    },
  },
});

/** Lists the executions of a workflow. */
export const listExecutions = defineRoute({
  ...route,
  method: 'get',
  path: '/api/workflows/workflow/{id}/executions',
  summary: 'List the executions of a workflow',
  privileges: [WORKFLOW_PRIVILEGES.read],
  params: byId,
  query: listQuery.extend({
    ...conditions,
    ...order,
    omitStepRuns: z
      .stringbool()
      .optional()
      .describe('Accepted without effect: tests of single steps are not listed here.'),
  }),
  responses: {
    200: { description: 'One page; by default the newest first', body: pageOf(execution) },
  },
});

/** Lists the steps of the executions of a workflow. */
export const listStepExecutions = defineRoute({
  ...route,
  method: 'get',
  path: '/api/workflows/workflow/{id}/executions/steps',
  summary: 'List the steps of the executions of a workflow',
  description: `\`page\`, \`size\` and \`total\` count executions, the newest first. At most ${MAX_STEP_EXECUTIONS} steps per execution.`,
  privileges: [WORKFLOW_PRIVILEGES.read],
  params: byId,
  query: payloadQuery.extend({
    stepId: z.string().min(1).max(1_024).optional(),
    page: listQuery.shape.page,
    size: z.coerce.number().int().min(1).max(20).default(10),
  }),
  responses: {
    200: {
      description: 'The steps of one page of executions',
      body: pageOf(stepExecution.extend({ workflowExecutionId: z.string() })),
    },
  },
});

/** Lists the ended steps of an execution, in the order of their ends. */
export const listExecutionSteps = defineRoute({
  ...route,
  method: 'get',
  path: '/api/workflows/executions/{id}/steps',
  summary: 'List the steps of an execution',
  description:
    'Steps that have ended, in the order of their ends. Inputs and outputs are left out above 8 million characters.',
  privileges: [WORKFLOW_PRIVILEGES.read],
  params: byId,
  query: payloadQuery.extend({
    page: listQuery.shape.page,
    size: z.coerce.number().int().min(1).max(MAX_STEP_EXECUTIONS).default(100),
  }),
  responses: { 200: { description: 'One page, the oldest first', body: pageOf(stepExecution) } },
});

/** Gets one step of an execution with its input and output. */
export const getStepExecution = defineRoute({
  ...route,
  method: 'get',
  path: '/api/workflows/executions/{id}/step/{stepExecutionId}',
  summary: 'Get a step of an execution',
  privileges: [WORKFLOW_PRIVILEGES.read],
  params: byId.extend({ stepExecutionId: z.string().min(1).max(2_048) }),
  responses: { 200: { description: 'The step', body: stepExecution } },
});

/** Gets the log of an execution: the ends of its steps, and the messages of `console` steps. */
export const getExecutionLogs = defineRoute({
  ...route,
  method: 'get',
  path: '/api/workflows/executions/{id}/logs',
  summary: 'Get the log of an execution',
  description: 'The ends of steps and the messages of `console` steps, in their order.',
  privileges: [WORKFLOW_PRIVILEGES.read],
  params: byId,
  query: z.strictObject({
    page: listQuery.shape.page,
    size: z.coerce.number().int().min(1).max(MAX_STEP_EXECUTIONS).default(100),
    stepExecutionId: z
      .string()
      .min(1)
      .max(2_048)
      .optional()
      .describe('Only the line of this step execution. None: it has not ended.'),
    sortField: z
      .enum(['timestamp', '@timestamp'])
      .optional()
      .describe('Accepted without effect: the log is always in the order of the times.'),
    sortOrder: sortOrder.default('asc'),
  }),
  responses: {
    200: {
      description: 'One page; by default the oldest first',
      body: z.object({
        page: z.number(),
        size: z.number(),
        total: z.number(),
        logs: z.array(
          z.object({
            id: z.string().describe('Id of the step execution.'),
            timestamp: z.string(),
            level: z.enum(['info', 'error']),
            message: z.string(),
            status: z.enum(['completed', 'failed', 'skipped']).describe('Status of the step.'),
            text: z
              .string()
              .optional()
              .describe(
                'Message of a `console` step, or of the error. Absent: there is none, or it may not be shown to this user.',
              ),
            stepExecutionId: z.string(),
            stepId: z.string(),
            stepName: z.string().describe('The same as `stepId`.'),
            stepType: z.string(),
            connectorType: z.string().describe('The same as `stepType`.'),
            duration: z.number().describe('Milliseconds from the start of the step to its end.'),
            additionalData: z.object({
              executionId: z.string(),
              workflowId: z.string().optional().describe('Absent: the workflow was only tested.'),
            }),
          }),
        ),
      }),
    },
  },
});

/** Cancels all executions of a workflow that have not ended. */
export const cancelExecutions = defineRoute({
  ...route,
  method: 'post',
  path: '/api/workflows/workflow/{id}/executions/cancel',
  summary: 'Cancel all executions of a workflow',
  description: 'May miss executions that were started in the last second.',
  privileges: [WORKFLOW_PRIVILEGES.cancel],
  params: byId,
  responses: {
    200: { description: 'The executions end soon', body: z.object({ cancelled: z.number() }) },
  },
});

/** Gets the executions that wait for the caller, for the header of all pages. */
export const getWorkflowsAttention = defineRoute({
  access: 'internal',
  tags: ['workflows'],
  method: 'get',
  path: '/internal/workflows/_attention',
  summary: 'Get executions that wait for the caller',
  privileges: [WORKFLOW_PRIVILEGES.read],
  responses: {
    200: {
      description: 'The number of executions, and the 20 newest',
      body: z.object({
        waiting: z.number(),
        results: z.array(
          z.object({
            executionId: z.string(),
            workflowName: z.string(),
            kind: z.enum(['input', 'authorization']),
            connectorId: z.string().optional(),
            savedBy: z
              .string()
              .optional()
              .describe(
                'Username of the user who saved the workflow last. Absent: the caller saved it, or the user is not known.',
              ),
            since: z.string(),
          }),
        ),
      }),
    },
  },
});
