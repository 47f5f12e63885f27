import type { AuthMode, ConnectorSpec } from '@latchkey/connector-specs';
import type { Principal } from '@latchkey/core/server';
import type { EncryptedSavedObjectsSetup } from '@latchkey/encrypted-saved-objects-plugin/server';
import type { SecuritySetup, SecurityStart } from '@latchkey/security-plugin/server';
import type { SpacesSetup, SpacesStart } from '@latchkey/spaces-plugin/server';
import type { TaskManagerSetup, TaskManagerStart } from '@latchkey/task-manager-plugin/server';

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
  /** Set when the user must authorize. Reason of the ConnectorAuthorizationError. */
  readonly authorizationReason?: string;
  readonly errorMeta?: Readonly<Record<string, unknown>>;
}

/** A connector in API terms. */
export interface ConnectorView {
  readonly id: string;
  readonly name: string;
  readonly connectorTypeId: string;
  /** Absent for preconfigured connectors unless they expose it. */
  readonly config?: Readonly<Record<string, unknown>>;
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
  readonly isPreconfigured: boolean;
  readonly isSystemAction: boolean;
  readonly isDeprecated: boolean;
  readonly isConnectorTypeDeprecated: boolean;
}

/**
 * All operations of a signed-in user on connectors. Each method checks privileges in the
 * principal's space.
 */
export interface ActionsClient {
  /**
   * A refused call is a result with `status: 'error'`. @throws HttpError 403; ConnectorError
   * `not_found`; ConnectorTypeError for invalid params
   */
  execute(request: {
    readonly connectorId: string;
    readonly params: unknown;
    readonly signal?: AbortSignal;
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
  getAll(): Promise<readonly ConnectorView[]>;
}

/** Contract for other plugins during setup. */
export interface ActionsSetup {
  /** @throws ConnectorTypeError `duplicate_type`, `registry_closed`, `invalid_spec` */
  registerConnectorSpec(spec: ConnectorSpec): void;
}

/** Contract for other plugins after start. */
export interface ActionsStart {
  getActionsClient(principal: Principal): ActionsClient;
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
