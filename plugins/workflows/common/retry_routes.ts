import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import { WORKFLOW_PRIVILEGES } from './privileges.ts';

/**
 * Where a retry begins. `failed-step`: at the step that failed; if no step failed, where the
 * execution ended. `from-step`: at a chosen step. `whole`: at the first step.
 */
export const RETRY_MODES = ['failed-step', 'from-step', 'whole'] as const;

const byId = z.strictObject({ id: z.string().min(1).max(128) });
const route = { access: 'public', tags: ['workflows'] } as const;

/** Runs the workflow of an ended execution again, as the user of the request. */
export const retryExecution = defineRoute({
  ...route,
  method: 'post',
  path: '/api/workflows/executions/{id}/retry',
  summary: 'Retry an execution that has ended',
  description:
    'Starts a new execution with `retryOf`. Steps before the first repeated one are not executed again: the new execution has their recorded results. Only the user of the execution can reuse its inputs and results.',
  privileges: [WORKFLOW_PRIVILEGES.execute],
  params: byId,
  body: z.strictObject({
    mode: z.enum(RETRY_MODES),
    fromStepExecutionId: z
      .string()
      .min(1)
      .max(2_048)
      .optional()
      .describe('Only for the mode `from-step`, where it is required.'),
    recorded: z
      .boolean()
      .optional()
      .describe(
        'False: earlier steps are executed again, too. Default: true, except for `whole`, which cannot reuse results.',
      ),
    inputs: z
      .record(z.string(), z.unknown())
      .optional()
      .describe(
        'Inputs of the new execution; cannot be combined with recorded results. Absent: the inputs of the retried execution.',
      ),
    yaml: z
      .enum(['same', 'current'])
      .default('same')
      .describe(
        '`current`: the workflow as it is now. Refused if a step whose result is reused has changed.',
      ),
  }),
  responses: {
    200: {
      description: 'The new execution has started',
      body: z.object({ workflowExecutionId: z.string() }),
    },
  },
});
