import { followStartLink } from '@latchkey/actions-plugin/common';
import {
  type ActionsClient,
  type ActionsStart,
  acceptsIdempotencyKey,
  type ConnectorSummary,
  type DeferredUser,
} from '@latchkey/actions-plugin/server';
import { fillPath } from '@latchkey/core/common';
import { type Clock, HttpError, type Principal } from '@latchkey/core/server';
import { isSavedObjectError } from '@latchkey/saved-objects';
import type { CallResult, RunPorts, StepCall } from '@latchkey/workflow-engine';
import { connectorsNamed, isActionEnabled } from '@latchkey/workflow-language';
import type { PublicUrls } from '../store/run_changes.ts';
import { failed, failureOf } from './call_failure.ts';
import { callHttp, httpParams } from './http_calls.ts';
import { CallMeter } from './timed_actions.ts';

/** Dependencies of {@link createConnectorCalls}. */
export interface ConnectorCallsDeps {
  readonly actions: Pick<ActionsStart, 'execute' | 'executeSystemAction' | 'getActionsClient'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** The user of the run. */
  readonly principal: Principal;
  /** The same user, for calls after the request that started the run has ended. */
  readonly as: DeferredUser;
  /** Absent: errors have no link to connect an account. */
  readonly urls?: PublicUrls;
  /** `true`: connectors are looked up, but no request is sent. Default: false. */
  readonly isDryRun?: boolean;
  /** `true`: connectors that use the account of the user are refused. Default: false. */
  readonly refusesPersonal?: boolean;
}

/** Result of a call in a dry run, which sends no request. */
const NOT_CALLED: CallResult = { kind: 'completed', output: null };

/** Creates the function with which a run calls connectors as its user. */
export function createConnectorCalls(deps: ConnectorCallsDeps): RunPorts['call'] {
  return async (call, signal) => {
    const meter = new CallMeter(deps.clock);
    try {
      const actions = meter.measured(deps.actions);
      const result = meter.added(await callConnector({ ...deps, actions }, call, signal));
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
  deps: ConnectorCallsDeps,
  call: StepCall,
  signal: AbortSignal,
): Promise<CallResult> {
  const { actions, as, principal, isDryRun, refusesPersonal } = deps;
  const { connectorId, type, idempotencyKey } = call;
  if (connectorId === undefined && type === 'http')
    return isDryRun === true ? NOT_CALLED : callHttp({ actions, as }, call, signal);
  if (connectorId === undefined)
    return failed('ConnectorRequired', `Step type \`${type}\` needs a \`connector-id\`.`);
  const client = actions.getActionsClient(principal);
  const [typeName = '', action] = type.split('.');
  const typeId = `.${typeName}`;
  const found = await find(client, connectorId, typeId);
  // Connectors of different types may have the same name.
  const ofType = connectorsNamed(found, connectorId, typeId);
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
      `Connector [${connector.name}] uses the account of the user of the run. No user started this run by hand, and its workflow was saved last by another user, or with an API key that is not the key of the run, so it may not use that account. Use a connector with a shared account, or let the user of the run save the workflow in the web app.`,
    );
  if (isDryRun === true) return NOT_CALLED;
  const request = {
    connectorId: connector.id,
    params:
      action === undefined ? httpParams(call) : { subAction: action, subActionParams: call.input },
    signal,
    idempotencyKey,
    ...(call.timeoutMs === undefined ? {} : { timeoutMs: call.timeoutMs }),
  };
  const result = await actions.execute(as, request);
  if (result.status === 'ok') return { kind: 'completed', output: result.data };
  // The connector refuses what is not 2xx, the step only 400 and above.
  const { failedResponse } = result;
  if (action === undefined && failedResponse !== undefined && failedResponse.status < 400)
    return { kind: 'completed', output: failedResponse };
  if (result.authorizationReason !== undefined)
    return {
      kind: 'unauthorized',
      connectorId: connector.id,
      error: {
        type: 'ConnectorAuthorizationError',
        message: result.serviceMessage ?? result.message ?? 'The account must be connected.',
        details: {
          reason: result.authorizationReason,
          connectorId: connector.id,
          connectorName: connector.name,
          ...startOf(deps, connector.id),
        },
      },
    };
  return failureOf(result);
}

/** Link with which the user of the run connects an account. */
function startOf({ urls, as, principal }: ConnectorCallsDeps, connectorId: string) {
  const username = principal.user?.username;
  if (urls?.publicBaseUrl === undefined || username === undefined) return {};
  const path = fillPath(followStartLink.path, { connectorId });
  const query = new URLSearchParams({ user: username });
  return { startUrl: `${urls.publicUrl(path, as.spaceId)}?${query}` };
}

/** Steps whose author writes the request. They may send an idempotency key. */
const REQUEST_STEPS: ReadonlySet<string> = new Set(['http', 'custom_api.request']);

/**
 * Returns `true` if the service gets an idempotency key with a call, so that the call may be
 * repeated.
 */
export function createKeyCheck({
  actions,
  principal,
}: Pick<ConnectorCallsDeps, 'actions' | 'principal'>): NonNullable<RunPorts['sendsKey']> {
  const sendsKey = async ({ connectorId, type, input }: StepCall): Promise<boolean> => {
    const { method = 'GET' } = input;
    const isKeyed = REQUEST_STEPS.has(type) && acceptsIdempotencyKey(String(method).toUpperCase());
    if (connectorId === undefined || !isKeyed) return false;
    const client = actions.getActionsClient(principal);
    const typeId = `.${type.split('.')[0]}`;
    const found = await find(client, connectorId, typeId);
    const [connector, other] = connectorsNamed(found, connectorId, typeId);
    if (connector === undefined || other !== undefined) return false;
    // A list has no headers.
    const known = connector.id === connectorId ? connector : await client.find(connector.id);
    return known?.idempotencyHeader !== undefined;
  };
  return async (call) => {
    try {
      return await sendsKey(call);
    } catch (error) {
      if (isSavedObjectError(error, 'store_unavailable')) throw error;
      // The call itself fails for the same reason.
      return false;
    }
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
