import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import { WORKFLOW_PRIVILEGES } from './privileges.ts';
import { MAX_YAML_BODY_BYTES, managed, yamlText } from './workflow_routes.ts';

const route = { access: 'public', tags: ['workflows'] } as const;

/** Counts workflows and executions of a space. */
export const getWorkflowStats = defineRoute({
  ...route,
  method: 'get',
  path: '/api/workflows/stats',
  summary: 'Count workflows and executions',
  privileges: [WORKFLOW_PRIVILEGES.read],
  responses: {
    200: {
      description: 'Numbers of the space',
      body: z.object({
        workflows: z.object({
          total: z.number(),
          enabled: z.number(),
          disabled: z.number(),
          invalid: z.number(),
        }),
        executions: z
          .array(
            z.object({
              date: z.string().describe('Day in UTC, for example `2030-12-31`.'),
              timestamp: z.string().describe('When the day began.'),
              completed: z.number(),
              failed: z.number(),
              cancelled: z.number(),
            }),
          )
          .describe(
            'Executions that were created in the last 30 days, by day and their present status, from the first day with executions to the last one.',
          ),
      }),
    },
  },
});

/** Fields of workflows whose values are counted. */
export const WORKFLOW_AGGREGATIONS = ['tags', 'createdBy', 'enabled', 'triggers'] as const;

/** Counts the values of fields of workflows. The page of workflows offers them as filters. */
export const getWorkflowAggregations = defineRoute({
  ...route,
  method: 'get',
  path: '/api/workflows/aggs',
  summary: 'Count the values of fields of workflows',
  privileges: [WORKFLOW_PRIVILEGES.read],
  query: z.strictObject({
    fields: z
      .union([z.enum(WORKFLOW_AGGREGATIONS), z.array(z.enum(WORKFLOW_AGGREGATIONS)).max(4)])
      .transform((value) => [value].flat()),
    managed: managed.describe(
      '`managed`: empty lists, because no workflow is managed by the server.',
    ),
  }),
  responses: {
    200: {
      description: 'For each field its values, the most frequent first, at most 1,000',
      body: z.record(
        z.string(),
        z.array(z.object({ key: z.string(), label: z.string(), doc_count: z.number() })),
      ),
    },
  },
});

/** Lists the connectors that steps can use, with the actions of their types. */
export const getWorkflowConnectors = defineRoute({
  ...route,
  method: 'get',
  path: '/api/workflows/connectors',
  summary: 'List connectors and actions for steps',
  privileges: [WORKFLOW_PRIVILEGES.read],
  responses: {
    200: {
      description: 'Connector types by id',
      body: z.object({
        connectorTypes: z.record(
          z.string(),
          z.object({
            actionTypeId: z.string(),
            displayName: z.string(),
            enabled: z.boolean(),
            enabledInConfig: z.boolean(),
            enabledInLicense: z.boolean().describe('Always true: there is no license.'),
            minimumLicenseRequired: z.string(),
            subActions: z.array(
              z.object({
                name: z.string(),
                displayName: z.string(),
                description: z.string(),
                scope: z.enum(['read', 'write', 'destroy']),
                input: z.unknown().describe('JSON Schema of `with`.'),
                output: z
                  .unknown()
                  .optional()
                  .describe('JSON Schema of the output; absent if nothing is known about it.'),
              }),
            ),
            instances: z.array(
              z.object({
                id: z.string(),
                name: z.string(),
                isPreconfigured: z.boolean(),
                isDeprecated: z.boolean(),
                enabledActions: z
                  .array(z.string())
                  .optional()
                  .describe(
                    'Names of the `subActions` that are enabled. Absent: all are enabled. Steps with other actions fail.',
                  ),
              }),
            ),
          }),
        ),
        totalConnectors: z.number(),
      }),
    },
  },
});

/** Gets the JSON Schema of workflows, for editors. */
export const getWorkflowSchema = defineRoute({
  ...route,
  method: 'get',
  path: '/api/workflows/schema',
  summary: 'Get the JSON Schema of workflows',
  description:
    'With the step types of this server. With `loose`, the inputs of steps are not described, which makes it much smaller.',
  privileges: [WORKFLOW_PRIVILEGES.read],
  query: z.strictObject({
    loose: z
      .enum(['true', 'false'])
      .default('false')
      .transform((value) => value === 'true'),
  }),
  responses: {
    200: { description: 'JSON Schema (2020-12)', body: z.record(z.string(), z.unknown()) },
  },
});

/** Maximum number of workflows in one response of {@link listConnectorUses}. */
export const MAX_CONNECTOR_USES = 20;

/** Lists the workflows that use a connector, sorted by name. */
export const listConnectorUses = defineRoute({
  access: 'internal',
  method: 'get',
  path: '/internal/workflows/_uses',
  summary: 'List the workflows that use a connector',
  description: 'A connector that a template names is not known before a run.',
  privileges: [WORKFLOW_PRIVILEGES.read],
  query: z.strictObject({ connectorId: z.string().min(1).max(1_024) }),
  responses: {
    200: {
      description: `The first ${MAX_CONNECTOR_USES} by name`,
      body: z.object({
        total: z.number(),
        results: z.array(
          z.object({
            id: z.string(),
            name: z.string(),
            enabled: z.boolean(),
            scheduledAs: z
              .string()
              .optional()
              .describe('Username. Absent: the workflow has no schedule.'),
          }),
        ),
      }),
    },
  },
});

/** Maximum number of steps that a request to {@link preflightWorkflow} can name. */
const MAX_CHECKED_STEPS = 10_000;

/**
 * Status of a connection, as the actions plugin defines it. A string, so that new statuses pass.
 */
const connectionStatus = z.string();

const checkedConnector = z.object({
  steps: z.array(
    z.object({ stepId: z.string(), line: z.number().describe('Line of `connector-id`, from 1.') }),
  ),
  reference: z.string().describe('Text of `connector-id`. Empty: the step has none.'),
  state: z.enum(['found', 'missing', 'placeholder', 'ambiguous', 'computed']),
  connectorTypeId: z.string().describe('Connector type that the steps need.'),
  id: z.string().optional(),
  name: z.string().optional(),
  actionTypeId: z.string().optional(),
  personal: z
    .boolean()
    .optional()
    .describe('True: each user authorizes the connector with an own account.'),
  status: connectionStatus
    .optional()
    .describe('Connection of the user `runsAs`. Absent: the connector is not personal.'),
  accountLabel: z
    .string()
    .optional()
    .describe('Account of the connection. Present only if `runsAs` is the caller.'),
  missingScopes: z.array(z.string()).optional(),
  disabledActions: z
    .array(z.string())
    .optional()
    .describe('Actions of the steps that are not enabled in the connector. Absent: none.'),
});

/**
 * Lists the connectors that a run would use, whose accounts it would act with, and what is missing.
 */
export const preflightWorkflow = defineRoute({
  access: 'internal',
  method: 'post',
  path: '/internal/workflows/_preflight',
  summary: 'Check the connectors of a workflow before a run',
  privileges: [WORKFLOW_PRIVILEGES.read],
  maxBodyBytes: MAX_YAML_BODY_BYTES,
  body: z.union([
    z.strictObject({
      yaml: yamlText,
      steps: z
        .array(z.string().min(1).max(1_024))
        .max(MAX_CHECKED_STEPS)
        .optional()
        .describe('Only the connectors and actions of the steps with these names. Absent: all.'),
    }),
    z.strictObject({
      workflowId: z.string().min(1).max(128),
      trigger: z
        .enum(['manual', 'scheduled'])
        .default('manual')
        .describe('`scheduled`: as the user whom scheduled executions act as.'),
    }),
  ]),
  responses: {
    200: {
      description: 'The connectors in the order of the text',
      body: z.object({
        runsAs: z.string().describe('Username.'),
        userMayRun: z
          .boolean()
          .describe(
            'False: the user `runsAs` was disabled or deleted, or may not run workflows in this space, so that runs of this user fail immediately.',
          ),
        valid: z.boolean(),
        connectors: z.array(checkedConnector),
      }),
    },
  },
});
