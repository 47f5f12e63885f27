import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import { connectorId } from './fields.ts';

/** Result of an execution. A failed execution also has the HTTP status 200. */
const executionResult = z.object({
  connector_id: z.string(),
  status: z.enum(['ok', 'error']),
  data: z
    .unknown()
    .optional()
    .describe(
      'With the status ok: the output of the action. `x-output` of the params of an action names its schema, for example `slack2_sendMessage_output`. A connection test and a call with `raw` have data without a schema.',
    ),
  message: z.string().optional(),
  service_message: z.string().optional(),
  retry: z.union([z.boolean(), z.string(), z.null()]).optional(),
  errorSource: z.enum(['user', 'framework']).optional(),
  /**
   * Why the user must authorize the connector, as in `ConnectorAuthorizationError`. Absent if
   * authorizing again would not help. Not in Kibana.
   */
  authorization_reason: z.string().optional(),
  error_meta: z.record(z.string(), z.unknown()).optional(),
});

/** Route that executes one action of a connector as the signed-in user. */
export const executeConnector = defineRoute({
  method: 'post',
  path: '/api/actions/connector/{id}/_execute',
  access: 'public',
  summary: 'Run a connector',
  description:
    'Runs one action of a connector as the signed-in user. A connector with per-user authorization uses the authorization of that user.',
  tags: ['connectors'],
  params: z.strictObject({ id: connectorId }),
  body: z.strictObject({ params: z.record(z.string().max(256), z.unknown()) }),
  responses: {
    200: {
      description: 'The result of the action, or the reason why it failed.',
      body: executionResult,
    },
  },
});
