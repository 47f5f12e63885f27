import { defineRoute } from '@latchkey/core/common';
import { type Router, respond } from '@latchkey/core/server';
import { executeConnector } from '../../common/index.ts';
import { describeExecution, type TypeRegistry } from '../connector_types/index.ts';
import type { ExecutionResult } from '../types.ts';
import type { Executor } from './executor.ts';

/** Services that the handler of the route calls. */
export interface ExecuteRouteServices {
  readonly executor: Executor;
}

/**
 * Registers `POST /api/actions/connector/{id}/_execute`. The executor checks the privileges in the
 * space of the request.
 * @param types types whose actions OpenAPI describes
 */
export function registerExecuteRoute(
  router: Router<ExecuteRouteServices>,
  types: Pick<TypeRegistry, 'list'>,
): void {
  const route = defineRoute({
    ...executeConnector,
    describeBody: (body) => describeExecution(body, types.list()),
  });
  router.handle(route, async (request, { executor }) => {
    const result = await executor.execute(request, {
      connectorId: request.params.id,
      params: request.body.params,
      signal: request.signal,
    });
    return respond.ok(toExecuteBody(result));
  });
}

/** Maps a result to the keys of Kibana, which uses camel case for `errorSource`. */
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
