import { isDeepStrictEqual } from 'node:util';
import {
  type ActionContext,
  type ActionDefinition,
  addProviderHeaders,
  ConnectorAuthorizationError,
  getAuthType,
  type OAuthScope,
  providerRulesOf,
  scopesNamedBy,
} from '@latchkey/connector-specs';
import type { Logger } from '@latchkey/core/server';
import type { Egress, EgressClient } from '@latchkey/egress';
import {
  type GrantFacts,
  isTokenRejected,
  neededScopes,
  permittedFacts,
  resolveHeader,
} from '@latchkey/oauth-providers';
import type { AxiosInstance } from 'axios';
import type { DecryptedConnector } from '../connector_data/index.ts';
import { type ConnectorType, grantFactsInOrigins } from '../connector_types/index.ts';
import { requestedScopes } from '../oauth/strategies/index.ts';
import { authorizationError, type TokenService, type UsableToken } from '../oauth/tokens/index.ts';
import type { CheckedConnector } from './connector_validation_cache.ts';
import type { ExecutionTimer } from './execution_timer.ts';
import {
  explainMissingScopes,
  missingScopeError,
  type ScopeContext,
  ungrantedScopeError,
} from './missing_scope.ts';
import type { TokenRejections } from './token_rejections.ts';
import {
  requestWithPolicy,
  retryRejectedToken,
  type UnauthorizedPolicy,
} from './unauthorized_policy.ts';
import { UsedTokens } from './used_tokens.ts';

/** Connector, user and options of the execution for which a client is created. */
export interface ClientRequest extends CheckedConnector {
  readonly connector: DecryptedConnector;
  readonly type: ConnectorType;
  readonly profileUid: string | undefined;
  readonly signal: AbortSignal;
  /** Maximum size of a response, in bytes. `undefined`: the limit of the server applies. */
  readonly maxContentLength: number | undefined;
  /** `undefined`: nothing is measured. */
  readonly timer: ExecutionTimer | undefined;
}

/** Default headers of a client, and all tokens that the client sends. */
interface Credentials {
  readonly headers: Record<string, unknown>;
  readonly sent: UsedTokens;
}

/** Services that the clients of all executions use. */
interface ClientDeps {
  readonly egress: Egress;
  readonly tokens: TokenService;
  readonly rejections: TokenRejections;
  readonly limits: {
    /** Maximum size of a response, in bytes, unless the request has its own maximum. */
    readonly maxResponseBytes: number;
    /** Deadline of one outbound request, in milliseconds. */
    readonly responseTimeoutMs: number;
  };
  readonly logger: Logger;
}

/** `Accept` header that axios would send. Services expect it from connectors. */
const ACCEPT = 'application/json, text/plain, */*';

/**
 * Creates the client of one execution, authenticated as one user. Each execution has its own
 * client, so no default header can reach a request of another user. Credentials are sent only to
 * the origins of the connector.
 * @throws ConnectorAuthorizationError, ConnectorConfigurationError, TokenUnavailableError from the
 * first request of a token
 * @throws ConnectorAuthorizationError `site_not_chosen`; `token_revoked` for a grant that lacks a
 * grant fact which only a new authorization provides
 */
export async function createAuthorizedClient(
  request: ClientRequest,
  deps: ClientDeps,
): Promise<AuthorizedClient> {
  const { connector, signal, timer } = request;
  const sent = new UsedTokens(rulesOf(request)?.accessToken);
  const headers: Record<string, unknown> = { Accept: ACCEPT, ...request.type.globalAuthHeaders };
  const tokenRequest = { connector, profileUid: request.profileUid, signal };
  await getAuthType(request.authType).configure(
    {
      // The token service reads the connector itself, so it ignores the connector data in the
      // options.
      getToken: async () => {
        const get = () => deps.tokens.getToken(tokenRequest);
        const token = await (timer === undefined ? get() : timer.token(get));
        sent.add(token);
        return token.authorization;
      },
      logger: deps.logger,
    },
    { defaults: { headers: { common: headers } } },
    request.secrets,
  );
  const [credential] = sent.values();
  if (credential !== undefined) {
    // The auth type sets the standard header. The provider may use another one.
    delete headers['Authorization'];
    headers[sent.header] = credential;
  }
  if (sent.only?.needsSite === true)
    throw authorizationError(connector.authType, 'site_not_chosen');
  for (const [name, value] of Object.entries(request.secretHeaders)) {
    const sameName = Object.keys(headers).find((one) => one.toLowerCase() === name.toLowerCase());
    if (sameName !== undefined) delete headers[sameName];
    headers[name] = value;
  }
  return new AuthorizedClient(request, { headers, sent }, deps);
}

/** Sends the requests of one execution, directly or through an axios instance. */
export class AuthorizedClient {
  readonly #request: ClientRequest;
  readonly #sent: UsedTokens;
  readonly #deps: ClientDeps;
  readonly #direct: EgressClient;
  readonly #binding: ClientRequest['binding'];
  /**
   * Grant facts for the handler. Contains only facts that the provider definition permits now,
   * because the definition may have changed since the facts were stored.
   */
  readonly grant: GrantFacts;
  /**
   * Default headers. The axios instance and direct requests share them, so that both use a fresh
   * token.
   */
  readonly #headers: Record<string, unknown>;
  /** Handles rejected tokens. `undefined`: the client sends no token that could be replaced. */
  readonly #policy: UnauthorizedPolicy | undefined;
  /**
   * Scopes that the connector requests, for an error about a missing scope. `undefined`: the user
   * cannot authorize this connector.
   */
  readonly #scopes: ScopeContext | undefined;
  /** Scopes that the action of this execution needs. */
  #neededScopes: readonly OAuthScope[] = [];
  /**
   * Value of the `Authorization` header as configured. Stored, because a handler may change the
   * header.
   */
  readonly #ownHeader: unknown;
  #axios: AxiosInstance | undefined;

  /**
   * @throws ConnectorAuthorizationError `token_revoked` for a grant that lacks a needed grant fact
   */
  constructor(request: ClientRequest, { headers, sent }: Credentials, deps: ClientDeps) {
    const { connector } = request;
    this.#request = request;
    this.#sent = sent;
    this.#deps = deps;
    this.#headers = headers;
    this.#ownHeader = headers['Authorization'];
    this.#policy = sent.isEmpty ? undefined : policyOf(request, sent, deps);
    this.#scopes =
      sent.isEmpty || connector.authMode !== 'per-user'
        ? undefined
        : {
            authType: connector.authType,
            requestedScopes: () => requestedScopes(connector, request.type.spec),
            provider: rulesOf(request),
            neededScopes: () => this.#neededScopes,
            grantedScopes: () => this.token?.scopes,
            namedScopes: () => scopesNamedBy(request.type.spec),
          };
    this.grant = grantOf(request, sent.only);
    addProviderHeaders(headers, rulesOf(request), this.grant);
    const inOrigins = grantFactsInOrigins(request.type.spec, request.config);
    ensureFacts(request, this.grant, inOrigins);
    this.#binding = inOrigins.length === 0 ? request.binding : bindingOf(request, this.grant);
    const client = deps.egress.createClient({ headers, ...this.#limits }, this.#binding);
    this.#direct = request.timer?.client(client) ?? client;
  }

  /**
   * Returns all values of the `Authorization` header that this client sent or would send. Call it
   * after the execution, and hide all of them: a rejected token may have been replaced, and a
   * service may echo the old or the new one.
   */
  credentials(): readonly string[] {
    const own = typeof this.#ownHeader === 'string' ? [this.#ownHeader] : [];
    return [...this.#sent.values(), ...own];
  }

  /**
   * The only token that this client has sent. `undefined`: it sent none, or replaced a rejected
   * one.
   */
  get token(): UsableToken | undefined {
    return this.#sent.only;
  }

  /**
   * Checks that the user granted the scopes that an action requires.
   * @throws ConnectorAuthorizationError `missing_scope`
   */
  ensureScopes({ oauthScopes = [], isScopeRequired = true }: ActionDefinition): void {
    this.#neededScopes = oauthScopes;
    const error = this.#scopes && ungrantedScopeError(this.#scopes, isScopeRequired);
    if (error !== undefined) throw error;
  }

  /**
   * Sends a request without axios. If the service rejects the token, sends the request once more,
   * as described at {@link ActionContext.request}.
   */
  readonly request: ActionContext['request'] = async (request) => {
    // An anonymous request contains no token, so a rejection says nothing about the token.
    if (request.isAnonymous === true) return this.#direct.request(request);
    const direct = { client: this.#direct, headers: this.#headers };
    const response =
      this.#policy === undefined
        ? await this.#direct.request(request)
        : await requestWithPolicy(direct, request, this.#policy);
    const refusal = this.#scopes && missingScopeError(response, this.#scopes);
    if (refusal !== undefined) throw refusal;
    return response;
  };

  /** Axios instance, created at the first use because it costs more than direct requests. */
  get axios(): AxiosInstance {
    this.#axios ??= this.#createAxios();
    return this.#axios;
  }

  get #limits() {
    const { limits } = this.#deps;
    return {
      maxResponseBytes: this.#request.maxContentLength ?? limits.maxResponseBytes,
      timeoutMs: limits.responseTimeoutMs,
      signal: this.#request.signal,
    };
  }

  #createAxios(): AxiosInstance {
    const { maxResponseBytes, timeoutMs, signal } = this.#limits;
    const client = this.#deps.egress.createAxiosInstance(
      { maxContentLength: maxResponseBytes, timeout: timeoutMs, signal },
      this.#binding,
    );
    this.#request.timer?.watch(client);
    client.defaults.headers.common = this.#headers as typeof client.defaults.headers.common;
    if (this.#policy !== undefined) retryRejectedToken(client, this.#policy);
    if (this.#scopes !== undefined) explainMissingScopes(client, this.#scopes);
    return client;
  }
}

const NO_FACTS: GrantFacts = Object.freeze({});

function grantOf(request: ClientRequest, token: UsableToken | undefined): GrantFacts {
  const provider = rulesOf(request);
  if (provider === undefined || provider.grantFacts.length === 0 || token === undefined)
    return NO_FACTS;
  return Object.freeze(permittedFacts(provider.grantFacts, token.facts));
}

/**
 * Checks that the grant has the facts on which origins and headers of the API depend. A grant may
 * lack them if it is older than the part of the provider definition that describes them.
 * @param inOrigins names of the facts that appear in origins
 */
function ensureFacts(
  request: ClientRequest,
  grant: GrantFacts,
  inOrigins: readonly string[],
): void {
  const { authType } = request.connector;
  // Grant facts exist only for authorizations with an OAuth app of the connector.
  if (authType !== 'oauth_authorization_code') return;
  const { headers = {} } = rulesOf(request)?.api ?? {};
  const hasHeaders = Object.values(headers).every((one) => resolveHeader(one, grant) !== undefined);
  if (hasHeaders && inOrigins.every((name) => Object.hasOwn(grant, name))) return;
  throw new ConnectorAuthorizationError(
    authType,
    'token_revoked',
    'Your authorization lacks a value that requests need, such as the host of your account. Authorize the connector again.',
  );
}

/** Adds the origins that depend on the facts of the grant. */
function bindingOf(
  { type, binding, config }: ClientRequest,
  grant: GrantFacts,
): ClientRequest['binding'] {
  const credentialOrigins = type.credentialOrigins(config, grant);
  return { ...binding, ...(credentialOrigins === undefined ? {} : { credentialOrigins }) };
}

function policyOf(request: ClientRequest, sent: UsedTokens, deps: ClientDeps): UnauthorizedPolicy {
  const rules = rulesOf(request);
  const { connector, profileUid, signal, timer } = request;
  const owner = connector.authMode === 'shared' ? '' : profileUid;
  const first = sent.only;
  return {
    sent,
    grant: `${connector.spaceId}/${connector.id}/${owner}`,
    rejections: deps.rejections,
    mayHaveExpired: (token) => deps.tokens.mayHaveExpired(token),
    replace: async (rejected) => {
      const tokenRequest = { connector, profileUid, signal, ...rejected };
      const replace = () => deps.tokens.replaceRejectedToken(tokenRequest);
      const token = await (timer === undefined ? replace() : timer.token(replace));
      const isForExecution = token && first && mayReplace(first, token);
      return isForExecution === true ? token : undefined;
    },
    ...(rules === undefined
      ? {}
      : {
          isTokenRejected: (response) => isTokenRejected(rules.api, response),
          lacksScope: (response) => neededScopes(rules, response, () => false) !== undefined,
        }),
  };
}

/** As the administrator configured, else as the provider definition says. */
const rulesOf = ({ type: { spec }, config }: ClientRequest) => providerRulesOf(spec, config);

/**
 * Returns `true` if `token` may be sent by an execution that began with the token `first`. Hosts,
 * paths and sites of the requests depend on the grant facts of `first`. Since then, the user may
 * have authorized again for another organization, site or account; such a token must not be sent.
 */
function mayReplace(first: UsableToken, token: UsableToken): boolean {
  if (token.needsSite || !isDeepStrictEqual(token.facts, first.facts)) return false;
  if (token.generation === first.generation) return true;
  const isOtherAccount =
    first.accountId !== undefined &&
    token.accountId !== undefined &&
    token.accountId !== first.accountId;
  return Object.keys(first.facts).length === 0 && !isOtherAccount;
}
