import type {
  ActionsClient,
  ActionsStart,
  ConnectorSummary,
  DeferredUser,
} from '@latchkey/actions-plugin/server';
import { HttpError, type Principal } from '@latchkey/core/server';
import { isSavedObjectError } from '@latchkey/saved-objects';
import type { CallResult, RunPorts, StepCall } from '@latchkey/workflow-engine';
import { isActionEnabled } from '@latchkey/workflow-language';
import { callHttp } from './http_calls.ts';

/** Dependencies of {@link createConnectorCalls}. */
export interface ConnectorCallsDeps {
  readonly actions: Pick<ActionsStart, 'execute' | 'executeSystemAction' | 'getActionsClient'>;
  /** The user of the run. */
  readonly principal: Principal;
  /** The same user, for calls after the request that started the run has ended. */
  readonly as: DeferredUser;
  /** True: connectors are looked up, but no request is sent. Default: false. */
  readonly isDryRun?: boolean;
  /** True: connectors that use the account of the user are refused. Default: false. */
  readonly refusesPersonal?: boolean;
}

/** Result of a call in a dry run, which sends no request. */
const NOT_CALLED: CallResult = { kind: 'completed', output: null };

/** Creates the function with which a run calls connectors as its user. */
export function createConnectorCalls(deps: ConnectorCallsDeps): RunPorts['call'] {
  return async (call, signal) => {
    try {
      const result = await callConnector(deps, call, signal);
      // An aborted call is reported as a failure, but the service may have carried it out. The
      // result is unknown then.
      if (result.kind === 'failed') signal.throwIfAborted();
      return result;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      // The store is unavailable, so the run is interrupted and repeated later.
      if (isSavedObjectError(error, 'store_unavailable')) throw error;
      const message = error instanceof Error ? error.message : 'The call failed.';
      const isRefused = error instanceof HttpError && error.statusCode === 403;
      return failed(isRefused ? 'NotAllowed' : 'ConnectorExecutionError', message);
    }
  };
}

async function callConnector(
  { actions, as, principal, isDryRun, refusesPersonal }: ConnectorCallsDeps,
  call: StepCall,
  signal: AbortSignal,
): Promise<CallResult> {
  const { connectorId, type, input, idempotencyKey } = call;
  if (connectorId === undefined && type === 'http')
    return isDryRun === true ? NOT_CALLED : callHttp({ actions, as }, call, signal);
  if (connectorId === undefined)
    return failed('ConnectorRequired', `Step type \`${type}\` needs a \`connector-id\`.`);
  const client = actions.getActionsClient(principal);
  const [typeName = '', action] = type.split('.');
  const typeId = `.${typeName}`;
  const found = await find(client, connectorId, typeId);
  const ofType = found.filter(({ connectorTypeId }) => connectorTypeId === typeId);
  // Connectors of different types may have the same name.
  const [connector, other] = ofType.length > 0 ? ofType : found.slice(0, 1);
  if (other !== undefined)
    return failed(
      'ConnectorAmbiguous',
      `Several connectors of type ${typeId} have the name [${connectorId}]. Use the id of one of them.`,
    );
  if (connector === undefined)
    return failed('ConnectorNotFound', `Connector [${connectorId}] does not exist in this space.`);
  if (connector.connectorTypeId !== typeId)
    return failed(
      'ConnectorTypeMismatch',
      `Connector [${connector.name}] has the type ${connector.connectorTypeId}, and the step needs ${typeId}.`,
    );
  if (!isActionEnabled(connector, action))
    return failed(
      'ActionNotEnabled',
      `Action [${action}] is not enabled in connector [${connector.name}]. An administrator can enable it in the settings of the connector.`,
    );
  if (refusesPersonal === true && connector.authMode === 'per-user')
    return failed(
      'PersonalConnectionRefused',
      `Connector [${connector.name}] uses the account of the user of the run. No user started this run by hand, and another user saved its workflow last, so it may not use that account. Use a connector with a shared account, or let the user of the run save the workflow.`,
    );
  if (isDryRun === true) return NOT_CALLED;
  const params = action === undefined ? input : { subAction: action, subActionParams: input };
  const request = { connectorId: connector.id, params, signal, idempotencyKey };
  const result = await actions.execute(as, request);
  if (result.status === 'ok') return { kind: 'completed', output: result.data };
  const message = result.serviceMessage ?? result.message ?? 'The connector could not be called.';
  if (result.authorizationReason !== undefined)
    return {
      kind: 'unauthorized',
      connectorId: connector.id,
      error: {
        type: 'ConnectorAuthorizationError',
        message,
        details: {
          reason: result.authorizationReason,
          connectorId: connector.id,
          connectorName: connector.name,
        },
      },
    };
  const retryAt = typeof result.retry === 'string' ? new Date(result.retry) : undefined;
  return {
    kind: 'failed',
    error: { type: 'ConnectorExecutionError', message },
    ...(retryAt === undefined ? {} : { retryAt }),
  };
}

/**
 * Finds the connector with an id, if it has the wanted type. Otherwise returns this connector and
 * all connectors with the name. Only the search by name needs the list of all connectors.
 */
async function find(
  client: Pick<ActionsClient, 'find' | 'getAll'>,
  idOrName: string,
  typeId: string,
): Promise<readonly ConnectorSummary[]> {
  const byId = await client.find(idOrName);
  if (byId?.connectorTypeId === typeId) return [byId];
  const byName = (await client.getAll()).filter(({ name }) => name === idOrName);
  return byId === undefined ? byName : [byId, ...byName.filter(({ id }) => id !== byId.id)];
}

function failed(type: string, message: string): CallResult {
  return { kind: 'failed', error: { type, message } };
}
