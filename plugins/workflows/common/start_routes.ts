import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import { byId } from './execution_routes.ts';
import { WORKFLOW_PRIVILEGES } from './privileges.ts';
import { MAX_YAML_BODY_BYTES, MAX_YAML_LENGTH } from './workflow_routes.ts';

const route = { access: 'public', tags: ['workflows'] } as const;
const values = z.record(z.string(), z.unknown());
const dryRun = z
  .boolean()
  .default(false)
  .describe(
    'True: no request is sent to a service. Each call is recorded as a step with its input and the output null.',
  );
const idempotencyKey = z
  .string()
  .min(1)
  .max(255)
  .optional()
  .describe(
    'Not in Kibana. Chosen by the caller, for example a UUID. A repeated request of the same user with the same key and content starts nothing: its response has the id of the execution that the first one started, as long as that is stored.',
  );
const started = {
  200: {
    description: 'The execution has started',
    body: z.object({ workflowExecutionId: z.string() }),
  },
} as const;

/** Runs a workflow as the user of the request. */
export const runWorkflow = defineRoute({
  ...route,
  method: 'post',
  path: '/api/workflows/workflow/{id}/run',
  summary: 'Run a workflow',
  description: 'Steps act as the user of the request, with the connections of that user.',
  privileges: [WORKFLOW_PRIVILEGES.execute],
  params: byId,
  body: z.strictObject({
    inputs: values.default({}),
    metadata: values.optional(),
    dryRun,
    idempotencyKey,
  }),
  responses: started,
});

/** The workflow of a test: a text, or a stored workflow. */
const testSource = {
  workflowYaml: z.string().min(1).max(MAX_YAML_LENGTH).optional(),
  workflowId: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe('Id of a stored workflow, also a disabled one, whose YAML is run.'),
};
const hasTestSource = [
  ({ workflowYaml, workflowId }: { workflowYaml?: unknown; workflowId?: unknown }) =>
    workflowYaml !== undefined || workflowId !== undefined,
  { message: 'workflowYaml or workflowId is required' },
] as const;

/** Runs YAML, or the YAML of a stored workflow, as a test. The steps are really executed. */
export const testWorkflow = defineRoute({
  ...route,
  method: 'post',
  path: '/api/workflows/test',
  summary: 'Run a workflow as a test',
  description:
    'The steps are really executed, as the user of the request. Either `workflowYaml` or `workflowId` is required; if both are given, `workflowYaml` is run. The execution is not listed with those of the workflow.',
  privileges: [WORKFLOW_PRIVILEGES.execute],
  maxBodyBytes: MAX_YAML_BODY_BYTES,
  body: z
    .strictObject({
      ...testSource,
      inputs: values.default({}),
      dryRun,
      idempotencyKey,
    })
    .refine(...hasTestSource),
  responses: started,
});

/** Maximum number of variables that the test of one step may set. Each branch copies them. */
const MAX_TEST_VARIABLES = 1_000;

/** Runs one step of a YAML as a test. The step is really executed. */
export const testStep = defineRoute({
  ...route,
  method: 'post',
  path: '/api/workflows/step/test',
  summary: 'Run one step of a workflow as a test',
  description:
    'Only this step is executed, with the steps inside of it and its `on-failure`, as the user of the request. Variables that other steps would have set are taken from the request. The YAML must be valid. Either `workflowYaml` or `workflowId` is required; if both are given, `workflowYaml` is run. The execution is not listed with those of the workflow.',
  privileges: [WORKFLOW_PRIVILEGES.execute],
  maxBodyBytes: MAX_YAML_BODY_BYTES,
  body: z
    .strictObject({
      ...testSource,
      stepId: z.string().min(1).max(1_024).describe('Name of the step.'),
      contextOverride: z
        .looseObject({
          inputs: values.optional(),
          event: values.optional(),
          steps: z
            .record(z.string(), values)
            .optional()
            .describe('States of other steps by their name, with `output` or `error`.'),
          variables: values
            .refine((variables) => Object.keys(variables).length <= MAX_TEST_VARIABLES, {
              message: `At most ${MAX_TEST_VARIABLES} variables.`,
            })
            .optional(),
        })
        .default({})
        .describe(
          'Variables of templates, also others such as `foreach`. They replace those of the execution.',
        ),
      executionContext: z
        .looseObject({ inputs: values.optional(), event: values.optional() })
        .default({})
        .describe('Inputs and event of the execution. Other members have no effect.'),
      dryRun,
      idempotencyKey,
    })
    .refine(...hasTestSource),
  responses: started,
});
