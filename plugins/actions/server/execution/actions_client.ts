import { isConnectorAuthorizationError } from '@latchkey/connector-specs';
import type { Principal } from '@latchkey/core/server';
import { SavedObjectError } from '@latchkey/saved-objects';
import type { AccessControl } from '../audit/index.ts';
import { connectorNotFound } from '../connectors/index.ts';
import { ConnectorConfigurationError } from '../oauth/strategies/index.ts';
import type {
  ActionsClient,
  ConnectorReader,
  ConnectorView,
  DecryptedConnector,
  ExecutionResult,
  TokenService,
} from '../types.ts';
import { executeAction, failedExecution } from './execute_action.ts';
import type { ExecutionDeps } from './execution_deps.ts';

/** Dependencies of {@link createActionsClient}. */
export interface ActionsClientDeps {
  readonly connectors: ConnectorReader;
  readonly views: {
    get(principal: Principal, connectorId: string): Promise<ConnectorView>;
    getAll(principal: Principal): Promise<readonly ConnectorView[]>;
  };
  readonly tokens: TokenService;
  readonly execution: ExecutionDeps;
  readonly access: AccessControl;
}

/**
 * Client for one user. Every method checks privileges in the user's space. A connector that the
 * user may not see counts as missing.
 */
export function createActionsClient(principal: Principal, deps: ActionsClientDeps): ActionsClient {
  const profileUid = principal.user?.profileUid;
  return {
    execute: (request) =>
      audited({ principal, operation: 'execute', connectorId: request.connectorId }, deps, () =>
        execute(principal, request, deps),
      ),
    getOAuthAccessToken: ({ connectorId, signal }) =>
      audited({ principal, operation: 'get-access-token', connectorId }, deps, async () => {
        const connector = await open(principal, connectorId, deps);
        const withSignal = signal === undefined ? {} : { signal };
        const token = await deps.tokens.getToken({ connector, profileUid, ...withSignal });
        return token.authorization;
      }),
    get: (connectorId) => deps.views.get(principal, connectorId),
    getAll: () => deps.views.getAll(principal),
  };
}

async function execute(
  principal: Principal,
  request: Parameters<ActionsClient['execute']>[0],
  deps: ActionsClientDeps,
): Promise<ExecutionResult> {
  const { connectorId, params, signal = new AbortController().signal } = request;
  let connector: DecryptedConnector;
  try {
    connector = await open(principal, connectorId, deps);
  } catch (error) {
    if (!(error instanceof ConnectorConfigurationError)) throw error;
    return failedExecution(error, { connectorId }, deps.execution);
  }
  const profileUid = principal.user?.profileUid;
  return executeAction({ connector, params, profileUid, signal }, deps.execution);
}

/** @throws ConnectorError `not_found`; ConnectorConfigurationError `secrets_undecryptable` */
async function open(
  principal: Principal,
  connectorId: string,
  { connectors }: ActionsClientDeps,
): Promise<DecryptedConnector> {
  try {
    const connector = await connectors.readDecrypted(connectorId, principal.spaceId);
    if (connector !== undefined) return connector;
  } catch (error) {
    if (!(error instanceof SavedObjectError && error.code === 'undecryptable')) throw error;
    throw new ConnectorConfigurationError(
      'secrets_undecryptable',
      connectorId,
      `The secrets of connector [${connectorId}] cannot be read. An administrator must enter them again.`,
      { cause: error },
    );
  }
  throw connectorNotFound(connectorId);
}

/** Checks the privilege and writes exactly one audit event in every case. */
async function audited<T extends string | ExecutionResult>(
  what: {
    readonly principal: Principal;
    readonly operation: 'execute' | 'get-access-token';
    readonly connectorId: string;
  },
  { access }: ActionsClientDeps,
  act: () => Promise<T>,
): Promise<T> {
  const { principal, operation, connectorId } = what;
  await access.ensure(principal, 'execute', connectorId);
  try {
    const result = await act();
    const failure = typeof result === 'object' && result.status === 'error' ? result : undefined;
    access.record(principal, {
      operation,
      outcome: failure === undefined ? 'success' : 'failure',
      connectorId,
      errorCode: failure?.authorizationReason,
    });
    return result;
  } catch (error) {
    access.record(principal, {
      operation,
      outcome: 'failure',
      connectorId,
      errorCode: codeOf(error),
    });
    throw error;
  }
}

/** Codes of our own errors are closed sets. Any other text could come from a provider. */
function codeOf(error: unknown): string {
  if (isConnectorAuthorizationError(error)) return error.reason;
  const named = error instanceof Error && ('code' in error ? error.code : undefined);
  return typeof named === 'string' && /^[a-z_]{1,64}$/.test(named) ? named : 'unexpected';
}
