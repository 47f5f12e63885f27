import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import { WORKFLOW_PRIVILEGES } from './privileges.ts';

/** States of an execution. The last five are final. */
export const EXECUTION_STATUSES = [
  'pending',
  'queued',
  'running',
  'waiting',
  'waiting_for_input',
  'waiting_for_child',
  'waiting_for_authorization',
  'completed',
  'failed',
  'cancelled',
  'timed_out',
  'skipped',
] as const;

/** Maximum number of step executions in one response that gets an execution. */
export const MAX_STEP_EXECUTIONS = 500;

/** Schema of the path parameters of a route for one execution or one workflow. */
export const byId = z.strictObject({ id: z.string().min(1).max(128) });
const values = z.record(z.string(), z.unknown());
const error = z.object({ type: z.string(), message: z.string(), details: values.optional() });

/** Schema of an execution in a list. */
export const execution = z.object({
  id: z.string(),
  workflowId: z.string().optional().describe('Absent: the workflow was only tested.'),
  workflowName: z.string(),
  spaceId: z.string(),
  status: z.enum(EXECUTION_STATUSES),
  isTestRun: z.boolean(),
  stepId: z
    .string()
    .optional()
    .describe('The only step that is executed. Absent: all steps are executed.'),
  triggeredBy: z.string(),
  parentExecutionId: z.string().optional().describe('The execution whose step started this one.'),
  executedBy: z.string().describe('Username. Connector steps use the accounts of this user.'),
  createdAt: z.string(),
  startedAt: z.string().optional().describe('Absent: the execution has not left the queue.'),
  queueMetrics: z
    .object({
      scheduledAt: z.string().describe('When the execution was created.'),
      startedAt: z.string(),
      queueDelayMs: z.number().describe('Milliseconds from `scheduledAt` to `startedAt`.'),
    })
    .optional()
    .describe('Absent: the execution is still queued, or it began without a wait.'),
  concurrencyGroupKey: z
    .string()
    .optional()
    .describe(
      'Key of `settings.concurrency` with the values of this execution, shown as its inputs. Absent: there is none, or it has more than 1,024 characters.',
    ),
  finishedAt: z.string().optional(),
  duration: z
    .number()
    .optional()
    .describe('Milliseconds since the start. Absent: the execution has not ended.'),
  cancelRequested: z.boolean().optional().describe('True: a user has cancelled the execution.'),
  cancelledAt: z.string().optional(),
  cancelledBy: z
    .string()
    .optional()
    .describe(
      'Username. Absent: no user has cancelled the execution itself, but perhaps its parent, or its concurrency group has.',
    ),
  cancellationReason: z.string().optional().describe('Absent: the execution was not cancelled.'),
  error: error.optional(),
  retryOf: z.string().optional().describe('Id of the execution that this one repeats.'),
  isDryRun: z.boolean().optional().describe('True: no request was sent to a service.'),
});

/** Schema of the execution of a step in a response. */
export const stepExecution = z.object({
  id: z.string(),
  stepId: z.string(),
  stepType: z
    .string()
    .describe('`foreach` also for the loop around a step that has a `foreach` of its own.'),
  workflowRunId: z.string().describe('Id of the execution.'),
  workflowId: z.string().optional().describe('Absent: the workflow was only tested.'),
  spaceId: z.string(),
  isTestRun: z.boolean(),
  status: z
    .enum([
      'running',
      'waiting',
      'waiting_for_input',
      'waiting_for_child',
      'waiting_for_authorization',
      'completed',
      'failed',
      'skipped',
      'cancelled',
      'timed_out',
    ])
    .describe(
      '`running` is an enclosing step, such as a loop, `if` or `parallel`, or a call that has taken longer than a second. `cancelled` and `timed_out` are statuses of enclosing steps only.',
    ),
  scopeStack: z.array(z.object({ step: z.string(), kind: z.string(), index: z.number() })),
  globalExecutionIndex: z
    .number()
    .optional()
    .describe(
      'Position among the ended steps of the execution, in the order of their ends, from 0. Absent: the step has not ended, or the list begins with a later step.',
    ),
  stepExecutionIndex: z
    .number()
    .optional()
    .describe('The same among the executions of the same step.'),
  startedAt: z.string(),
  finishedAt: z.string().optional().describe('Absent: the step has not ended.'),
  executionTimeMs: z.number().optional(),
  timings: z
    .object({
      waitedMs: z.number().describe('Waiting until the user had a free slot for executions.'),
      tokenMs: z.number().describe('Reading or refreshing the access token.'),
      upstreamMs: z.number().describe('Requests to the service, until their responses were read.'),
      overheadMs: z.number().describe('The rest: the work of the server itself.'),
    })
    .optional()
    .describe(
      'Parts of the last call of the step, in milliseconds. Absent: it called no service. The step may have taken longer, for example until its user authorized the connector.',
    ),
  input: z.unknown().optional(),
  output: z
    .unknown()
    .optional()
    .describe(
      'Of a loop: `items` and `total`, or `exitReason`. Of a `switch`: `matchedIndex` and `matchedValue`. Of `parallel`: the results of its branches. More than 1,024 characters of it are left out; the steps inside have the same values.',
    ),
  state: z.unknown().optional().describe('`output` of `foreach`, `while` and `switch`.'),
  hitl: z
    .object({ respondedBy: z.string(), respondedAt: z.string() })
    .optional()
    .describe('The response to `waitForInput` or `waitForApproval`, shown with the output.'),
  error: error.optional(),
  failedStepId: z
    .string()
    .optional()
    .describe(
      'The inner step whose failure made this step fail. Absent: this step failed by itself, or, without `error`, the execution ended inside this step.',
    ),
});

const wait = z.object({
  kind: z.enum(['time', 'input', 'child', 'authorization']),
  stepExecutionId: z.string(),
  until: z.string().optional().describe('The execution continues at this time in any case.'),
  connectorId: z.string().optional().describe('Connector that the user must authorize.'),
  connectorName: z.string().optional(),
  message: z.string().optional().describe('Question of the step to its user.'),
  schema: z.unknown().optional().describe('JSON Schema of the response. Absent: any value.'),
  approveLabel: z.string().optional(),
  rejectLabel: z.string().optional(),
});

/** Schema of the query that asks for inputs and outputs. By default, neither is in the response. */
export const payloadQuery = z.strictObject({
  includeInput: z.stringbool().default(false),
  includeOutput: z.stringbool().default(false),
});

const route = { access: 'public', tags: ['workflows'] } as const;

/** Gets one execution with its steps. */
export const getExecution = defineRoute({
  ...route,
  method: 'get',
  path: '/api/workflows/executions/{id}',
  summary: 'Get an execution',
  description:
    'Inputs and outputs are only in the response for the user of the execution, whose connections the steps used, and for users with the privilege `workflows:read_outputs`.',
  privileges: [WORKFLOW_PRIVILEGES.read],
  params: byId,
  query: payloadQuery.extend({
    includeDefinition: z
      .stringbool()
      .default(true)
      .describe('False: without `yaml`, `workflowDefinition` and `topologicalIndex`.'),
  }),
  responses: {
    200: {
      description:
        'The execution, and its first 500 steps in the order of their ends. Steps that have not ended come last.',
      body: execution.extend({
        yaml: z
          .string()
          .optional()
          .describe(
            'The text that is executed. A text that is not the stored workflow, such as the text of a test, is returned only to users who may read the data of the execution.',
          ),
        workflowDefinition: z.unknown().optional().describe('`yaml` as a value.'),
        input: z.unknown().optional(),
        metadata: values
          .optional()
          .describe(
            'Metadata with which the execution was started, shown together with the input.',
          ),
        output: z.unknown().optional(),
        isReadable: z
          .boolean()
          .describe('False: the caller does not see inputs, outputs and messages of errors.'),
        savedBy: z
          .string()
          .optional()
          .describe(
            'If the execution waits for the caller: username of the other user who saved the workflow last.',
          ),
        currentSteps: z
          .array(z.object({ stepId: z.string(), stepType: z.string(), startedAt: z.string() }))
          .describe('Calls that have taken longer than a second, and steps that wait.'),
        waits: z.array(wait),
        stepExecutionIds: z.array(z.string()).describe('Ids of the members of `stepExecutions`.'),
        stepExecutions: z.array(
          stepExecution.extend({
            topologicalIndex: z
              .number()
              .optional()
              .describe('Position of the step in the document, from 0.'),
            globalExecutionIndex: z.number().describe('Position in this list, from 0.'),
            stepExecutionIndex: z
              .number()
              .describe('Position among the executions of the same step, from 0.'),
          }),
        ),
        stepExecutionsTruncatedCount: z
          .number()
          .describe('Number of further steps that are not in `stepExecutions`.'),
        failedStepExecution: stepExecution
          .optional()
          .describe(
            'The step with whose failure the execution ended. Absent: it is in `stepExecutions`, or there is none.',
          ),
      }),
    },
  },
});

/** Cancels an execution. Does nothing if the execution has ended. */
export const cancelExecution = defineRoute({
  ...route,
  method: 'post',
  path: '/api/workflows/executions/{id}/cancel',
  summary: 'Cancel an execution',
  description: 'No effect on an execution that has ended.',
  privileges: [WORKFLOW_PRIVILEGES.cancel],
  params: byId,
  responses: { 200: { description: 'The execution ends soon. No body.' } },
});

const resumed = {
  200: {
    description: 'The execution continues',
    body: z.object({ success: z.boolean(), executionId: z.string(), message: z.string() }),
  },
} as const;

/** As {@link resumeExecution}, on the path of older versions of Kibana. */
export const resumeExecutionAsBefore = defineRoute({
  ...route,
  method: 'post',
  path: '/api/workflowExecutions/{id}/resume',
  summary: 'Respond to a step that waits for input, on the older path',
  description:
    'The body is the response. Only the user of the execution can respond. The first response counts.',
  privileges: [WORKFLOW_PRIVILEGES.execute],
  params: byId,
  body: values,
  responses: resumed,
});

/** Responds to a step that waits for its user. Only the first response has an effect. */
export const resumeExecution = defineRoute({
  ...route,
  method: 'post',
  path: '/api/workflows/executions/{id}/resume',
  summary: 'Respond to a step that waits for input',
  description: 'Only the user of the execution can respond. The first response counts.',
  privileges: [WORKFLOW_PRIVILEGES.execute],
  params: byId,
  body: z.strictObject({ input: z.unknown(), stepExecutionId: z.string().max(2_048).optional() }),
  responses: resumed,
});
