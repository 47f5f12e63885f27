import type { AuthMode, ConnectorSpec } from '@latchkey/connector-specs';
import type { Principal } from '@latchkey/core/server';
import type { EncryptedSavedObjectsSetup } from '@latchkey/encrypted-saved-objects-plugin/server';
import type {
  AccessTokenState,
  IssuedTokens,
  OAuthClientConfiguration,
  ResponseMode,
  RevocationOutcome,
  TokenGrant,
} from '@latchkey/oauth-client';
import type { SecuritySetup, SecurityStart } from '@latchkey/security-plugin/server';
import type { SpacesSetup, SpacesStart } from '@latchkey/spaces-plugin/server';
import type { TaskManagerSetup, TaskManagerStart } from '@latchkey/task-manager-plugin/server';

/** Attributes of the saved-object type `action` (model version 7), secrets decrypted. */
export interface ConnectorAttributes {
  readonly name: string;
  readonly actionTypeId: string;
  readonly connectorTypeId?: string | undefined;
  readonly isMissingSecrets: boolean;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
  /** As stored. Security never depends on it, see {@link DecryptedConnector.authMode}. */
  readonly authMode?: AuthMode | undefined;
  readonly issuerCheck?: IssuerCheck | undefined;
}

/**
 * Result of reading the metadata of a stated issuer when the connector was last saved (RFC 8414).
 * Contains no secret.
 */
export interface IssuerCheck {
  /** Issuer of the metadata. The check does not apply to another issuer. */
  readonly issuer: string;
  /** Hash of the authorization and token URL it was compared with. */
  readonly endpoints: string;
  /** `false`: the metadata could not be read, and no earlier check of these settings succeeded. */
  readonly isConfirmed: boolean;
  /**
   * The metadata was where only the operator of the issuer's origin can publish it (RFC 8414 §3.1).
   * Absent: an older version read it, so this is known only for an issuer without a path.
   */
  readonly isPublishedByOrigin?: boolean | undefined;
  /**
   * The metadata promises `iss` in every response, so one without it is refused (RFC 9207 §2.4).
   */
  readonly issuerRequiredInResponse: boolean;
  /**
   * Revocation endpoint of the metadata (RFC 7009). Absent: it names none, or an older version read
   * it.
   */
  readonly revocationEndpoint?: string | undefined;
  /** Userinfo endpoint of the metadata (OpenID Connect Core §5.3). Absent: as above. */
  readonly userinfoEndpoint?: string | undefined;
  /** Texts for the administrator. */
  readonly warnings: readonly string[];
}

/** A connector with its secrets, for server code only. Never sent to clients, never logged. */
export interface DecryptedConnector {
  readonly id: string;
  readonly spaceId: string;
  readonly name: string;
  readonly connectorTypeId: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
  /** Auth type of the secrets, else of the config, else `none`; see `authTypeOf`. */
  readonly authType: string;
  /** Derived from `authType` every time, never read from the store. */
  readonly authMode: AuthMode;
  /** Saved-object version. Changes with every edit. */
  readonly version: string;
  /** `undefined`: no issuer stated, preconfigured, or saved by a version that did not check. */
  readonly issuerCheck?: IssuerCheck | undefined;
  /** `undefined`: preconfigured, or created by an older version that did not store it. */
  readonly createdBy?: ConnectorAuthor | undefined;
  /**
   * The last editor. `undefined`: never edited, or edited by an older version that did not store
   * it.
   */
  readonly updatedBy?: ConnectorAuthor | undefined;
  /** `true`: the connector is in the configuration file and cannot be changed by API. */
  readonly isPreconfigured?: boolean;
  /**
   * Reason why it cannot be executed, as a sentence for all users. `undefined`: it can. Only for
   * preconfigured connectors.
   */
  readonly refusal?: string | undefined;
}

/** The user who created or changed a connector, with the username at that time. */
export interface ConnectorAuthor {
  readonly username: string;
  readonly profileUid: string;
}

/**
 * Reasons to refuse a URL or parameter that an editor entered. Codes are public: added, never
 * renamed.
 */
export type EndpointRefusalCode =
  | 'endpoints_not_confirmed'
  | 'revocation_url_refused'
  | 'userinfo_url_refused'
  | 'response_mode_refused'
  | 'response_path_refused'
  | 'authorization_params_refused';

/**
 * A refused URL or parameter that an editor entered. The message is for administrators and names
 * hosts, no paths.
 */
export interface EndpointRefusal {
  readonly code: EndpointRefusalCode;
  readonly message: string;
}

/**
 * Condition for a client to use the callback that all providers share. `allowed`: the code can only
 * reach the provider of the connector type. `with_issuer`: the response must name the issuer.
 * `refused`: the issuer of the token URL is unknown.
 */
export type SharedCallback = 'allowed' | 'with_issuer' | 'refused';

/** Reads connectors as the server itself, without privilege checks. */
export interface ConnectorReader {
  /**
   * `undefined`: the connector does not exist in that space. @throws SavedObjectError
   * `undecryptable`, `store_unavailable`
   */
  readDecrypted(connectorId: string, spaceId: string): Promise<DecryptedConnector | undefined>;
}

/**
 * Calls the authorization server of one connector, in its dialect. `oauth/strategies` creates it
 * from the decrypted connector. It contains secrets, so keep it only for one operation.
 */
export interface ProviderClient {
  readonly authType: string;
  /**
   * Hash of the client and the destinations of its tokens: hosts of the authorization, token and
   * API endpoints, client id or EARS provider. A grant with another fingerprint is never used.
   */
  readonly fingerprint: string;
  /**
   * Short hash of the token endpoint's origin, the last segment of the redirect URI (design 5.1).
   * `undefined` for EARS.
   */
  readonly providerKey: string | undefined;
  /** For the revocation outbox, which stores it encrypted. */
  readonly configuration: OAuthClientConfiguration;
  /** Assumed lifetime in seconds when the provider names none. */
  readonly defaultLifetimeSeconds: number;
  /** Seconds before its end from which a token may be refreshed. `undefined`: any time. */
  readonly refreshMarginSeconds?: number | undefined;
  /** Days after which an unused grant expires. `undefined`: never. */
  readonly idleLimitDays: number | undefined;
  /** Warnings for the administrator about a client that works. Left out or empty: none. */
  readonly warnings?: readonly string[];
  /** Left out: `refused`. */
  readonly sharedCallback?: SharedCallback;
  /** Response mode that the authorization request asks for. Left out: `query`. */
  readonly responseMode?: ResponseMode;
  /**
   * `true`: only the ID token names the account of a grant, so a refresh must return the same
   * account (OpenID Connect Core §12.2). Left out: other ids may be in use and are not compared.
   */
  readonly isAccountFromIdToken?: boolean;
  /**
   * Asks the userinfo endpoint if an access token, `<type> <token>`, is valid. Left out: there is
   * no such endpoint. Never throws.
   */
  readonly checkAccessToken?: (authorization: string) => Promise<AccessTokenState>;
  /**
   * Checks the hosts that the browser and the server will call, before a flow starts. @throws
   * EgressError
   */
  ensureEndpointsAllowed(): void;
  /** URL to open in the user's browser. Development host overrides are applied. */
  buildAuthorizationUrl(request: {
    readonly redirectUri: string;
    readonly state: string;
    readonly codeChallenge: string;
  }): string;
  /**
   * Checks `iss` of the authorization response (RFC 9207). @throws OAuthError `issuer_mismatch`,
   * `issuer_missing`
   */
  checkIssuer(iss: string | undefined): void;
  /** @throws OAuthError */
  exchangeCode(request: {
    readonly code: string;
    readonly codeVerifier: string;
    readonly redirectUri: string;
    readonly signal?: AbortSignal;
  }): Promise<TokenGrant>;
  /** @throws OAuthError; its `responseLost` is `true` if the refresh token may be used up */
  refresh(refreshToken: string, signal: AbortSignal): Promise<TokenGrant>;
  /** Never throws. */
  revoke(
    token: string,
    hint: 'refresh_token' | 'access_token',
    options?: {
      readonly signal?: AbortSignal | undefined;
      /** Called with the pause that the provider asks for, in milliseconds. */
      readonly onRetryAfter?: ((delayMs: number) => void) | undefined;
    },
  ): Promise<RevocationOutcome>;
  /** Requests a token without a user, for `oauth_client_credentials`. @throws OAuthError */
  requestSharedToken(signal: AbortSignal): Promise<TokenGrant>;
}

/** Builds {@link ProviderClient}s. */
export interface ProviderClientFactory {
  /**
   * @throws ConnectorConfigurationError when the connector is not OAuth, or its OAuth configuration
   * is incomplete or refused
   */
  forConnector(connector: DecryptedConnector): ProviderClient;
  /**
   * For ending grants only: also works for a connector that {@link forConnector} refuses because of
   * its endpoints. @throws ConnectorConfigurationError
   */
  resolveRevocationClient(
    connector: DecryptedConnector,
  ): Pick<ProviderClient, 'fingerprint' | 'configuration'>;
  /** Client for a configuration in the outbox. */
  forConfiguration(configuration: OAuthClientConfiguration): Pick<ProviderClient, 'revoke'>;
}

/** Status of a connection (design 5.4). */
export type ConnectionStatus =
  | 'not_connected'
  | 'pending'
  | 'connected'
  | 'expiring'
  | 'refresh_failing'
  | 'needs_reauth'
  | 'revocation_pending';

/** A valid token. */
export interface UsableToken {
  /** Complete Authorization header value. */
  readonly authorization: string;
  /**
   * Hash of the access token, which identifies it without containing it. Pass it back when the API
   * responds with 401.
   */
  readonly fingerprint: string;
  /** `undefined`: only the default lifetime is known. */
  readonly expiresAt: Date | undefined;
}

/** A request for the token of one user and connector. */
export interface TokenRequest {
  readonly connector: DecryptedConnector;
  /** `undefined`: no user. Per-user connectors then throw `no_user`; no other token is used. */
  readonly profileUid: string | undefined;
  /** Ends the wait of this caller. A refresh that other callers wait for continues. */
  readonly signal?: AbortSignal;
}

/**
 * Proof that a service no longer accepts a token. A single 401 is no proof: the path may be closed
 * to this account.
 * - `rejected_invalid_token`: the service said `error="invalid_token"` (RFC 6750 section 3.1).
 * - `rejected_by_service`: the response body says so, in the way that the connector type knows.
 * - `rejected_on_several_paths`: several paths rejected the token, and none accepted it in between.
 */
export type RejectionEvidence =
  | 'rejected_invalid_token'
  | 'rejected_by_service'
  | 'rejected_on_several_paths';

/** A token that the API rejected. */
export interface RejectedToken {
  /** `UsableToken.fingerprint` of the token that was sent. */
  readonly rejectedFingerprint: string;
  /** `undefined`: a single 401. It never ends a grant that cannot be refreshed. */
  readonly evidence?: RejectionEvidence | undefined;
  /**
   * `false`: a recent refresh for this path did not help, so only a token that is already stored is
   * returned. Default `true`.
   */
  readonly mayRefresh?: boolean;
}

/**
 * Tokens for calls. All methods throw: `ConnectorAuthorizationError` when the user must act,
 * `ConnectorConfigurationError` when an administrator must act, `TokenUnavailableError` when the
 * problem is temporary.
 */
export interface TokenService {
  /**
   * Called for every execution: one real-time get when the token is fresh, a refresh when it is
   * not.
   */
  getToken(request: TokenRequest): Promise<UsableToken>;
  /**
   * Call this after the API rejected a token. Returns the stored token if it is another one, else
   * refreshes. `undefined`: there is no other token and none is requested, so the rejection is the
   * response.
   */
  replaceRejectedToken(request: TokenRequest & RejectedToken): Promise<UsableToken | undefined>;
}

/** A connection as its owner or an administrator may see it. */
export interface ConnectionView {
  readonly connectorId: string;
  readonly profileUid: string;
  readonly status: ConnectionStatus;
  readonly statusSince: Date | undefined;
  readonly lastError: { readonly code: string; readonly at: Date } | undefined;
  /**
   * Revocations of this user that failed permanently in the last 90 days. Their grants may still
   * work at the provider. Absent: none.
   */
  readonly failedRevocations?: { readonly count: number; readonly at: Date };
  readonly expiresAt: Date | undefined;
  readonly scopes: readonly string[] | undefined;
  /**
   * Scopes that the connector added after the user authorized. Authorizing again grants them. Left
   * out: none.
   */
  readonly missingScopes?: readonly string[];
  readonly account: { readonly id: string; readonly label: string } | undefined;
  readonly lastUsedAt: Date | undefined;
  /**
   * Time of the authorization. `undefined`: never, or stored by an older version without this date.
   */
  readonly connectedAt?: Date | undefined;
  /** Another account that waits for the owner's decision. */
  readonly accountChange?: AccountChange | undefined;
}

/**
 * The provider returned another account than the connected one, or did not name it. The owner has
 * to decide.
 */
export interface AccountChange {
  /** Identifies the authorization that returned it. */
  readonly flowId: string;
  /**
   * Binding of the browser that may confirm the change, see `oauth/flow/browser_binding.ts`. Never
   * shown.
   */
  readonly browserBinding: string;
  /** Return URL after the decision. `undefined`: the result page is shown. */
  readonly returnUrl: string | undefined;
  /** Connected account, in use until the decision. */
  readonly from: { readonly id: string; readonly label: string };
  /** `undefined`: the provider did not name the account. */
  readonly to: { readonly id: string; readonly label: string } | undefined;
  /** The new authorization is revoked after this instant. */
  readonly until: Date;
}

/**
 * State of revoking an authorization that is not used. `waiting`: retried until the provider
 * accepts it. `unsupported`: the provider cannot revoke it. `with_connected`: revoking it would end
 * the connected grant as well, so both are revoked together.
 */
export type ReleasedRevocation = 'revoked' | 'waiting' | 'unsupported' | 'with_connected';

/** A decided change of account. */
export type DecidedAccountChange = AccountChange & {
  /** Present when the connected account is kept. */
  readonly revocation?: ReleasedRevocation;
};

/** Data of a held grant of another account. */
export type AccountHold = Pick<AccountChange, 'flowId' | 'browserBinding' | 'returnUrl' | 'until'>;

/** Creates and ends grants of users, for the flow, the connector service and administrators. */
export interface GrantService {
  /**
   * Stores a fresh grant under a new generation and replaces an older grant in any state. The older
   * tokens are never lost. Tokens of another client, or of an account known to be another
   * (`grant.account`), are revoked as soon as the new grant is stored. All others are kept with the
   * new grant and revoked when it ends. Waiting revocations are not changed. The older grant works
   * until this resolves.
   * @throws TokenUnavailableError, SavedObjectError; no token is lost, and the call may be repeated
   * with the same `generation`
   */
  saveGrant(request: {
    readonly connector: DecryptedConnector;
    readonly client: ProviderClient;
    readonly profileUid: string;
    readonly grant: TokenGrant;
    /** Requested scopes, separated by spaces. Default: those of the client now. */
    readonly scope?: string | undefined;
    /**
     * Identifies this authorization, for a caller that may have to retry. A grant that an earlier
     * try stored, and that may have ended since, is not stored again. Default: a new one.
     */
    readonly generation?: string;
    /**
     * Holds a grant of another account than the connected one, or of an unknown account beside a
     * known one. The returned view shows it. Default: the grant replaces the connected one.
     */
    readonly hold?: AccountHold;
  }): Promise<ConnectionView>;
  /** `undefined`: no change waits for the user's decision. */
  pendingAccountChange(of: {
    readonly connectorId: string;
    readonly profileUid: string;
  }): Promise<AccountChange | undefined>;
  /**
   * Uses the held grant of a flow and revokes the old one, or revokes the held one. If several
   * callers decide at the same time, one of them succeeds.
   * @returns the decided change; `undefined`: no change is pending any more
   */
  decideAccountChange(
    request: {
      readonly connectorId: string;
      readonly profileUid: string;
      readonly flowId: string;
      readonly actor: Principal;
    } & (
      | { readonly decision: 'keep' }
      | {
          readonly decision: 'change';
          readonly client: Pick<ProviderClient, 'fingerprint' | 'configuration'>;
        }
    ),
  ): Promise<DecidedAccountChange | undefined>;
  /**
   * Ends the grant of one user: it can no longer be used here at once, and its tokens are revoked
   * through the outbox. `false`: there was no grant.
   */
  revokeGrantOf(request: {
    readonly connectorId: string;
    readonly profileUid: string;
    readonly reason: RevokeReason;
    readonly actor: Principal | undefined;
    /**
     * Ends only this authorization, for a caller that has just stored it. Default: the current
     * grant, revoked by the client of the connector or its former client.
     */
    readonly authorization?: { readonly generation: string; readonly client: ProviderClient };
  }): Promise<boolean>;
  /**
   * Revokes tokens that the provider issued and that will not be used. Resolves once they are in
   * the outbox. While the store is unavailable, it retries in the background. Never throws.
   */
  revokeUnused(request: {
    readonly connector: DecryptedConnector;
    readonly client: Pick<ProviderClient, 'fingerprint' | 'configuration'>;
    readonly profileUid: string;
    readonly tokens: IssuedTokens;
    /**
     * Generation of the authorization. If a grant of this generation was stored after all, its
     * tokens are kept. Default: a new one.
     */
    readonly generation?: string | undefined;
    readonly accountId?: string | undefined;
  }): Promise<void>;
  /**
   * Marks the connection as pending until that instant, while the user is at the provider.
   * `undefined`: the user came back without a grant. Never changes a working grant.
   */
  markPending(request: {
    readonly connector: DecryptedConnector;
    readonly profileUid: string;
    readonly until: Date | undefined;
  }): Promise<void>;
}

/** Reasons for ending a grant. Part of the audit event. */
export type RevokeReason =
  | 'disconnect'
  | 'connector_deleted'
  | 'connector_changed'
  | 'user_removed'
  /** The user's roles no longer allow the use of the connector's space. */
  | 'access_lost'
  | 'mass_revoke'
  /** An administrator ended this grant. */
  | 'administrator'
  | 'stale';

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
