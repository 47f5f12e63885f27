import type { AuthMode, ConnectorSpec, FailedResponse } from '@latchkey/connector-specs';
import type { Principal } from '@latchkey/core/server';
import type { EncryptedSavedObjectsSetup } from '@latchkey/encrypted-saved-objects-plugin/server';
import type {
  DeferredIdentity,
  SecuritySetup,
  SecurityStart,
} from '@latchkey/security-plugin/server';
import type { SpacesSetup, SpacesStart } from '@latchkey/spaces-plugin/server';
import type { TaskManagerSetup, TaskManagerStart } from '@latchkey/task-manager-plugin/server';
import type { ConnectionStatus, RevokeReason } from './oauth/tokens/index.ts';

/** Result of an execution, as in the `_execute` response before its keys are mapped. */
export interface ExecutionResult {
  readonly connectorId: string;
  readonly status: 'ok' | 'error';
  readonly data?: unknown;
  readonly message?: string;
  readonly serviceMessage?: string;
  /**
   * Advice about a retry. `false`: a retry cannot help. `true`: a later retry may help. A string: a
   * retry after this instant may help (ISO 8601).
   */
  readonly retry?: boolean | string;
  readonly errorSource?: 'user' | 'framework';
  /**
   * Why the user must authorize, as in `ConnectorAuthorizationError`. Absent if authorizing would
   * not help.
   */
  readonly authorizationReason?: string;
  readonly errorMeta?: Readonly<Record<string, unknown>>;
  /**
   * Response of the service to a request that the caller wrote itself, without credentials. Only
   * for callers in this server: the REST API does not return it. Absent for other failures.
   */
  readonly failedResponse?: FailedResponse;
  /** Absent: the request did not ask for timings. */
  readonly timings?: ExecutionTimings;
}

/** Durations of the parts of an execution, in milliseconds. The rest is the server's own work. */
export interface ExecutionTimings {
  /** Waiting until the user had a free slot for executions. */
  readonly waitedMs: number;
  /** Reading or refreshing tokens. */
  readonly tokenMs: number;
  /** From the requests to the ends of the responses of the service. */
  readonly upstreamMs: number;
}

/** A connector as the API returns it. */
export interface ConnectorView {
  readonly id: string;
  readonly name: string;
  readonly connectorTypeId: string;
  /** Config of the connector. Absent for a preconfigured connector whose config is not exposed. */
  readonly config?: Readonly<Record<string, unknown>>;
  /**
   * Names of the actions that may be executed, present even if the config is absent. Absent: all
   * actions may be executed.
   */
  readonly enabledActions?: readonly string[];
  readonly isMissingSecrets?: boolean;
  readonly authMode: AuthMode;
  /**
   * Error that an administrator must correct, and the instant since which it occurs: the provider
   * refuses the OAuth client of the connector. Absent: no error is known.
   */
  readonly oauthProblem?: { readonly code: string; readonly since: Date };
  /**
   * Sentences for an administrator about a connector that works but needs attention. Not in lists.
   * Absent: there are none.
   */
  readonly warnings?: readonly string[];
  /** Instant of the creation. Absent: preconfigured. */
  readonly createdAt?: Date;
  readonly updatedAt?: Date;
  readonly isPreconfigured: boolean;
  readonly isSystemAction: boolean;
  readonly isDeprecated: boolean;
  readonly isConnectorTypeDeprecated: boolean;
}

/** The properties of a connector that callers need before they execute it. */
export interface ConnectorSummary
  extends Pick<ConnectorView, 'id' | 'name' | 'connectorTypeId' | 'authMode' | 'enabledActions'> {
  /**
   * Header in which the connector sends the idempotency key of a call with POST or PATCH. Absent:
   * the connector sends no key.
   */
  readonly idempotencyHeader?: string;
}

/**
 * All operations of a signed-in user with connectors. Each method checks the privileges in the
 * space of the principal.
 */
export interface ActionsClient {
  /**
   * Executes an action of a connector. A failed execution is a result with `status: 'error'`. Waits
   * while the user has too many other executions.
   * @throws HttpError 403
   * @throws ConnectorError `not_found`, `too_many_executions`
   * @throws ConnectorTypeError for invalid params
   */
  execute(request: {
    readonly connectorId: string;
    readonly params: unknown;
    readonly signal?: AbortSignal;
    /**
     * Key that is the same for each repetition of the call: at most 128 printable ASCII characters.
     * It is sent to services that accept such a key. Absent: the call is not repeated.
     */
    readonly idempotencyKey?: string;
    /**
     * Milliseconds after which the caller stops waiting. A read is then repeated after longer waits
     * that a service asks for, up to two minutes. Abort `signal` at the same time. Absent: the
     * caller has no deadline.
     */
    readonly timeoutMs?: number;
    /** `true`: the result has {@link ExecutionTimings}. Default: false. */
    readonly isTimed?: boolean;
  }): Promise<ExecutionResult>;
  /**
   * Returns a complete value of the `Authorization` header, for server plugins that call the
   * service themselves.
   * @throws the errors of {@link TokenService}
   */
  getOAuthAccessToken(request: {
    readonly connectorId: string;
    readonly signal?: AbortSignal;
  }): Promise<string>;
  get(connectorId: string): Promise<ConnectorView>;
  /**
   * Finds a connector, without its warnings and problems. `undefined`: it does not exist in the
   * space.
   */
  find(connectorId: string): Promise<ConnectorSummary | undefined>;
  getAll(): Promise<readonly ConnectorView[]>;
  /**
   * Returns the enabled actions of a connector in the order of its type, for lists and agents.
   * Empty: the type does not exist any more.
   * @throws HttpError 403
   * @throws ConnectorError `not_found`
   */
  getActions(connectorId: string): Promise<readonly ConnectorActionView[]>;
}

/** Contract for other plugins during setup. */
export interface ActionsSetup {
  /**
   * Registers a connector type.
   * @throws ConnectorTypeError `duplicate_type`, `registry_closed`, `invalid_spec`
   */
  registerConnectorSpec(spec: ConnectorSpec): void;
}

/** A connector type, for lists and agents. */
export interface ConnectorTypeView {
  /** Id of the type. It begins with a dot, as in Kibana. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** `false`: `xpack.actions.enabledActionTypes` does not contain the type. */
  readonly isEnabled: boolean;
  /** As in Kibana. It has no effect, because this server has no licenses. */
  readonly minimumLicenseRequired: 'basic' | 'gold' | 'platinum' | 'enterprise';
  readonly isExperimental: boolean;
  /** Ids of the features that can use the type, for example `workflows` or `agentBuilder`. */
  readonly supportedFeatureIds: readonly string[];
}

/** An action of a connector type. */
export interface ConnectorActionView {
  /** Value of `subAction` in the params of an execution. */
  readonly name: string;
  readonly description: string;
  /** Effect of the action on the data of the service. */
  readonly scope: 'read' | 'write' | 'destroy';
  /** `true`: agents may be offered the action as a tool. */
  readonly isTool: boolean;
  /** JSON Schema (2020-12) of `subActionParams`. */
  readonly input: Readonly<Record<string, unknown>>;
  /** JSON Schema of the data of a result. Absent if the spec does not describe it. */
  readonly output?: Readonly<Record<string, unknown>>;
}

/** A connector type with its actions and its form. */
export interface ConnectorTypeDetails extends ConnectorTypeView {
  /** Actions in the order of the spec. */
  readonly actions: readonly ConnectorActionView[];
  /** JSON Schema of `{ config, secrets }`. */
  readonly schema: Readonly<Record<string, unknown>>;
}

/**
 * Connector types of this server. They are the same for all users, so no privilege is checked. A
 * connector may have fewer enabled actions than its type; see {@link ActionsClient.getActions}.
 */
export interface ConnectorTypes {
  /**
   * Returns the connector types in the order of registration.
   * @param filter `featureId`: only types that support this feature
   */
  list(filter?: { readonly featureId?: string }): readonly ConnectorTypeView[];
  /** Returns a connector type. `undefined`: the type does not exist. */
  get(id: string): ConnectorTypeDetails | undefined;
}

/** The connection of one user to a connector with per-user authorization. Contains no token. */
export interface Connection {
  readonly connectorId: string;
  readonly status: ConnectionStatus;
  /** Instant since which the connection has this status. `undefined`: the user has no grant. */
  readonly statusSince: Date | undefined;
  /** Last error of the connection. `undefined`: there is none. */
  readonly lastError: { readonly code: string; readonly at: Date } | undefined;
  /** Expiry of the access token. `undefined`: unknown, or there is no token. */
  readonly expiresAt: Date | undefined;
  /**
   * Account at the provider. `undefined`: the user is not connected, or the provider did not name
   * it.
   */
  readonly account: { readonly id: string; readonly label: string } | undefined;
  /** Granted scopes. `undefined`: the user is not connected, or the provider did not name them. */
  readonly scopes: readonly string[] | undefined;
  /** Scopes that the connector requests and the grant lacks. Authorizing again grants them. */
  readonly missingScopes: readonly string[];
  /**
   * Instant of the authorization. `undefined`: there was none, or an older version stored the
   * grant.
   */
  readonly connectedAt: Date | undefined;
  /** Instant of the last use. `undefined`: not used yet. */
  readonly lastUsedAt: Date | undefined;
  /** `true`: a grant of another account waits for the user's decision. */
  readonly isAccountChangePending: boolean;
}

/** Reads connections of users. */
export interface UserConnections {
  /**
   * Returns the connections of the principal to all connectors of its space with per-user
   * authorization, or to those of `connectorIds` that exist there. Reads current documents;
   * unsorted. Writes an audit event, unless the server repeats the read by itself.
   * @throws HttpError 403 without a user, or without the privilege `actions:get`
   */
  of(
    principal: Principal,
    connectorIds?: readonly string[],
    options?: { readonly isRepeated: boolean },
  ): Promise<readonly Connection[]>;
}

/**
 * Kinds of changes. `authorized`: the user has authorized, for the first time, again, or with
 * another account. `status_changed`: a refresh has failed, or has worked again, or has shown that
 * the user must authorize again; or the user has chosen a site. `disconnected`: the user has
 * disconnected. `revoked`: the server or an administrator has ended the grant.
 */
type ConnectionChangeKind =
  | { readonly type: 'authorized' }
  | {
      readonly type: 'status_changed';
      readonly status: 'connected' | 'refresh_failing' | 'needs_reauth';
    }
  | { readonly type: 'disconnected' }
  | { readonly type: 'revoked'; readonly reason: Exclude<RevokeReason, 'disconnect'> };

/**
 * A change of a user's connection. Contains ids and codes, never a token. Contains no space,
 * because a user has one connection per connector id. The id of a stored connector belongs to one
 * space; a preconfigured connector is in every space, and a change of its connection concerns the
 * user in all of them. A listener should therefore find its work by connector id and profile uid,
 * in any space.
 */
export type ConnectionChange = {
  readonly connectorId: string;
  readonly profileUid: string;
} & ConnectionChangeKind;

/**
 * A user in a space, with the API key of the request, for work that runs after the request. Plain
 * JSON that can be stored. Created by {@link ActionsStart.deferredUser}.
 */
export interface DeferredUser extends DeferredIdentity {
  readonly spaceId: string;
}

/** Contract for other plugins after start. */
export interface ActionsStart {
  getActionsClient(principal: Principal): ActionsClient;
  readonly connectorTypes: ConnectorTypes;
  readonly connections: UserConnections;
  /**
   * Returns the identity with which work that runs later calls {@link execute}. Call this in the
   * request, and store the result. An identity that is constructed otherwise would lack the API
   * key, and so its restriction.
   * @throws HttpError 403 without a user, and for an API key without an id
   */
  deferredUser(principal: Principal): DeferredUser;
  /**
   * Executes an action as a principal, or as a deferred user, who need not be signed in any more.
   * Fails with 403 if the user was disabled or deleted, or lacks the privilege. If the request used
   * an API key, its restriction applies as it is now, and an invalidated or expired key fails with
   * 403. Writes one audit event, for a {@link DeferredUser} with the authentication type
   * `deferred`. Waits for other executions of the user as long as necessary.
   * @throws the errors of {@link ActionsClient.execute}, except `too_many_executions`
   */
  execute(
    as: Principal | DeferredUser,
    request: Parameters<ActionsClient['execute']>[0],
  ): Promise<ExecutionResult>;
  /**
   * Executes an action that needs no connector and no credentials: `.http-system` sends an HTTP
   * request to an allowed host. Only server plugins can call it. Privilege, audit event and errors
   * are those of {@link execute}.
   * @throws ConnectorTypeError `unknown_type`, `type_disabled`, `invalid_params`,
   * `params_too_large`
   */
  executeSystemAction(
    as: Principal | DeferredUser,
    request: {
      readonly connectorTypeId: string;
      readonly params: unknown;
      readonly signal?: AbortSignal;
      readonly isTimed?: boolean;
    },
  ): Promise<ExecutionResult>;
  /**
   * Calls the listener after each change of a connection that this process has made. Changes by
   * other processes can only be read with {@link UserConnections.of}. The listener is called after
   * the operation, and its errors are logged.
   * @returns function that ends the subscription
   */
  onConnectionChange(listener: (change: ConnectionChange) => void | Promise<void>): () => void;
}

/** Setup contracts of other plugins that this plugin uses. */
export interface ActionsSetupDeps {
  readonly encryptedSavedObjects: EncryptedSavedObjectsSetup;
  readonly security: SecuritySetup;
  readonly spaces: SpacesSetup;
  readonly taskManager: TaskManagerSetup;
}

/** Start contracts of other plugins that this plugin uses. */
export interface ActionsStartDeps {
  readonly security: SecurityStart;
  readonly spaces: SpacesStart;
  readonly taskManager: TaskManagerStart;
}
