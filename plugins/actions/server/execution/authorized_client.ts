import { getAuthType } from '@latchkey/connector-specs';
import type { AxiosInstance } from 'axios';
import type { ConnectorType } from '../connector_types/index.ts';
import { requestedScopes } from '../oauth/strategies/index.ts';
import type { DecryptedConnector } from '../types.ts';
import type { CheckedConnector } from './connector_validation_cache.ts';
import type { ExecutionDeps } from './execution_deps.ts';
import { explainMissingScopes } from './missing_scope.ts';
import { retryRejectedToken } from './unauthorized_policy.ts';
import type { UsedTokens } from './used_tokens.ts';

/** One connector, user and execution for which a client is created. */
export interface ClientRequest extends CheckedConnector {
  readonly connector: DecryptedConnector;
  readonly type: ConnectorType;
  readonly profileUid: string | undefined;
  readonly signal: AbortSignal;
  readonly maxContentLength: number | undefined;
  /** Collects every token that this client sends. */
  readonly sent: UsedTokens;
}

/**
 * Creates an axios instance for one execution, authenticated as one user. Instances are not shared,
 * so no default header can reach a call of another user. Credentials are sent only to the origins
 * of the connector.
 * @throws ConnectorAuthorizationError, ConnectorConfigurationError, TokenUnavailableError from the
 * first token request
 */
export async function createAuthorizedClient(
  request: ClientRequest,
  deps: Pick<ExecutionDeps, 'egress' | 'tokens' | 'rejections' | 'limits' | 'logger'>,
): Promise<AxiosInstance> {
  const { connector, type, secrets, binding, signal, sent } = request;
  const client = deps.egress.createAxiosInstance(
    {
      headers: { common: { ...type.globalAuthHeaders } },
      maxContentLength: request.maxContentLength ?? deps.limits.maxResponseBytes,
      timeout: deps.limits.responseTimeoutMs,
      signal,
    },
    binding,
  );
  const tokenRequest = { connector, profileUid: request.profileUid, signal };
  await getAuthType(request.authType).configure(
    {
      // The options repeat facts of the connector. The token service uses the connector itself.
      getToken: async () => sent.add(await deps.tokens.getToken(tokenRequest)),
      logger: deps.logger,
    },
    client,
    secrets,
  );
  const { common } = client.defaults.headers;
  for (const [name, value] of Object.entries(request.secretHeaders)) {
    const sameName = Object.keys(common).find((one) => one.toLowerCase() === name.toLowerCase());
    if (sameName !== undefined) delete common[sameName];
    common[name] = value;
  }
  if (!sent.isEmpty) {
    retryRejectedToken(client, {
      sent,
      grant: `${connector.spaceId}/${connector.id}/${connector.authMode === 'shared' ? '' : request.profileUid}`,
      rejections: deps.rejections,
      replace: (rejected) => deps.tokens.replaceRejectedToken({ ...tokenRequest, ...rejected }),
      isTokenRejected: type.spec.oauth?.isTokenRejected,
    });
    if (connector.authMode === 'per-user') {
      explainMissingScopes(client, {
        authType: connector.authType,
        requestedScopes: () => requestedScopes(connector),
      });
    }
  }
  return client;
}
