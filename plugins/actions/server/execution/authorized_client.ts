import { isDeepStrictEqual } from 'node:util';
import {
  type ActionContext,
  type ActionDefinition,
  ConnectorAuthorizationError,
  getAuthType,
  type OAuthScope,
  providerDataOf,
  providerOf,
} from '@latchkey/connector-specs';
import type { Logger } from '@latchkey/core/server';
import type { Egress, EgressClient } from '@latchkey/egress';
import {
  type GrantFacts,
  isTokenRejected,
  neededScopes,
  permittedFacts,
} from '@latchkey/oauth-providers';
import type { AxiosInstance } from 'axios';
import type { DecryptedConnector } from '../connector_data/index.ts';
import { type ConnectorType, grantFactsInOrigins } from '../connector_types/index.ts';
import { requestedScopes } from '../oauth/strategies/index.ts';
import { authorizationError, type TokenService, type UsableToken } from '../oauth/tokens/index.ts';
import type { CheckedConnector } from './connector_validation_cache.ts';
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

/** One connector, user and execution for which a client is created. */
export interface ClientRequest extends CheckedConnector {
  readonly connector: DecryptedConnector;
  readonly type: ConnectorType;
  readonly profileUid: string | undefined;
  readonly signal: AbortSignal;
  /** Maximum bytes of a response. `undefined`: the limit of the server. */
  readonly maxContentLength: number | undefined;
}

/** Default headers of a client and every token that it sends. */
interface Credentials {
  readonly headers: Record<string, unknown>;
  readonly sent: UsedTokens;
}

/** Services of the clients of all executions. */
interface ClientDeps {
  readonly egress: Egress;
  readonly tokens: TokenService;
  readonly rejections: TokenRejections;
  readonly limits: {
    /** Maximum bytes of a response, unless the request names another maximum. */
    readonly maxResponseBytes: number;
    /** Deadline of one outbound request, in milliseconds. */
    readonly responseTimeoutMs: number;
  };
  readonly logger: Logger;
}

/** `Accept` of axios, which services expect from connectors. */
const ACCEPT = 'application/json, text/plain, */*';

/**
 * Creates the client of one execution, authenticated as one user. Clients are not shared, so no
 * default header can reach a call of another user. Credentials are sent only to the origins of the
 * connector.
 * @throws ConnectorAuthorizationError, ConnectorConfigurationError, TokenUnavailableError from the
 * first token request; ConnectorAuthorizationError `site_not_chosen`, and `token_revoked` for a
 * grant without a fact that a new authorization must name
 */
export async function createAuthorizedClient(
  request: ClientRequest,
  deps: ClientDeps,
): Promise<AuthorizedClient> {
  const { connector, signal } = request;
  const sent = new UsedTokens();
  const headers: Record<string, unknown> = { Accept: ACCEPT, ...request.type.globalAuthHeaders };
  const tokenRequest = { connector, profileUid: request.profileUid, signal };
  await getAuthType(request.authType).configure(
    {
      // The options repeat facts of the connector. The token service uses the connector itself.
      getToken: async () => sent.add(await deps.tokens.getToken(tokenRequest)),
      logger: deps.logger,
    },
    { defaults: { headers: { common: headers } } },
    request.secrets,
  );
  if (sent.only?.needsSite === true)
    throw authorizationError(connector.authType, 'site_not_chosen');
  for (const [name, value] of Object.entries(request.secretHeaders)) {
    const sameName = Object.keys(headers).find((one) => one.toLowerCase() === name.toLowerCase());
    if (sameName !== undefined) delete headers[sameName];
    headers[name] = value;
  }
  const client = new AuthorizedClient(request, { headers, sent }, deps);
  ensureFacts(request, client.grant);
  return client;
}

/** Sends the requests of one execution, directly or through an axios instance. */
export class AuthorizedClient {
  readonly #request: ClientRequest;
  readonly #sent: UsedTokens;
  readonly #deps: ClientDeps;
  readonly #direct: EgressClient;
  readonly #binding: ClientRequest['binding'];
  /**
   * Grant facts for the handler. The entry decides anew what is permitted: it may have changed
   * since the facts were stored.
   */
  readonly grant: GrantFacts;
  /** Default headers of both clients, so that a fresh token reaches both. */
  readonly #headers: Record<string, unknown>;
  /** Policy for rejected tokens. `undefined`: no token was sent, so there is none to replace. */
  readonly #policy: UnauthorizedPolicy | undefined;
  /**
   * Scopes that the connector requests, to describe a missing one. `undefined`: the user cannot
   * authorize again.
   */
  readonly #scopes: ScopeContext | undefined;
  /** Scopes that the action of this execution needs. */
  #neededScopes: readonly OAuthScope[] = [];
  /** Configured `Authorization` header. A handler may change the header afterwards. */
  readonly #ownHeader: unknown;
  #axios: AxiosInstance | undefined;

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
            provider: apiRulesOf(request),
            neededScopes: () => this.#neededScopes,
            grantedScopes: () => this.token?.scopes,
          };
    this.grant = grantOf(request, sent.only);
    this.#binding = bindingOf(request, this.grant);
    this.#direct = deps.egress.createClient({ headers, ...this.#limits }, this.#binding);
  }

  /**
   * Complete values of the `Authorization` headers that this client has sent or would send. Call it
   * after the execution: a rejected token may have been replaced, and services may echo either.
   */
  credentials(): readonly string[] {
    const own = typeof this.#ownHeader === 'string' ? [this.#ownHeader] : [];
    return [...this.#sent.values(), ...own];
  }

  /** The token of this client. `undefined`: none, or a rejected one was replaced. */
  get token(): UsableToken | undefined {
    return this.#sent.only;
  }

  /**
   * Checks that the user granted the scopes that an action requires.
   * @throws ConnectorAuthorizationError `missing_scope`
   */
  ensureScopes({ oauthScopes = [], isScopeRequired = true }: ActionDefinition): void {
    this.#neededScopes = oauthScopes;
    const error = this.#scopes && isScopeRequired ? ungrantedScopeError(this.#scopes) : undefined;
    if (error !== undefined) throw error;
  }

  /**
   * Sends a request without axios, and repeats it once when the service rejects the token. The
   * contract is {@link ActionContext.request}.
   */
  readonly request: ActionContext['request'] = async (request) => {
    // No token is sent, so a rejection says nothing about it.
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

  /** Created at the first use, because it costs more than a direct request. */
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
    client.defaults.headers.common = this.#headers as typeof client.defaults.headers.common;
    if (this.#policy !== undefined) retryRejectedToken(client, this.#policy);
    if (this.#scopes !== undefined) explainMissingScopes(client, this.#scopes);
    return client;
  }
}

const NO_FACTS: GrantFacts = Object.freeze({});

function grantOf({ type }: ClientRequest, token: UsableToken | undefined): GrantFacts {
  const provider = providerOf(type.spec);
  if (provider === undefined || provider.grantFacts.length === 0 || token === undefined)
    return NO_FACTS;
  return Object.freeze(permittedFacts(provider.grantFacts, token.facts));
}

/**
 * Checks that the grant has the facts that decide the origins of the API. A grant may be older than
 * the part of the entry that names them.
 */
function ensureFacts({ type, connector: { authType } }: ClientRequest, grant: GrantFacts): void {
  // Only authorizations with an OAuth app of the connector name facts.
  if (!type.hasOriginsOfGrants || authType !== 'oauth_authorization_code') return;
  if (grantFactsInOrigins(type.spec).every((name) => Object.hasOwn(grant, name))) return;
  throw new ConnectorAuthorizationError(
    authType,
    'token_revoked',
    'Your authorization does not say where your account is hosted. Authorize the connector again.',
  );
}

/** Adds the origins that the facts of the grant decide. */
function bindingOf(
  { type, binding, config }: ClientRequest,
  grant: GrantFacts,
): ClientRequest['binding'] {
  if (!type.hasOriginsOfGrants) return binding;
  const credentialOrigins = type.credentialOrigins(config, grant);
  return { ...binding, ...(credentialOrigins === undefined ? {} : { credentialOrigins }) };
}

function policyOf(request: ClientRequest, sent: UsedTokens, deps: ClientDeps): UnauthorizedPolicy {
  const rules = apiRulesOf(request);
  const { connector, profileUid, signal } = request;
  const owner = connector.authMode === 'shared' ? '' : profileUid;
  const first = sent.only;
  return {
    sent,
    grant: `${connector.spaceId}/${connector.id}/${owner}`,
    rejections: deps.rejections,
    replace: async (rejected) => {
      const tokenRequest = { connector, profileUid, signal, ...rejected };
      const token = await deps.tokens.replaceRejectedToken(tokenRequest);
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

/** How the API signals failures: as an administrator entered it, else as the entry says. */
function apiRulesOf({ type: { spec }, config }: ClientRequest): ScopeContext['provider'] {
  return providerDataOf(spec, config) ?? providerOf(spec);
}

/**
 * Tells if a token may be sent in the requests of an execution that began with `first`. The facts
 * of `first` decide the hosts, paths and sites of these requests. The user may have authorized
 * again since, for another organization, site or account.
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
