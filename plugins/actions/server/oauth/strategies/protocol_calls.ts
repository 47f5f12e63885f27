import type { Logger } from '@latchkey/core/server';
import type { Egress } from '@latchkey/egress';
import {
  type AccountSource,
  checkAccessToken,
  dialectOf,
  fetchAccount,
  type OAuthClientConfiguration,
  OAuthError,
  type ProtocolIo,
  requestClientCredentials,
  type StandardClient,
  type TokenGrant,
} from '@latchkey/oauth-client';
import { type EarsSettings, readEarsTls } from './ears_settings.ts';
import type { ProviderClient } from './provider_client.ts';
import type { ProviderEntry } from './provider_facts.ts';

/** Much larger than any token response, small enough for the memory of the server. */
const MAX_RESPONSE_BYTES = 512 * 1024;

const USERINFO_LIMITS = {
  redirect: 'refuse',
  maxResponseBytes: 128 * 1024,
  timeoutMs: 5_000,
} as const;

/** Server dependencies of every provider client. */
export interface ProviderClientDeps {
  /**
   * Entry of a connector type, with the differences of its provider. `undefined`: an unknown type
   * follows the RFC.
   */
  readonly findProviderEntry: (connectorTypeId: string) => ProviderEntry | undefined;
  readonly egress: Egress;
  readonly ears: EarsSettings | undefined;
  /**
   * Origins to which an operator allows tokens to be sent for revocation, whatever an editor
   * enters.
   */
  readonly trustedRevocationOrigins: ReadonlySet<string>;
  readonly now: () => Date;
  readonly logger: Logger;
}

/** Calls that are the same for every auth type. */
export type ProtocolCalls = Pick<
  ProviderClient,
  'checkAccessToken' | 'exchangeCode' | 'refresh' | 'revoke' | 'isAccountFromIdToken'
>;

/**
 * Binds the protocol to the egress.
 * @param account source of the account of a new grant that the token response does not name
 */
export function protocolCalls(
  configuration: OAuthClientConfiguration,
  deps: ProviderClientDeps,
  account: AccountSource = dialectOf(configuration).accountSource,
): ProtocolCalls {
  const io = (signal?: AbortSignal) => protocolIo(configuration, deps, signal);
  const dialect = dialectOf(configuration);
  const { userinfoEndpoint } = account;
  return {
    ...(userinfoEndpoint === undefined
      ? {}
      : {
          checkAccessToken: (authorization) =>
            checkAccessToken(userinfoEndpoint, authorization, userinfoIo(deps)),
        }),
    isAccountFromIdToken: userinfoEndpoint === undefined && account.accountIdPath === undefined,
    exchangeCode: async ({ signal, ...exchange }) => {
      const grant = await traced('exchange_code', deps, () =>
        dialect.exchange(exchange, io(signal)),
      );
      return withAccount(account, grant, { deps, signal });
    },
    refresh: (refreshToken, signal) =>
      traced('refresh', deps, () => dialect.refresh(refreshToken, io(signal))),
    revoke: async (token, hint, { signal, onRetryAfter } = {}) => {
      const revocationIo = { ...io(signal), onRetryAfter };
      const outcome = await dialect.revoke({ token, hint }, revocationIo);
      deps.logger.debug('revocation endpoint called', { token_type_hint: hint, outcome });
      return outcome;
    },
  };
}

/**
 * Adds the account to the grant, if the provider names it. A user is waiting, so the call to the
 * userinfo endpoint has a timeout of a few seconds.
 */
async function withAccount(
  source: AccountSource,
  grant: TokenGrant,
  { deps, signal }: { readonly deps: ProviderClientDeps; readonly signal: AbortSignal | undefined },
): Promise<TokenGrant> {
  if (grant.account !== undefined || source.userinfoEndpoint === undefined) return grant;
  const account = await fetchAccount(source, grant, { ...userinfoIo(deps), signal });
  deps.logger.debug('userinfo endpoint called', {
    outcome: account === undefined ? 'unknown' : 'known',
  });
  return account === undefined ? grant : { ...grant, account, accountSource: 'userinfo' };
}

function userinfoIo({ egress, now }: ProviderClientDeps): ProtocolIo {
  return { fetch: (url, init) => egress.fetch(url, { ...init, ...USERINFO_LIMITS }), now };
}

/** Requests a token for the client itself. @throws OAuthError */
export function sharedToken(
  configuration: StandardClient,
  deps: ProviderClientDeps,
  signal: AbortSignal,
): Promise<TokenGrant> {
  return traced('client_credentials', deps, () =>
    requestClientCredentials(configuration, protocolIo(configuration, deps, signal)),
  );
}

/** Error for a call that the auth type does not support. */
export function unsupportedCall(authType: string, what: string): OAuthError {
  return new OAuthError(
    'invalid_request',
    'misconfigured',
    `The auth type [${authType}] has no ${what}.`,
  );
}

function protocolIo(
  configuration: OAuthClientConfiguration,
  { egress, ears, now }: ProviderClientDeps,
  signal: AbortSignal | undefined,
): ProtocolIo {
  const isOfEars = dialectOf(configuration).registeredClient === undefined;
  return {
    fetch: async (url, init) => {
      const tls = isOfEars ? await readEarsTls(ears?.ssl) : {};
      return egress.fetch(url, {
        ...init,
        ...tls,
        redirect: 'refuse',
        maxResponseBytes: MAX_RESPONSE_BYTES,
      });
    },
    now,
    signal,
  };
}

/**
 * Logs the provider's request id for support. The caller logs failures; this line only adds the id.
 */
async function traced(
  operation: string,
  { logger }: ProviderClientDeps,
  call: () => Promise<TokenGrant>,
): Promise<TokenGrant> {
  try {
    const grant = await call();
    logger.debug('token endpoint responded', {
      operation,
      outcome: 'success',
      provider_request_id: grant.providerRequestId,
    });
    return grant;
  } catch (error) {
    if (error instanceof OAuthError) {
      logger.debug('token endpoint responded', {
        operation,
        outcome: error.code,
        'http.response.status_code': error.status,
        provider_request_id: error.providerRequestId,
      });
    }
    throw error;
  }
}
