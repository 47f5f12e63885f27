import { type Router, respond } from '@latchkey/core/server';
import { z } from 'zod';
import type { ActionsStart, ExecutionResult } from '../types.ts';

const params = z.strictObject({ id: z.string().min(1).max(36) });
const body = z.strictObject({ params: z.record(z.string().max(256), z.unknown()) });

const executeResponse = z.object({
  connector_id: z.string(),
  status: z.enum(['ok', 'error']),
  data: z.unknown().optional(),
  message: z.string().optional(),
  service_message: z.string().optional(),
  retry: z.union([z.boolean(), z.string(), z.null()]).optional(),
  errorSource: z.enum(['user', 'framework']).optional(),
  /**
   * Not in Kibana: set when the user must authorize the connector; the reason of the
   * ConnectorAuthorizationError.
   */
  authorization_reason: z.string().optional(),
  error_meta: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Registers `POST /api/actions/connector/{id}/_execute`. The client checks privileges in the space
 * of the request.
 */
export function registerExecuteRoute(
  router: Router,
  getClient: ActionsStart['getActionsClient'],
): void {
  router.add(
    {
      method: 'post',
      path: '/api/actions/connector/{id}/_execute',
      access: 'public',
      summary: 'Run a connector',
      description:
        'Runs one action of a connector as the signed-in user. A connector with per-user authorization uses the authorization of that user.',
      tags: ['connectors'],
      validate: { params, body },
      responses: {
        200: {
          description: 'The result of the action, or the reason why it failed.',
          body: executeResponse,
        },
      },
    },
    async (request) => {
      const result = await getClient(request).execute({
        connectorId: request.params.id,
        params: request.body.params,
        signal: request.signal,
      });
      return respond.ok(toExecuteBody(result));
    },
  );
}

/** Kibana's keys. `errorSource` is in camel case there too. */
function toExecuteBody(result: ExecutionResult): z.infer<typeof executeResponse> {
  const {
    connectorId,
    status,
    data,
    message,
    serviceMessage,
    retry,
    errorSource,
    authorizationReason,
    errorMeta,
  } = result;
  return {
    connector_id: connectorId,
    status,
    ...(data === undefined ? {} : { data }),
    ...(message === undefined ? {} : { message }),
    ...(serviceMessage === undefined ? {} : { service_message: serviceMessage }),
    ...(retry === undefined ? {} : { retry }),
    ...(errorSource === undefined ? {} : { errorSource }),
    ...(authorizationReason === undefined ? {} : { authorization_reason: authorizationReason }),
    ...(errorMeta === undefined ? {} : { error_meta: { ...errorMeta } }),
  };
}
