import { type Router, respond } from '@latchkey/core/server';
import { executeConnector } from '../../common/index.ts';
import type { ActionsStart, ExecutionResult } from '../types.ts';

/** Services of the route. */
export interface ExecuteRouteServices {
  readonly getActionsClient: ActionsStart['getActionsClient'];
}

/**
 * Registers `POST /api/actions/connector/{id}/_execute`. The client checks privileges in the space
 * of the request.
 */
export function registerExecuteRoute(router: Router<ExecuteRouteServices>): void {
  router.handle(executeConnector, async (request, { getActionsClient }) => {
    const result = await getActionsClient(request).execute({
      connectorId: request.params.id,
      params: request.body.params,
      signal: request.signal,
    });
    return respond.ok(toExecuteBody(result));
  });
}

/** Kibana's keys. `errorSource` is in camel case there too. */
function toExecuteBody(result: ExecutionResult) {
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
    ...(errorMeta === undefined ? {} : { error_meta: errorMeta }),
  };
}
