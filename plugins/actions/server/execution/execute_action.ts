import {
  publicFieldsOf,
  publicSecretFields,
  secretsForHandlers,
  TEST_CONNECTOR_SUB_ACTION,
} from '@latchkey/connector-specs';
import type { ConnectorType, ValidatedParams } from '../connector_types/index.ts';
import type { DecryptedConnector, ExecutionResult } from '../types.ts';
import { createAuthorizedClient } from './authorized_client.ts';
import type { CheckedConnector } from './connector_validation_cache.ts';
import type { ExecutionDeps } from './execution_deps.ts';
import { describeFailure, UNEXPECTED_FAILURE } from './execution_failure.ts';
import { credentialsOf, redactOutput } from './redact_output.ts';
import { UsedTokens } from './used_tokens.ts';

/** One execution of one action as one user. */
export interface ActionRequest {
  readonly connector: DecryptedConnector;
  readonly params: unknown;
  /** `undefined`: no user. Connectors with per-user authorization then fail. */
  readonly profileUid: string | undefined;
  readonly signal: AbortSignal;
}

/** A request after all its parts were parsed. */
interface Run extends ActionRequest, CheckedConnector {
  readonly type: ConnectorType;
  readonly params: ValidatedParams;
}

/**
 * Executes an action: validates, authorizes, calls the handler and describes the result. A refused
 * call is a result with `status: 'error'`.
 * @throws ConnectorTypeError for params, config or secrets that the type does not accept, or a
 * disabled type
 */
export async function executeAction(
  request: ActionRequest,
  deps: ExecutionDeps,
): Promise<ExecutionResult> {
  const { connector } = request;
  const type = deps.types.getExecutable(connector);
  const params = type.validate.params(request.params);
  const run: Run = { ...request, type, params, ...deps.known.check(connector, type) };
  const startedAt = deps.clock.monotonic();
  const result = await runAction(run, deps);
  const labels = { connector_type: type.id };
  deps.metrics.executions.inc({ ...labels, outcome: result.status });
  deps.metrics.duration.observe((deps.clock.monotonic() - startedAt) / 1000, labels);
  return result;
}

/**
 * Describes a failure as a result. This is the only place that logs it: as an error if it was
 * unexpected.
 */
export function failedExecution(
  error: unknown,
  about: { readonly connectorId: string; readonly responseSizeHeader?: string | undefined },
  deps: Pick<ExecutionDeps, 'clock' | 'logger'>,
): ExecutionResult {
  const { connectorId, responseSizeHeader } = about;
  const described = describeFailure(error, { nowMs: deps.clock.now(), responseSizeHeader });
  if (described === undefined) {
    deps.logger.error(`Connector [${connectorId}] failed unexpectedly`, { error });
  } else {
    deps.logger.debug(`Connector [${connectorId}] failed`, { error });
  }
  return { connectorId, status: 'error', ...(described ?? UNEXPECTED_FAILURE) };
}

async function runAction(run: Run, deps: ExecutionDeps): Promise<ExecutionResult> {
  const { connector, authType, secrets, storedSecrets } = run;
  const sent = new UsedTokens();
  // Computed when needed: the first token may have been replaced, and services may echo either
  // token.
  const redacted = (result: ExecutionResult, ownHeader?: unknown): ExecutionResult => {
    const headers = [...sent.values(), ...(typeof ownHeader === 'string' ? [ownHeader] : [])];
    const { credentials } = run.type.spec;
    const publicFields =
      credentials === undefined
        ? publicSecretFields(authType)
        : publicFieldsOf(credentials.secrets);
    const secretTexts = Object.values(run.secretHeaders);
    return redactOutput(
      result,
      credentialsOf({ publicFields, secrets: storedSecrets, headers, secretTexts }),
    );
  };
  try {
    const client = await createAuthorizedClient(
      { ...run, sent, maxContentLength: run.params.fetchOptions?.maxContentLength },
      deps,
    );
    // A handler may change it afterwards.
    const ownHeader = client.authorization;
    const { config, signal } = run;
    const data = await callHandler(run, {
      request: client.request,
      get client() {
        return client.axios;
      },
      config,
      secrets: secretsForHandlers(authType, secrets),
      credentialHeaders: run.binding.credentialHeaders,
      log: deps.logger,
      signal,
    });
    return redacted({ connectorId: connector.id, status: 'ok', data: data ?? {} }, ownHeader);
  } catch (error) {
    const { responseSizeHeader } = run.type.spec.actions[run.params.subAction] ?? {};
    return redacted(
      failedExecution(error, { connectorId: connector.id, responseSizeHeader }, deps),
    );
  }
}

function callHandler(
  { type, params }: Run,
  context: Parameters<ConnectorType['spec']['test']['handler']>[0],
): Promise<unknown> {
  const { spec } = type;
  if (params.subAction === TEST_CONNECTOR_SUB_ACTION) return spec.test.handler(context);
  const action = spec.actions[params.subAction];
  if (action === undefined)
    throw new Error(`validated sub-action [${params.subAction}] is missing`);
  // The params validator parsed this input with the schema of this action.
  return action.handler(context, params.subActionParams as never);
}
