import {
  type ActionContext,
  ConnectorActionError,
  enabledActionsOf,
  secretsForHandlers,
  TEST_CONNECTOR_SUB_ACTION,
} from '@latchkey/connector-specs';
import {
  type Clock,
  type Counter,
  type Histogram,
  HttpError,
  type Logger,
  type Principal,
} from '@latchkey/core/server';
import type { Egress } from '@latchkey/egress';
import { EgressError } from '@latchkey/egress/errors';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import { type AccessControl, auditCodeOf, narrowPrincipal } from '../audit/index.ts';
import {
  type ConnectorReader,
  connectorNotFound,
  type DecryptedConnector,
} from '../connector_data/index.ts';
import {
  type ConnectorType,
  ConnectorTypeError,
  type TypeRegistry,
  type ValidatedParams,
} from '../connector_types/index.ts';
import { ConnectorConfigurationError } from '../oauth/strategies/index.ts';
import type { TokenService } from '../oauth/tokens/index.ts';
import type { ActionsClient, ActionsStart, ExecutionResult } from '../types.ts';
import { type AuthorizedClient, createAuthorizedClient } from './authorized_client.ts';
import { type CheckedConnector, ConnectorValidationCache } from './connector_validation_cache.ts';
import { credentialsOfExecution } from './execution_credentials.ts';
import { describeFailure, UNEXPECTED_FAILURE } from './execution_failure.ts';
import { ExecutionSlots, type SlotRequest } from './execution_slots.ts';
import { ExecutionTimer } from './execution_timer.ts';
import { redactOutput } from './redact_output.ts';
import { TokenRejections } from './token_rejections.ts';

/** Services and limits of {@link Executor}. */
export interface ExecutorOptions {
  readonly connectors: ConnectorReader;
  readonly access: AccessControl;
  readonly users: Pick<SecurityStart, 'getCurrentUser'>;
  readonly types: TypeRegistry;
  readonly tokens: TokenService;
  readonly egress: Egress;
  readonly limits: {
    /**
     * Maximum size of a response, in bytes. `fetchOptions.max_content_length` overrides it for one
     * execution.
     */
    readonly maxResponseBytes: number;
    /** Deadline of one outbound request, in milliseconds. */
    readonly responseTimeoutMs: number;
    /** Maximum number of simultaneous executions of one user in this process. */
    readonly maxConcurrentPerUser: number;
  };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: { readonly executions: Counter; readonly duration: Histogram };
}

/** One execution before its params are validated. */
interface ExecutionRequest
  extends Pick<
    Run,
    'connector' | 'profileUid' | 'signal' | 'idempotencyKey' | 'timeLeftMs' | 'timer'
  > {
  readonly params: unknown;
}

/** One execution whose connector and params passed validation. */
interface Run extends CheckedConnector {
  readonly connector: DecryptedConnector;
  readonly type: ConnectorType;
  readonly params: ValidatedParams;
  /**
   * Profile uid of the user. `undefined`: there is no user, and connectors with per-user
   * authorization fail.
   */
  readonly profileUid: string | undefined;
  readonly signal: AbortSignal;
  readonly idempotencyKey: string | undefined;
  /** See {@link ActionContext.timeLeftMs}. */
  readonly timeLeftMs: (() => number) | undefined;
  /** Maximum size of a response, in bytes. `undefined`: the limit of the server applies. */
  readonly maxContentLength: number | undefined;
  /** `undefined`: the caller does not ask for timings. */
  readonly timer: ExecutionTimer | undefined;
}

/**
 * Executes actions of connectors as one user, and returns access tokens of connectors to server
 * plugins. Each call checks the privilege in the user's space and writes one audit event. A
 * connector that the user may not see is treated as missing.
 */
export class Executor {
  readonly #options: ExecutorOptions;
  readonly #known = new ConnectorValidationCache();
  readonly #slots: ExecutionSlots;
  /**
   * Services for the client of each execution. Created once, because every execution needs them.
   */
  readonly #forClients: ExecutorOptions & { readonly rejections: TokenRejections };

  constructor(options: ExecutorOptions) {
    this.#options = options;
    this.#slots = new ExecutionSlots(options.limits.maxConcurrentPerUser);
    this.#forClients = { ...options, rejections: new TokenRejections(options.clock) };
  }

  /**
   * Executes one action of a connector, as described at {@link ActionsClient.execute}.
   * @param how `isDeferred`: the execution waits for a slot and is never refused because too many
   * wait
   */
  async execute(
    principal: Principal,
    request: Parameters<ActionsClient['execute']>[0],
    { isDeferred = false }: { readonly isDeferred?: boolean } = {},
  ): Promise<ExecutionResult> {
    const { connectorId, params, idempotencyKey, timeoutMs, isTimed } = request;
    // The deadline includes the time in which the execution waits for a slot.
    const timeLeftMs = timeoutMs === undefined ? undefined : this.#timeLeft(timeoutMs);
    const timer = this.#timerIf(isTimed);
    const { signal = new AbortController().signal } = request;
    const profileUid = principal.user?.profileUid;
    const slot = { connectorId, profileUid, isDeferred, signal, timer };
    return this.#inSlot(principal, slot, async () => {
      const found = await this.#find(principal, connectorId);
      if (found.kind === 'unreadable')
        return this.#failed(secretsUnreadable(connectorId, found.reason), { connectorId });
      const { connector } = found;
      const type = this.#options.types.getExecutable(connector);
      const caller = { profileUid, signal, idempotencyKey, timeLeftMs, timer };
      return this.#measured(type, { connector, params, ...caller });
    });
  }

  /**
   * Executes the default action of a system type, as described at {@link
   * ActionsStart.executeSystemAction}. Such an execution has no stored connector and no
   * credentials.
   */
  async executeSystemAction(
    principal: Principal,
    request: Parameters<ActionsStart['executeSystemAction']>[1],
  ): Promise<ExecutionResult> {
    const { connectorTypeId, params, isTimed } = request;
    const { signal = new AbortController().signal } = request;
    const timer = this.#timerIf(isTimed);
    const connectorId = systemConnectorId(connectorTypeId);
    const profileUid = principal.user?.profileUid;
    const slot = { connectorId, profileUid, isDeferred: true, signal, timer };
    return this.#inSlot(principal, slot, async () => {
      const type = this.#options.types.getSystem(connectorTypeId);
      const connector = systemConnectorOf(type, principal);
      const none = { idempotencyKey: undefined, timeLeftMs: undefined };
      return this.#measured(type, { connector, params, profileUid, signal, timer, ...none });
    });
  }

  /**
   * Returns an access token of a connector, as described at {@link
   * ActionsClient.getOAuthAccessToken}.
   */
  async getOAuthAccessToken(
    principal: Principal,
    request: Parameters<ActionsClient['getOAuthAccessToken']>[0],
  ): Promise<string> {
    const { connectorId, signal } = request;
    const about = { operation: 'get-access-token', connectorId } as const;
    return this.#audited(principal, about, async () => {
      const found = await this.#find(principal, connectorId);
      if (found.kind === 'unreadable') throw secretsUnreadable(connectorId, found.reason);
      const { connector } = found;
      const profileUid = principal.user?.profileUid;
      const withSignal = signal === undefined ? {} : { signal };
      const token = await this.#options.tokens.getToken({ connector, profileUid, ...withSignal });
      return token.authorization;
    });
  }

  /** Returns a function with the milliseconds that are left of a time that begins now. */
  #timeLeft(timeoutMs: number): () => number {
    const { clock } = this.#options;
    const deadlineMs = clock.monotonic() + timeoutMs;
    return () => deadlineMs - clock.monotonic();
  }

  #timerIf(isTimed: boolean | undefined): ExecutionTimer | undefined {
    return isTimed === true ? new ExecutionTimer(this.#options.clock) : undefined;
  }

  /**
   * Reads the connector in the space of the caller.
   * @throws ConnectorError `not_found`
   */
  async #find({ spaceId }: Principal, connectorId: string) {
    const found = await this.#options.connectors.find(connectorId, spaceId);
    if (found.kind === 'missing') throw connectorNotFound(connectorId);
    return found;
  }

  /**
   * Validates the params and the connector.
   * @throws ConnectorTypeError for params, config or secrets that the type refuses, and for an
   * action that is not enabled
   */
  #prepared(type: ConnectorType, request: ExecutionRequest): Run {
    const params = type.validate.params(request.params);
    ensureEnabled(request.connector, params);
    const maxContentLength = params.fetchOptions?.maxContentLength;
    const checked = this.#known.check(request.connector, type);
    return { ...checked, ...request, type, params, maxContentLength };
  }

  /**
   * Calls `execute` as soon as the user has a free slot. After a wait, user and privileges are
   * checked again; `execute` reads connector and credentials itself, so they are current.
   */
  #inSlot(
    principal: Principal,
    slot: SlotRequest & Pick<Run, 'timer'>,
    execute: () => Promise<ExecutionResult>,
  ): Promise<ExecutionResult> {
    const { connectorId, timer } = slot;
    const work = async (hasWaited: boolean) => {
      if (hasWaited) timer?.endWait();
      if (hasWaited) await this.#ensureStillAllowed(principal, connectorId);
      const result = await execute();
      return timer === undefined ? result : { ...result, timings: timer.timings };
    };
    return this.#audited(
      principal,
      { operation: 'execute', connectorId },
      async () => (await this.#slots.run(slot, work)) ?? this.#abortedInQueue(connectorId),
    );
  }

  #abortedInQueue(connectorId: string): ExecutionResult {
    const message = 'the caller aborted before the execution started';
    return this.#failed(new EgressError('aborted', message, undefined), { connectorId });
  }

  /**
   * Checks the principal again after a wait. Meanwhile the user may have lost roles, and the
   * session or the API key may have ended.
   * @throws HttpError 403
   */
  async #ensureStillAllowed(principal: Principal, connectorId: string): Promise<void> {
    const { access, users } = this.#options;
    const user = principal.user && (await users.getCurrentUser(principal.user));
    if (user === undefined && principal.user !== undefined)
      throw new HttpError(
        403,
        'The account, its password, its session or its API key ended while this action waited.',
      );
    await access.ensure({ ...narrowPrincipal(principal), user }, 'execute', connectorId);
  }

  /** Validates and executes a request, and records the duration and the outcome as metrics. */
  async #measured(type: ConnectorType, request: ExecutionRequest): Promise<ExecutionResult> {
    const { clock, metrics } = this.#options;
    const run = this.#prepared(type, request);
    const startedAt = clock.monotonic();
    const result = await this.#run(run);
    const labels = { connector_type: type.id };
    metrics.executions.inc({ ...labels, outcome: result.status });
    metrics.duration.observe((clock.monotonic() - startedAt) / 1000, labels);
    return result;
  }

  /** Creates the client, calls the handler, and returns the result without credentials. */
  async #run(run: Run): Promise<ExecutionResult> {
    const connectorId = run.connector.id;
    let client: AuthorizedClient | undefined;
    try {
      client = await createAuthorizedClient(run, this.#forClients);
      const data = await this.#callHandler(run, client);
      return redacted({ connectorId, status: 'ok', data: data ?? {} }, run, client);
    } catch (error) {
      const { responseSizeHeader } = run.type.spec.actions[run.params.subAction] ?? {};
      return redactedFailure(this.#failed(error, { connectorId, responseSizeHeader }), run, client);
    }
  }

  async #callHandler(run: Run, client: AuthorizedClient): Promise<unknown> {
    const { type, params, config, authType, secrets, binding, signal } = run;
    const context: ActionContext = {
      request: client.request,
      get client() {
        return client.axios;
      },
      config,
      grant: client.grant,
      secrets: secretsForHandlers(authType, secrets),
      credentialHeaders: binding.credentialHeaders,
      idempotencyKey: run.idempotencyKey,
      log: this.#options.logger,
      signal,
      timeLeftMs: run.timeLeftMs,
    };
    if (params.subAction === TEST_CONNECTOR_SUB_ACTION) return type.spec.test.handler(context);
    const action = type.spec.actions[params.subAction];
    if (action === undefined)
      throw new Error(`validated sub-action [${params.subAction}] is missing`);
    client.ensureScopes(action);
    // The params were parsed with the schema of this action.
    return action.handler(context, params.subActionParams as never);
  }

  /**
   * Converts an error to the result of the execution, and logs it: unexpected errors with level
   * `error`, others with `debug`. No other code logs failed executions.
   */
  #failed(
    error: unknown,
    about: { readonly connectorId: string; readonly responseSizeHeader?: string | undefined },
  ): ExecutionResult {
    const { clock, logger } = this.#options;
    const { connectorId, responseSizeHeader } = about;
    const described = describeFailure(error, { nowMs: clock.now(), responseSizeHeader });
    if (described === undefined) {
      logger.error(`Connector [${connectorId}] failed unexpectedly`, { error });
    } else {
      logger.debug(`Connector [${connectorId}] failed`, { error });
    }
    return { connectorId, status: 'error', ...(described ?? UNEXPECTED_FAILURE) };
  }

  /** Checks the privilege, calls `act`, and writes exactly one audit event, whatever happens. */
  async #audited<T extends string | ExecutionResult>(
    principal: Principal,
    about: { readonly operation: 'execute' | 'get-access-token'; readonly connectorId: string },
    act: () => Promise<T>,
  ): Promise<T> {
    const { access } = this.#options;
    await access.ensure(principal, 'execute', about.connectorId);
    try {
      const result = await act();
      const failure = typeof result === 'object' && result.status === 'error' ? result : undefined;
      access.record(principal, {
        ...about,
        outcome: failure === undefined ? 'success' : 'failure',
        errorCode: failure?.authorizationReason,
      });
      return result;
    } catch (error) {
      access.record(principal, { ...about, outcome: 'failure', errorCode: auditCodeOf(error) });
      throw error;
    }
  }
}

/**
 * Refuses actions that are not enabled. The connection test is always enabled.
 * @throws ConnectorTypeError `action_not_enabled`
 */
function ensureEnabled(
  { id, connectorTypeId, config }: DecryptedConnector,
  { subAction }: ValidatedParams,
): void {
  const enabled = enabledActionsOf(config);
  if (enabled === undefined || subAction === TEST_CONNECTOR_SUB_ACTION) return;
  if (enabled.includes(subAction)) return;
  throw new ConnectorTypeError(
    'action_not_enabled',
    connectorTypeId,
    `Action [${subAction}] of connector [${id}] is not enabled. An administrator can enable it in the settings of the connector.`,
  );
}

function systemConnectorId(connectorTypeId: string): string {
  return `system-connector-${connectorTypeId}`;
}

/** Creates the connector of a system type. It is not stored and exists in every space. */
function systemConnectorOf(
  { id, name }: ConnectorType,
  { spaceId }: Pick<Principal, 'spaceId'>,
): DecryptedConnector {
  return {
    id: systemConnectorId(id),
    spaceId,
    name,
    connectorTypeId: id,
    config: {},
    secrets: {},
    authType: 'none',
    authMode: 'shared',
    version: '1',
  };
}

/**
 * Returns the result without the credentials of the execution, which services may echo.
 * @param client `undefined`: no client was created, so no token was sent
 */
function redacted(
  result: ExecutionResult,
  run: Run,
  client: AuthorizedClient | undefined,
): ExecutionResult {
  return redactOutput(result, credentialsOfExecution(run, client));
}

/**
 * Like {@link redacted}, for a failed execution. The response of the service is left out if it is
 * nested too deeply, because the failure is known without it.
 */
function redactedFailure(
  failure: ExecutionResult,
  run: Run,
  client: AuthorizedClient | undefined,
): ExecutionResult {
  try {
    return redacted(failure, run, client);
  } catch (error) {
    if (!(error instanceof ConnectorActionError)) throw error;
    const { failedResponse: _, ...rest } = failure;
    return redacted(rest, run, client);
  }
}

function secretsUnreadable(connectorId: string, cause: Error): ConnectorConfigurationError {
  return new ConnectorConfigurationError(
    'secrets_undecryptable',
    connectorId,
    `The secrets of connector [${connectorId}] cannot be read. An administrator must enter them again.`,
    { cause },
  );
}
