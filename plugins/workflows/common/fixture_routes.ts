import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import { WORKFLOW_PRIVILEGES } from './privileges.ts';

const values = z.record(z.string(), z.unknown());
const error = z.strictObject({
  type: z.string(),
  message: z.string(),
  details: values.optional(),
});

/** Shape of a fixture: a recorded execution that can be replayed without a server. */
export const workflowFixture = z.strictObject({
  workflow: z.string(),
  actions: z.array(
    z.strictObject({
      connectorTypeId: z.string(),
      name: z.string(),
      scope: z.enum(['read', 'write', 'destroy']),
    }),
  ),
  facts: z.strictObject({
    runId: z.string(),
    inputs: values,
    event: values,
    execution: values,
    workflow: values,
    parent: values.optional(),
    metadata: values.optional(),
    kibanaUrl: z.string().optional(),
    tested: z
      .strictObject({ stepId: z.string(), context: values })
      .optional()
      .describe('The only step that was executed. Absent: all steps were.'),
    startedAt: z.number().describe('Milliseconds since 1970.'),
  }),
  responses: z.record(
    z.string(),
    z.strictObject({ response: z.unknown(), respondedBy: z.string(), respondedAt: z.string() }),
  ),
  steps: z.array(
    z.strictObject({
      id: z.string(),
      status: z.enum(['completed', 'failed', 'skipped']),
      startedAt: z.string(),
      finishedAt: z.string(),
      input: z.unknown().optional(),
      output: z.unknown().optional(),
      error: error.optional(),
    }),
  ),
  limits: z
    .array(z.string())
    .optional()
    .describe('Steps, iterations and branches whose time limit was reached. Absent: none was.'),
  outcome: z.strictObject({
    status: z.enum(['completed', 'failed', 'cancelled', 'timed_out']),
    output: values.optional(),
    error: error.optional(),
    failedStep: z.string().optional(),
  }),
});

/** Exports a recorded execution for `npx latchkey test`. */
export const exportFixture = defineRoute({
  access: 'public',
  tags: ['workflows'],
  method: 'get',
  path: '/api/workflows/executions/{id}/fixture',
  summary: 'Export an execution as a fixture for tests',
  description:
    'The workflow, its inputs, and the inputs and outputs of all steps, with the data of the connections that the steps used. Only for the user of the execution.',
  privileges: [WORKFLOW_PRIVILEGES.read],
  params: z.strictObject({ id: z.string().min(1).max(128) }),
  query: z.strictObject({ format: z.enum(['yaml', 'json']).default('json') }),
  responses: { 200: { description: 'The fixture, as JSON or as YAML' } },
});
