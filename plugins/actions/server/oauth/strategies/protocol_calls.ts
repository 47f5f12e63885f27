import type { Logger } from '@latchkey/core/server';
import type { Egress } from '@latchkey/egress';
import {
  type AccountSource,
  checkAccessToken,
  completeGrantFacts,
  dialectOf,
  fetchAccount,
  type OAuthClientConfiguration,
  OAuthError,
  type ProtocolIo,
  requestClientCredentials,
  type StandardClient,
  type TokenGrant,
} from '@latchkey/oauth-client';
import type { OAuthConnectorType } from './connector_provider.ts';
import { type EarsSettings, readEarsTls } from './ears_settings.ts';
import type { ProviderClient } from './provider_client.ts';

/** Maximum size of a token response, in bytes. Real responses are much smaller. */
const MAX_RESPONSE_BYTES = 512 * 1024;

const USERINFO_LIMITS = {
  redirect: 'refuse',
  maxResponseBytes: 128 * 1024,
  timeoutMs: 5_000,
} as const;

/** Dependencies of the provider clients. */
export interface ProviderClientDeps {
  /**
   * Returns a connector type with its provider definition. `undefined`: the type is unknown, and
   * its provider is treated as the RFCs say.
   */
  readonly findConnectorType: (connectorTypeId: string) => OAuthConnectorType | undefined;
  readonly egress: Egress;
  /** Settings of EARS. `undefined`: EARS is not configured. */
  readonly ears: EarsSettings | undefined;
  /**
   * Origins to which the operator allows tokens to be sent for revocation. An editor cannot change
   * them.
   */
  readonly trustedRevocationOrigins: ReadonlySet<string>;
  readonly now: () => Date;
  readonly logger: Logger;
}

/** The methods of a provider client that are the same for every auth type. */
export type ProtocolCalls = Pick<
  ProviderClient,
  'checkAccessToken' | 'exchangeCode' | 'refresh' | 'revoke' | 'isAccountFromIdToken'
>;

/** Sends OAuth requests through the egress of this server. */
export class ProviderProtocol {
  readonly #deps: Pick<ProviderClientDeps, 'egress' | 'ears' | 'now' | 'logger'>;

  constructor(deps: Pick<ProviderClientDeps, 'egress' | 'ears' | 'now' | 'logger'>) {
    this.#deps = deps;
  }

  /**
   * Returns the methods that call the provider as one client.
   * @param of.account where the account of a new grant is found if the token response does not
   * contain it
   * @param of.neededFacts grant facts without which a new grant is refused. Default: none
   */
  callsOf(
    configuration: OAuthClientConfiguration,
    {
      account = dialectOf(configuration).accountSource,
      neededFacts = [],
    }: { readonly account?: AccountSource; readonly neededFacts?: readonly string[] } = {},
  ): ProtocolCalls {
    const io = (signal?: AbortSignal) => this.#io(configuration, signal);
    const dialect = dialectOf(configuration);
    const { userinfoEndpoint } = account;
    return {
      ...(userinfoEndpoint === undefined
        ? {}
        : {
            checkAccessToken: (authorization) =>
              checkAccessToken({ ...account, userinfoEndpoint }, authorization, this.#userinfoIo()),
          }),
      isAccountFromIdToken: userinfoEndpoint === undefined && account.accountIdPath === undefined,
      exchangeCode: async ({ signal, callback = {}, ...exchange }) => {
        const grant = await this.#traced('exchange_code', () =>
          dialect.exchange(exchange, io(signal)),
        );
        const { grantFacts = [], accessToken } = dialect.registeredClient?.provider ?? {};
        const request = { grantFacts, accessToken, needed: neededFacts, callback };
        const complete = await completeGrantFacts(grant, request, {
          ...this.#userinfoIo(MAX_RESPONSE_BYTES),
          signal,
        });
        this.#reportOmittedSites(complete);
        return this.#withAccount(account, complete, signal);
      },
      refresh: async (refreshToken, signal) => {
        const grant = await this.#traced('refresh', () =>
          dialect.refresh(refreshToken, io(signal)),
        );
        this.#reportRefusedFacts(grant);
        return grant;
      },
      revoke: async (token, hint, { signal, ...listeners } = {}) => {
        const revocationIo = { ...io(signal), ...listeners };
        const outcome = await dialect.revoke({ token, hint }, revocationIo);
        this.#deps.logger.debug('Called the revocation endpoint', {
          token_type_hint: hint,
          outcome,
        });
        return outcome;
      },
    };
  }

  /** Requests a token for the application itself. @throws OAuthError */
  async sharedToken(configuration: StandardClient, signal: AbortSignal): Promise<TokenGrant> {
    const grant = await this.#traced('client_credentials', () =>
      requestClientCredentials(configuration, this.#io(configuration, signal)),
    );
    this.#reportRefusedFacts(grant);
    return grant;
  }

  /**
   * Warns about refused grant facts of a refresh. The new tokens are used, because the old ones are
   * no longer valid; the stored grant facts stay.
   */
  #reportRefusedFacts({ refusedFacts = [], providerRequestId }: TokenGrant): void {
    if (refusedFacts.length === 0) return;
    this.#deps.logger.warn(
      `A token response contained a value of [${refusedFacts.join(', ')}] that the provider definition does not permit. The stored value stays in use.`,
      { provider_request_id: providerRequestId },
    );
  }

  /**
   * Warns if not all sites of a grant are stored. A user who needs another site can authorize again
   * for fewer sites.
   */
  #reportOmittedSites({ sites = [], omittedSites, providerRequestId }: TokenGrant): void {
    if (omittedSites === undefined) return;
    this.#deps.logger.warn(
      `An authorization covers ${sites.length + omittedSites} sites. Only the first ${sites.length} can be chosen.`,
      { provider_request_id: providerRequestId },
    );
  }

  /**
   * Adds the account to the grant if the provider names it. The request to the userinfo endpoint
   * has a timeout of a few seconds, because a user is waiting.
   */
  async #withAccount(
    source: AccountSource,
    grant: TokenGrant,
    signal: AbortSignal | undefined,
  ): Promise<TokenGrant> {
    if (grant.account !== undefined || source.userinfoEndpoint === undefined) return grant;
    const account = await fetchAccount(source, grant, { ...this.#userinfoIo(), signal });
    this.#deps.logger.debug('Called the userinfo endpoint', {
      outcome: account === undefined ? 'unknown' : 'known',
    });
    return account === undefined ? grant : { ...grant, account, accountSource: 'userinfo' };
  }

  /**
   * @param maxResponseBytes maximum size of the response. Grant facts need a larger one, for long
   * lists of sites
   */
  #userinfoIo(maxResponseBytes: number = USERINFO_LIMITS.maxResponseBytes): ProtocolIo {
    const { egress, now } = this.#deps;
    const limits = { ...USERINFO_LIMITS, maxResponseBytes };
    return { fetch: (url, init) => egress.fetch(url, { ...init, ...limits }), now };
  }

  #io(configuration: OAuthClientConfiguration, signal: AbortSignal | undefined): ProtocolIo {
    const { egress, ears, now } = this.#deps;
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
   * Calls `call` and logs the request id of the provider, which its support needs. A failure is
   * logged by the caller too; this line adds only the id.
   */
  async #traced(operation: string, call: () => Promise<TokenGrant>): Promise<TokenGrant> {
    const { logger } = this.#deps;
    try {
      const grant = await call();
      logger.debug('The token endpoint responded', {
        operation,
        outcome: 'success',
        provider_request_id: grant.providerRequestId,
      });
      return grant;
    } catch (error) {
      if (error instanceof OAuthError) {
        logger.debug('The request to the token endpoint failed', {
          operation,
          outcome: error.code,
          'http.response.status_code': error.status,
          provider_request_id: error.providerRequestId,
        });
      }
      throw error;
    }
  }
}

/** Creates the error for a method that the auth type does not support. */
export function unsupportedCall(authType: string, what: string): OAuthError {
  return new OAuthError(
    'invalid_request',
    'misconfigured',
    `The auth type [${authType}] has no ${what}.`,
  );
}
