import type {
  Clock,
  CookieToSet,
  Logger,
  Principal,
  Randomness,
  UrlBuilder,
} from '@latchkey/core/server';
import { createPkcePair, createState } from '@latchkey/oauth-client';
import { type AccessControl, auditCodeOf } from '../../audit/index.ts';
import type { ConnectorReader } from '../../connector_data/index.ts';
import { type ProviderClientFactory, redirectUriOf } from '../strategies/index.ts';
import type { Connections, GrantService } from '../tokens/index.ts';
import type { AttemptOutcomes } from './attempt_outcomes.ts';
import {
  type AuthorizableConnector,
  type AuthorizableConnectors,
  isApiKey,
} from './authorizable_connectors.ts';
import { AuthorizationCompletion, type SignedInPrincipal } from './authorization_completion.ts';
import type { AuthorizationResponse } from './authorization_response.ts';
import { bindBrowser, extendBrowserBinding } from './browser_binding.ts';
import { FlowError } from './flow_error.ts';
import { asFlowError, auditOutcomeOf, type EndedFlow, type FlowOutcome } from './flow_outcome.ts';
import type { GrantCheck } from './grant_check.ts';
import type { IpRateLimiter } from './ip_rate_limiter.ts';
import { ensureMayShareCallback } from './mix_up_defence.ts';
import type { RateLimiter } from './rate_limiter.ts';
import { checkReturnUrl } from './return_url.ts';
import { flowIdOf, type PendingState, type StateStore } from './state_store.ts';

/** Services and settings of {@link AuthorizationFlow}. */
export interface AuthorizationFlowOptions {
  readonly connectors: ConnectorReader;
  readonly authorizable: Pick<AuthorizableConnectors, 'ensureMayAuthorize' | 'open'>;
  readonly clients: ProviderClientFactory;
  readonly grants: Pick<GrantService, 'markPending' | 'revokeUnused' | 'saveGrant'>;
  readonly grantCheck: GrantCheck;
  readonly connections: Pick<Connections, 'loginHint'>;
  readonly states: Pick<StateStore, 'consume' | 'create' | 'ownerOf'>;
  readonly attempts: Pick<AttemptOutcomes, 'settleCallback'>;
  readonly limiter: RateLimiter;
  /**
   * Limits requests without a session, and requests with a state that was not issued to the caller.
   */
  readonly anonymousLimiter: IpRateLimiter;
  readonly access: AccessControl;
  readonly urls: UrlBuilder;
  /**
   * `shared`: all providers have the same callback. `per_provider`: the path of the callback
   * contains the provider key.
   */
  readonly redirectUri: 'shared' | 'per_provider';
  /** Origins of token URLs that may use the shared callback although their issuer is unknown. */
  readonly sharedCallbackOrigins: ReadonlySet<string>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
}

/** User, connector and return URL of an authorization that is started. */
export interface StartRequest {
  readonly principal: Principal;
  readonly connectorId: string;
  /** URL to which the browser is sent at the end. `undefined`: the result page is shown. */
  readonly returnUrl: string | undefined;
  /**
   * Version of the connector that the user saw. If another one is stored, the start fails with
   * `connector_changed`. Absent: versions are not compared.
   */
  readonly connectorVersion?: string;
}

/** A started flow: the URL to open in the browser, and the cookie to set. */
export interface StartedFlow {
  readonly authorizationUrl: string;
  readonly state: string;
  readonly flowId: string;
  readonly expiresAt: Date;
  readonly cookie: CookieToSet;
}

/** A callback request of a signed-in user. */
export interface CallbackRequest {
  readonly principal: SignedInPrincipal;
  readonly remoteAddress: string;
  readonly cookies: Readonly<Record<string, string | undefined>>;
  /** Parameter `state` of the request. `undefined`: the request has none. */
  readonly state: string | undefined;
  readonly response: AuthorizationResponse;
}

/** A callback request whose response is malformed. */
export type MalformedCallback = Pick<CallbackRequest, 'principal' | 'remoteAddress'>;

/**
 * Authorizes a connector for a user, from start to end: `start` stores a state, `complete` consumes
 * it.
 */
export class AuthorizationFlow {
  readonly #options: AuthorizationFlowOptions;
  readonly #completion: AuthorizationCompletion;

  constructor(options: AuthorizationFlowOptions) {
    this.#options = options;
    this.#completion = new AuthorizationCompletion(options);
  }

  /**
   * Starts an authorization. Checks privilege, rate limit, connector, configuration and hosts, then
   * stores the state.
   * @throws HttpError 400, 401, 403
   * @throws ConnectorError `not_found`
   * @throws FlowError
   * @throws ConnectorConfigurationError
   */
  async start(request: StartRequest): Promise<StartedFlow> {
    const { authorizable, limiter, access } = this.#options;
    const { principal, connectorId } = request;
    const about = { operation: 'oauth-start', connectorId } as const;
    const profileUid = await authorizable.ensureMayAuthorize(principal, connectorId);
    try {
      await limiter.hit('authorize', profileUid);
      const opened = await authorizable.open(principal, connectorId);
      const { version } = opened.connector;
      const { connectorVersion = version, returnUrl } = request;
      if (connectorVersion !== version) throw new FlowError('connector_changed');
      const started = await this.#startAtProvider(opened, { profileUid, returnUrl });
      access.record(principal, { ...about, outcome: 'success' });
      return started;
    } catch (error) {
      access.record(principal, { ...about, outcome: 'failure', errorCode: auditCodeOf(error) });
      throw error;
    }
  }

  /**
   * Finishes a flow with the response of the provider: consumes the state, checks the response,
   * stores the grant, and stores the outcome of the attempt. Only the request that consumed the
   * state stores an outcome, so later requests cannot overwrite it. A request with an API key is
   * refused before it is counted or consumes the state. Never throws.
   */
  async complete(request: CallbackRequest): Promise<FlowOutcome> {
    let pending: PendingState | undefined;
    let outcome: FlowOutcome;
    let result: Parameters<AttemptOutcomes['settleCallback']>[1];
    try {
      pending = await this.#consumeState(request);
      result = await this.#completion.run(request, pending);
      const isHeld = result.kind === 'held';
      const binding = isHeld ? extendBrowserBinding(request.cookies, pending) : undefined;
      outcome = { pending, failure: undefined, isHeld, binding };
    } catch (error) {
      const failure = asFlowError(error);
      outcome = { pending, failure };
      result = { kind: 'failed', code: failure.code };
    }
    await this.#record(outcome, request.principal);
    // Stored before this method returns, because a page that is told about the end of the flow
    // reads the outcome immediately.
    if (pending !== undefined) await this.#options.attempts.settleCallback(pending.flowId, result);
    return outcome;
  }

  /**
   * Refuses a response with a repeated or overlong parameter (RFC 6749 §3.1). Does not consume the
   * state: a page of another site could send the browser here, and must not end an authorization of
   * the user. Counts against the limit of the IP address. Never throws.
   */
  async refuseMalformed({ principal, remoteAddress }: MalformedCallback): Promise<FlowOutcome> {
    let failure = new FlowError('response_malformed');
    try {
      this.countAnonymous(remoteAddress);
    } catch (error) {
      failure = asFlowError(error);
    }
    const outcome: FlowOutcome = { pending: undefined, failure };
    await this.#record(outcome, principal);
    return outcome;
  }

  /**
   * Counts a callback request without a session against the limit of its IP address. Does not
   * access the store, and logs nothing.
   * @throws FlowError `rate_limited`
   */
  countAnonymous(remoteAddress: string): void {
    this.#options.anonymousLimiter.hit(remoteAddress);
  }

  async #startAtProvider(
    { connector, client }: AuthorizableConnector,
    { profileUid, returnUrl }: { profileUid: string; returnUrl: string | undefined },
  ): Promise<StartedFlow> {
    const {
      urls,
      randomness,
      redirectUri: mode,
      sharedCallbackOrigins,
      states,
      grants,
      connections,
    } = this.#options;
    const { publicBaseUrl } = urls;
    if (publicBaseUrl === undefined) throw new FlowError('public_base_url_missing');
    const kibanaReturnUrl =
      returnUrl === undefined ? undefined : checkReturnUrl(returnUrl, publicBaseUrl);
    const bytes = (length: number) => randomness.bytes(length);
    const state = createState(bytes);
    const pkce = await createPkcePair(bytes);
    const flowId = flowIdOf(state);
    const { cookie, hash } = bindBrowser(flowId, randomness);
    const providerKey = mode === 'shared' ? undefined : client.providerKey;
    if (providerKey === undefined) ensureMayShareCallback(client, sharedCallbackOrigins);
    const redirectUri = redirectUriOf(urls, providerKey);
    const owner = { connectorId: connector.id, profileUid };
    const loginHint = await connections.loginHint(owner, client.fingerprint);
    // Built before the first write, so that nothing is stored if the configuration is invalid.
    const authorizationUrl = client.buildAuthorizationUrl({
      redirectUri,
      state,
      codeChallenge: pkce.codeChallenge,
      loginHint,
    });
    const { expiresAt } = await states.create(state, {
      codeVerifier: pkce.codeVerifier,
      connectorId: connector.id,
      spaceId: connector.spaceId,
      createdBy: profileUid,
      ...(kibanaReturnUrl === undefined ? {} : { kibanaReturnUrl }),
      redirectUri,
      ...(providerKey === undefined ? {} : { providerKey }),
      browserBinding: hash,
      clientFingerprint: client.fingerprint,
      ...(client.configuration.scope === undefined ? {} : { scope: client.configuration.scope }),
      ...(client.responseMode === undefined ? {} : { responseMode: client.responseMode }),
    });
    await grants.markPending({ connector, profileUid, until: expiresAt });
    return { authorizationUrl, state, flowId, expiresAt, cookie };
  }

  /** Checks the rate limit, then consumes the state. @throws FlowError */
  async #consumeState(request: CallbackRequest): Promise<PendingState> {
    const { principal, state } = request;
    if (isApiKey(principal)) throw new FlowError('api_key_not_allowed');
    await this.#countAttempt(request);
    if (state === undefined || state === '') throw new FlowError('state_missing');
    // Unknown and used states need the same store calls, so the time reveals nothing. An expired
    // state needs one write more, because it is consumed too. Only the holder of its 256 random
    // bits can measure this (A2).
    const consumed = await this.#options.states.consume(state, this.#options.randomness.uuid());
    if (consumed === 'unknown') throw new FlowError('state_invalid');
    if (consumed === 'used') throw new FlowError('state_used');
    return consumed;
  }

  /**
   * Counts a callback against a limit. States that were issued to this user count against the limit
   * of the user. Other states count against the IP address: a page of another site can send the
   * browser here many times with made-up states, and must not use up the limit of the user.
   * @throws FlowError `rate_limited`
   */
  async #countAttempt({ state = '', principal, remoteAddress }: CallbackRequest): Promise<void> {
    const { states, limiter } = this.#options;
    const { profileUid } = principal.user;
    const owner = state === '' ? undefined : await states.ownerOf(state);
    if (owner === profileUid) await limiter.hit('callback', profileUid);
    else this.countAnonymous(remoteAddress);
  }

  /**
   * Writes one audit event and, for a failure, one log line. After a failure, the connection is no
   * longer shown as pending. Never throws.
   */
  async #record(outcome: FlowOutcome, principal: Principal): Promise<void> {
    const { access, logger } = this.#options;
    const { pending, failure } = outcome;
    access.record(
      { ...principal, spaceId: pending?.spaceId ?? principal.spaceId },
      {
        operation: 'oauth-connect',
        outcome: auditOutcomeOf(outcome),
        ...(pending === undefined ? {} : { connectorId: pending.connectorId }),
        errorCode: failure?.code,
      },
    );
    if (failure === undefined) return;
    const level = failure.code === 'unexpected' ? 'error' : 'warn';
    logger[level](`Authorization failed: ${failure.code}`, {
      error: failure.cause,
      // The error page shows this id, so that an administrator can find the log line.
      'trace.id': principal.requestId,
      'latchkey.connector_id': pending?.connectorId,
      'latchkey.flow_id': pending?.flowId,
    });
    if (pending !== undefined) await this.#recoverPending(pending);
  }

  async #recoverPending({ connectorId, spaceId, createdBy }: EndedFlow): Promise<void> {
    const { connectors, grants } = this.#options;
    try {
      // Read here, because a flow can fail before it has read the connector.
      const found = await connectors.find(connectorId, spaceId);
      if (found.kind !== 'found') return;
      const { connector } = found;
      await grants.markPending({ connector, profileUid: createdBy, until: undefined });
    } catch {
      // Nothing to report: the status `pending` ends by itself, and the failure of the flow is
      // logged.
    }
  }
}
