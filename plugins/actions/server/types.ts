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
   * `false`: a retry does not help. `true`: retry later. An ISO string: retry not before that
   * instant.
   */
  readonly retry?: boolean | string;
  readonly errorSource?: 'user' | 'framework';
  /** Reason of the ConnectorAuthorizationError, set when the user must authorize. */
  readonly authorizationReason?: string;
  readonly errorMeta?: Readonly<Record<string, unknown>>;
  /**
   * Response of the service to a request that the caller wrote itself, without credentials. For
   * callers in this server: the REST API does not return it. Absent: another failure.
   */
  readonly failedResponse?: FailedResponse;
}

/** A connector in API terms. */
export interface ConnectorView {
  readonly id: string;
  readonly name: string;
  readonly connectorTypeId: string;
  /** Config of the connector. Left out for preconfigured connectors unless they expose it. */
  readonly config?: Readonly<Record<string, unknown>>;
  /**
   * Names of the actions that may be executed. Absent: all. Also given for a connector whose config
   * is left out.
   */
  readonly enabledActions?: readonly string[];
  readonly isMissingSecrets?: boolean;
  readonly authMode: AuthMode;
  /**
   * An error that an administrator must correct, and its start: the provider refuses the
   * connector's OAuth client. Absent: no known error.
   */
  readonly oauthProblem?: { readonly code: string; readonly since: Date };
  /**
   * Warnings for an administrator about a connector that works. Only for one connector, not in
   * lists. Left out: none.
   */
  readonly warnings?: readonly string[];
  /** Instant of the creation and of the last write. Absent: preconfigured. */
  readonly createdAt?: Date;
  readonly updatedAt?: Date;
  readonly isPreconfigured: boolean;
  readonly isSystemAction: boolean;
  readonly isDeprecated: boolean;
  readonly isConnectorTypeDeprecated: boolean;
}

/** The parts of a connector that callers need before they execute it. */
export interface ConnectorSummary
  extends Pick<ConnectorView, 'id' | 'name' | 'connectorTypeId' | 'authMode' | 'enabledActions'> {
  /**
   * Header in which the connector sends the idempotency key of a call with POST or PATCH. Absent:
   * none.
   */
  readonly idempotencyHeader?: string;
}

/**
 * All operations of a signed-in user on connectors. Each method checks privileges in the
 * principal's space.
 */
export interface ActionsClient {
  /**
   * A refused call is a result with `status: 'error'`. Waits while the user has too many others.
   * @throws HttpError 403; ConnectorError `not_found`, `too_many_executions`; ConnectorTypeError
   * for invalid params
   */
  execute(request: {
    readonly connectorId: string;
    readonly params: unknown;
    readonly signal?: AbortSignal;
    /**
     * The same for each repetition of the call, at most 128 printable ASCII characters. Sent to
     * services that accept one. Absent: the call is not repeated.
     */
    readonly idempotencyKey?: string;
  }): Promise<ExecutionResult>;
  /**
   * A complete Authorization header value, for server plugins that call the service themselves.
   * Same errors as {@link TokenService}.
   */
  getOAuthAccessToken(request: {
    readonly connectorId: string;
    readonly signal?: AbortSignal;
  }): Promise<string>;
  get(connectorId: string): Promise<ConnectorView>;
  /** Finds a connector without its warnings and problems. `undefined`: the space has none. */
  find(connectorId: string): Promise<ConnectorSummary | undefined>;
  getAll(): Promise<readonly ConnectorView[]>;
  /**
   * The enabled actions of a connector in the order of its type, for lists and agents. Empty: its
   * type does not exist any more.
   * @throws HttpError 403; ConnectorError `not_found`
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

/** A connector type, for lists and tools. */
export interface ConnectorTypeView {
  /** Id of the type. It begins with a dot, as in Kibana. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** `false`: `xpack.actions.enabledActionTypes` does not allow it. */
  readonly isEnabled: boolean;
  readonly isExperimental: boolean;
  /** Ids of the features that can use the type, for example `workflows` or `agentBuilder`. */
  readonly supportedFeatureIds: readonly string[];
}

/** An action of a connector type. */
export interface ConnectorActionView {
  /** Value of `subAction` in the params of an execution. */
  readonly name: string;
  readonly description: string;
  /** Effect on the data of the service. */
  readonly scope: 'read' | 'write' | 'destroy';
  /** `true`: meant to be offered to agents as a tool. */
  readonly isTool: boolean;
  /** JSON Schema (2020-12) of `subActionParams`. */
  readonly input: Readonly<Record<string, unknown>>;
  /** JSON Schema of the data of a result; absent if the spec does not describe it. */
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
 * Connector types of this server. The same for all users, so nothing is checked. Their actions need
 * not be enabled in a connector, see {@link ActionsClient.getActions}.
 */
export interface ConnectorTypes {
  /**
   * Lists the connector types in the order of registration. `featureId`: only those that support
   * the feature.
   */
  list(filter?: { readonly featureId?: string }): readonly ConnectorTypeView[];
  /** Finds a connector type by its id. `undefined`: there is no such type. */
  get(id: string): ConnectorTypeDetails | undefined;
}

/** The connection of one user to one connector with per-user authorization. Contains no token. */
export interface Connection {
  readonly connectorId: string;
  readonly status: ConnectionStatus;
  /** `undefined`: the user has no grant. */
  readonly statusSince: Date | undefined;
  /** `undefined`: no error is known. */
  readonly lastError: { readonly code: string; readonly at: Date } | undefined;
  /** End of the access token. `undefined`: unknown, or there is no token. */
  readonly expiresAt: Date | undefined;
  /** Account at the service. `undefined`: not connected, or the provider did not name it. */
  readonly account: { readonly id: string; readonly label: string } | undefined;
  /** Granted scopes. `undefined`: not connected, or the provider did not name them. */
  readonly scopes: readonly string[] | undefined;
  /** Scopes that the connector asks for and the grant lacks. Authorizing again grants them. */
  readonly missingScopes: readonly string[];
  /** Time of the authorization. `undefined`: never, or stored by an older version. */
  readonly connectedAt: Date | undefined;
  /** `undefined`: not used yet. */
  readonly lastUsedAt: Date | undefined;
  /** `true`: a grant of another account waits for the user's decision. */
  readonly isAccountChangePending: boolean;
}

/** Connections of users. */
export interface UserConnections {
  /**
   * Connections of the principal to all connectors of its space with per-user authorization, or to
   * those of `connectorIds` that exist there. Read in real time; not sorted. Writes an audit event,
   * unless the server repeats the read by itself.
   * @throws HttpError 403 without a user, or without the privilege `actions:get`
   */
  of(
    principal: Principal,
    connectorIds?: readonly string[],
    options?: { readonly isRepeated: boolean },
  ): Promise<readonly Connection[]>;
}

/**
 * Kinds of changes. `authorized`: for the first time or again, or with another account.
 * `status_changed`: a refresh failed, worked again, or showed that the user must authorize again,
 * or the user has chosen a site.
 * `disconnected`: by the user. `revoked`: the server or an administrator ended the grant.
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
 * A change of a user's connection. Contains ids and codes, never a token. It has no space: a user
 * has one connection per connector id. The id of a connector belongs to one space. A preconfigured
 * connector is in every space, and a change of its connection concerns the user in all of them. So
 * a listener matches its work by connector id and profile uid, in any space.
 */
export type ConnectionChange = {
  readonly connectorId: string;
  readonly profileUid: string;
} & ConnectionChangeKind;

/**
 * A user in a space, with the API key of the request, for work that runs later than the request.
 * Plain JSON, to be stored as it is. Created by {@link ActionsStart.deferredUser}.
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
   * Identity of the principal of a request for executions that run later, with {@link execute}.
   * Call it in the request, and store the result: an identity that is put together by hand loses
   * the API key, and so its restriction.
   * @throws HttpError 403 without a user, and for an API key without an id
   */
  deferredUser(principal: Principal): DeferredUser;
  /**
   * Executes an action as a principal, or as a user who need not be signed in any more. A user who
   * was disabled or deleted since gets 403, as does a user without the privilege. If the request
   * used an API key, the restriction of the key applies as it is now, and an invalidated or expired
   * key gets 403. Writes one audit event, with the authentication type `deferred` for a
   * {@link DeferredUser}. Waits for others of the user as long as necessary.
   * @throws the errors of {@link ActionsClient.execute}, except `too_many_executions`
   */
  execute(
    as: Principal | DeferredUser,
    request: Parameters<ActionsClient['execute']>[0],
  ): Promise<ExecutionResult>;
  /**
   * Executes an action without a connector and without credentials: `.http-system` sends an HTTP
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
    },
  ): Promise<ExecutionResult>;
  /**
   * Calls the listener after each change of a connection that this process made. Changes by other
   * processes are only seen in {@link UserConnections.of}. The listener runs later, outside of the
   * operation; its errors are logged.
   * @returns ends the subscription
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
