import { TEST_CONNECTOR_SUB_ACTION } from '@latchkey/connector-specs';
import type { AxiosInstance } from 'axios';
import type { ConnectorType, ValidatedParams } from '../connector_types/index.ts';
import type { DecryptedConnector, ExecutionResult } from '../types.ts';
import { createAuthorizedClient } from './authorized_client.ts';
import type { ExecutionDeps } from './execution_deps.ts';
import { describeFailure } from './execution_failure.ts';
import { credentialsOf, redactOutput } from './redact_output.ts';

/** One run of one action as one person. */
export interface ActionRequest {
  readonly connector: DecryptedConnector;
  readonly params: unknown;
  /** `undefined`: nobody; per-user connectors then say so. */
  readonly profileUid: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Runs an action: validate, authorize, hand over, describe what happened. A refused call comes back as a result with `status: 'error'`.
 * @throws ConnectorTypeError for params, config or secrets the type does not accept, or a disabled type
 */
export async function executeAction(
  request: ActionRequest,
  deps: ExecutionDeps,
): Promise<ExecutionResult> {
  const { connector } = request;
  const type = deps.types.getEnabled(connector.connectorTypeId);
  const params = type.validate.params(request.params);
  const startedAt = deps.clock.monotonic();
  const result = await run(type, params, request, deps);
  const labels = { connector_type: type.id, outcome: result.status };
  deps.metrics.executions.inc(labels);
  deps.metrics.duration.observe((deps.clock.monotonic() - startedAt) / 1000, {
    connector_type: type.id,
  });
  return result;
}

async function run(
  type: ConnectorType,
  params: ValidatedParams,
  request: ActionRequest,
  deps: ExecutionDeps,
): Promise<ExecutionResult> {
  const { connector, profileUid, signal } = request;
  const config = type.validate.config(connector.config);
  const secrets = type.validate.secrets(connector.secrets);
  let client: AxiosInstance | undefined;
  let outcome: ExecutionResult;
  try {
    const maxContentLength = params.fetchOptions?.maxContentLength;
    client = await createAuthorizedClient(
      { connector, type, config, secrets, profileUid, signal, maxContentLength },
      deps,
    );
    const data = await callHandler(type, params, {
      client,
      config,
      secrets,
      log: deps.logger,
      signal,
    });
    outcome = { connectorId: connector.id, status: 'ok', data: data ?? {} };
  } catch (error) {
    outcome = failed(error, connector, deps);
  }
  // The token may have been replaced meanwhile; what is in the client now is what the service saw last.
  return redactOutput(outcome, credentialsOf(client, connector.authType, secrets));
}

function callHandler(
  type: ConnectorType,
  params: ValidatedParams,
  context: Parameters<ConnectorType['spec']['test']['handler']>[0],
): Promise<unknown> {
  const { spec } = type;
  if (params.subAction === TEST_CONNECTOR_SUB_ACTION) return spec.test.handler(context);
  const action = spec.actions[params.subAction];
  if (action === undefined)
    throw new Error(`validated sub-action [${params.subAction}] is missing`);
  // The params validator parsed this input with this very action's schema.
  return action.handler(context, params.subActionParams as never);
}

function failed(
  error: unknown,
  connector: DecryptedConnector,
  deps: ExecutionDeps,
): ExecutionResult {
  const described = describeFailure(error, deps.clock.now());
  if (described === undefined) {
    deps.logger.error(`Connector [${connector.id}] failed unexpectedly`, { error });
  } else {
    deps.logger.debug(`Connector [${connector.id}] failed`, { error });
  }
  const failure = described ?? {
    message: 'an error occurred while running the action',
    retry: true,
    errorSource: 'framework' as const,
  };
  return { connectorId: connector.id, status: 'error', ...failure };
}
