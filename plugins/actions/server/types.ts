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
  /** As stored; safety never depends on it, see {@link DecryptedConnector.authMode}. */
  readonly authMode?: AuthMode | undefined;
  readonly issuerCheck?: IssuerCheck | undefined;
}

/** What the metadata of a stated issuer said when the connector was last saved (RFC 8414). Nothing in it is secret. */
export interface IssuerCheck {
  /** Whose metadata it was; for another issuer it says nothing. */
  readonly issuer: string;
  /** Hash of the authorization and token URL it was compared with. */
  readonly endpoints: string;
  /** `false`: the metadata could not be had, and nobody had compared these settings with it before. */
  readonly isConfirmed: boolean;
  /**
   * The metadata was where only the operator of the issuer's origin can put it (RFC 8414 §3.1).
   * Absent: an older build read it, so that this is known of an issuer without a path only.
   */
  readonly isPublishedByOrigin?: boolean | undefined;
  /** The metadata promised `iss` in every response, so one without it is refused (RFC 9207 §2.4). */
  readonly issuerRequiredInResponse: boolean;
  /** Where the metadata says that tokens are revoked (RFC 7009). Absent: it names none, or an older build read it. */
  readonly revocationEndpoint?: string | undefined;
  /** Where the metadata says whose access token it is (OpenID Connect Core §5.3). Absent: as above. */
  readonly userinfoEndpoint?: string | undefined;
  /** For the administrator, in plain words. */
  readonly warnings: readonly string[];
}

/** A connector with its secrets, for server code only. Never leaves the plugin, never logged. */
export interface DecryptedConnector {
  readonly id: string;
  readonly spaceId: string;
  readonly name: string;
  readonly connectorTypeId: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, unknown>>;
  /** See `authTypeOf`: named by the secrets, else by the config, else `none`. */
  readonly authType: string;
  /** Derived from `authType` every time, never read from the store. */
  readonly authMode: AuthMode;
  /** Saved-object version; changes with every edit. */
  readonly version: string;
  /** `undefined`: no issuer stated, preconfigured, or saved by a build that did not check. */
  readonly issuerCheck?: IssuerCheck | undefined;
  /** `undefined`: preconfigured, or created before this was recorded. */
  readonly createdBy?: ConnectorAuthor | undefined;
  /** Who changed it last. `undefined`: nobody, or somebody before this was recorded. */
  readonly updatedBy?: ConnectorAuthor | undefined;
  /** `true`: it is part of the server's configuration, so nobody can change it here. */
  readonly isPreconfigured?: boolean;
  /** Why it cannot be executed, in a sentence for everybody. `undefined`: it can. Only preconfigured ones. */
  readonly refusal?: string | undefined;
}

/** Who created or changed a connector, by the name they had then. */
export interface ConnectorAuthor {
  readonly username: string;
  readonly profileUid: string;
}

/** Why a URL that somebody entered is not used. Codes are public: added, never renamed. */
export type EndpointRefusalCode =
  | 'endpoints_not_confirmed'
  | 'revocation_url_refused'
  | 'userinfo_url_refused'
  | 'response_mode_refused'
  | 'response_path_refused'
  | 'authorization_params_refused';

/** A URL that somebody entered and that is not used. The message is for administrators and names hosts, no paths. */
export interface EndpointRefusal {
  readonly code: EndpointRefusalCode;
  readonly message: string;
}

/**
 * What a client must show to use a callback that other providers use too. `allowed`: the code can only reach the provider the connector type
 * names. `with_issuer`: the response must name the issuer. `refused`: nothing ties the token URL to an issuer.
 */
export type SharedCallback = 'allowed' | 'with_issuer' | 'refused';

/** Reads connectors as the server itself, without privilege checks. */
export interface ConnectorReader {
  /** `undefined` when it does not exist in that space. @throws SavedObjectError `undecryptable`, `store_unavailable` */
  readDecrypted(connectorId: string, spaceId: string): Promise<DecryptedConnector | undefined>;
}

/**
 * One connector's way to talk to its authorization server, whatever the dialect. Built from the decrypted connector by
 * `oauth/strategies`; holds secrets, so it lives only as long as one operation.
 */
export interface ProviderClient {
  readonly authType: string;
  /**
   * Hash of where tokens go and who asks: hosts of the authorize, token and API endpoints, client id or EARS provider. A grant
   * made under another fingerprint is never used.
   */
  readonly fingerprint: string;
  /** Short hash of the token endpoint's origin, the last segment of the redirect URI (design 5.1). `undefined` for EARS. */
  readonly providerKey: string | undefined;
  /** For the revocation outbox, which stores it encrypted. */
  readonly configuration: OAuthClientConfiguration;
  /** Lifetime to assume when the provider names none, in seconds. */
  readonly defaultLifetimeSeconds: number;
  /** Seconds before its end from which on a token may be refreshed; `undefined`: any. */
  readonly refreshMarginSeconds?: number | undefined;
  /** Days after which an unused grant dies; `undefined`: never. */
  readonly idleLimitDays: number | undefined;
  /** What an administrator should look at although it works, in plain words. Left out or empty: nothing. */
  readonly warnings?: readonly string[];
  /** Left out: `refused`. */
  readonly sharedCallback?: SharedCallback;
  /** How the provider is asked to send its response. Left out: `query`. */
  readonly responseMode?: ResponseMode;
  /**
   * `true`: nothing but the ID token names the account of a grant, so a refresh must name the same
   * one (OpenID Connect Core §12.2). Left out: other ids may be in use, and are not compared.
   */
  readonly isAccountFromIdToken?: boolean;
  /**
   * Asks the userinfo endpoint about an access token, `<type> <token>`. Left out: there is none.
   * Never throws.
   */
  readonly checkAccessToken?: (authorization: string) => Promise<AccessTokenState>;
  /** Hosts the browser and the server will be sent to; flow checks them before it starts. @throws EgressError */
  ensureEndpointsAllowed(): void;
  /** Where to send the person's browser (stand-in hosts applied in development). */
  buildAuthorizationUrl(request: {
    readonly redirectUri: string;
    readonly state: string;
    readonly codeChallenge: string;
  }): string;
  /** Checks `iss` of the authorization response (RFC 9207). @throws OAuthError `issuer_mismatch`, `issuer_missing` */
  checkIssuer(iss: string | undefined): void;
  /** @throws OAuthError */
  exchangeCode(request: {
    readonly code: string;
    readonly codeVerifier: string;
    readonly redirectUri: string;
    readonly signal?: AbortSignal;
  }): Promise<TokenGrant>;
  /** @throws OAuthError; `responseLost` tells whether the refresh token may be spent */
  refresh(refreshToken: string, signal: AbortSignal): Promise<TokenGrant>;
  /** Never throws. */
  revoke(
    token: string,
    hint: 'refresh_token' | 'access_token',
    options?: {
      readonly signal?: AbortSignal | undefined;
      /** Told how long the provider wants no further request, in milliseconds. */
      readonly onRetryAfter?: ((delayMs: number) => void) | undefined;
    },
  ): Promise<RevocationOutcome>;
  /** A grant without a person, for `oauth_client_credentials`. @throws OAuthError */
  requestSharedToken(signal: AbortSignal): Promise<TokenGrant>;
}

/** Builds {@link ProviderClient}s. */
export interface ProviderClientFactory {
  /** @throws ConnectorConfigurationError when the connector is not OAuth, or its OAuth configuration is incomplete or refused */
  forConnector(connector: DecryptedConnector): ProviderClient;
  /** To end grants only: also of a connector that {@link forConnector} refuses because of its endpoints. @throws ConnectorConfigurationError */
  resolveRevocationClient(
    connector: DecryptedConnector,
  ): Pick<ProviderClient, 'fingerprint' | 'configuration'>;
  /** From the outbox. */
  forConfiguration(configuration: OAuthClientConfiguration): Pick<ProviderClient, 'revoke'>;
}

/** The one truth about a connection (design 5.4). */
export type ConnectionStatus =
  | 'not_connected'
  | 'pending'
  | 'connected'
  | 'expiring'
  | 'refresh_failing'
  | 'needs_reauth'
  | 'revocation_pending';

/** A token in hand. */
export interface UsableToken {
  /** Complete Authorization header value. */
  readonly authorization: string;
  /** Hash of the access token: names it without carrying it. Hand it back when the API said 401. */
  readonly fingerprint: string;
  /** `undefined`: lifetime unknown beyond the default. */
  readonly expiresAt: Date | undefined;
}

/** Whose token of which connector. */
export interface TokenRequest {
  readonly connector: DecryptedConnector;
  /** `undefined`: nobody is signed in; per-user connectors then throw `no_user`, never fall back to another token. */
  readonly profileUid: string | undefined;
  /** Ends the wait of this caller, not the refresh others may wait for. */
  readonly signal?: AbortSignal;
}

/**
 * Proof that a service no longer accepts a token. A single 401 is none: it may be the path that is
 * closed to this account.
 * - `rejected_invalid_token`: the service said `error="invalid_token"` (RFC 6750 section 3.1).
 * - `rejected_by_service`: the response body says so, in the way the connector type knows.
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
  /** `undefined`: one 401 and nothing more. It never ends a grant that cannot be refreshed. */
  readonly evidence?: RejectionEvidence | undefined;
  /** `false`: refreshing for this path did not help a moment ago; only a token that is already stored is returned. Default `true`. */
  readonly mayRefresh?: boolean;
}

/**
 * Tokens for calls. All methods throw: `ConnectorAuthorizationError` when the person must act, `ConnectorConfigurationError` when an
 * administrator must, `TokenUnavailableError` when it will pass.
 */
export interface TokenService {
  /** The hot path: one real-time get when the token is fresh. Refreshes when it is not. */
  getToken(request: TokenRequest): Promise<UsableToken>;
  /**
   * After the API rejected a token: returns the stored token if it is another one, else refreshes.
   * `undefined`: there is no other token and none is requested, so the rejection is the response.
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
   * Revocations of this user that failed for good in the last 90 days; their grants may still work
   * at the provider. Absent: none.
   */
  readonly failedRevocations?: { readonly count: number; readonly at: Date };
  readonly expiresAt: Date | undefined;
  readonly scopes: readonly string[] | undefined;
  /** What the connector asks for by now and did not when the user authorized: authorizing again grants it. Left out: nothing. */
  readonly missingScopes?: readonly string[];
  readonly account: { readonly id: string; readonly label: string } | undefined;
  readonly lastUsedAt: Date | undefined;
  /** When the person authorized; `undefined`: never, or so long ago that nobody wrote it down. */
  readonly connectedAt?: Date | undefined;
  /** Another account that waits for the owner's decision. */
  readonly accountChange?: AccountChange | undefined;
}

/** The provider returned another account than the connected one, or did not name it, and its owner has to decide. */
export interface AccountChange {
  /** Names the authorization that returned it. */
  readonly flowId: string;
  /** Of the browser that may confirm the change; see `oauth/flow/browser_binding.ts`. Never shown. */
  readonly browserBinding: string;
  /** Where the browser goes after the decision; `undefined`: to the result page. */
  readonly returnUrl: string | undefined;
  /** In use until the decision. */
  readonly from: { readonly id: string; readonly label: string };
  /** `undefined`: the provider did not name it. */
  readonly to: { readonly id: string; readonly label: string } | undefined;
  /** After this instant the new authorization is revoked. */
  readonly until: Date;
}

/**
 * What is known of the revocation of an authorization that is not used. `waiting`: tried again
 * until the provider accepts it. `unsupported`: the provider has no way to revoke it.
 * `with_connected`: it would end the connected one as well, so both are revoked together.
 */
export type ReleasedRevocation = 'revoked' | 'waiting' | 'unsupported' | 'with_connected';

/** A change of account that was decided. */
export type DecidedAccountChange = AccountChange & {
  /** Present when the connected account is kept. */
  readonly revocation?: ReleasedRevocation;
};

/** Under which conditions a grant of another account is held. */
export type AccountHold = Pick<AccountChange, 'flowId' | 'browserBinding' | 'returnUrl' | 'until'>;

/** Life of a person's grants, for the flow, the connector service and administrators. */
export interface GrantService {
  /**
   * Stores a fresh grant under a new generation, in the place of an older one whatever state that is in. The older tokens are never dropped: of another
   * client, or of an account known to be another (`grant.account`), they are revoked as soon as the new grant is stored; else they are kept with it and
   * revoked when it ends. Revocations that wait already are not touched. Until it resolves, the older grant works on.
   * @throws TokenUnavailableError, SavedObjectError; nothing is lost, and the call may be repeated with the same `generation`
   */
  saveGrant(request: {
    readonly connector: DecryptedConnector;
    readonly client: ProviderClient;
    readonly profileUid: string;
    readonly grant: TokenGrant;
    /** What was asked for, separated by spaces. Default: what the client asks for now. */
    readonly scope?: string | undefined;
    /** Names this authorization, for a caller that may have to try again: what was stored, and perhaps ended, by an earlier try is left as it is. Default: a new one. */
    readonly generation?: string;
    /** Holds a grant of another account than the connected one, or of an unknown one beside a known one; the view says so. Default: it replaces the connected one. */
    readonly hold?: AccountHold;
  }): Promise<ConnectionView>;
  /** `undefined`: nothing waits for the user's decision. */
  pendingAccountChange(of: {
    readonly connectorId: string;
    readonly profileUid: string;
  }): Promise<AccountChange | undefined>;
  /**
   * Puts the held grant of a flow in use, revoking the old one, or revokes the held one. Of any number of callers one decides.
   * @returns what was decided about; `undefined`: nothing waits any more
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
  /** Ends one person's grant: local use stops at once, revocation goes through the outbox. `false`: there was none. */
  revokeGrantOf(request: {
    readonly connectorId: string;
    readonly profileUid: string;
    readonly reason: RevokeReason;
    readonly actor: Principal | undefined;
    /** Ends this authorization only, for a caller that has just stored it. Default: whatever is there, revoked by the connector's client or the one it had. */
    readonly authorization?: { readonly generation: string; readonly client: ProviderClient };
  }): Promise<boolean>;
  /**
   * Revokes tokens that the provider issued and nobody will use. Resolves once they are in the outbox; while the store is away, keeps trying in the
   * background. Never throws.
   */
  revokeUnused(request: {
    readonly connector: DecryptedConnector;
    readonly client: Pick<ProviderClient, 'fingerprint' | 'configuration'>;
    readonly profileUid: string;
    readonly tokens: IssuedTokens;
    /** Of the authorization they came from; if a grant of this generation was stored after all, its tokens are kept. Default: a new one. */
    readonly generation?: string | undefined;
    readonly accountId?: string | undefined;
  }): Promise<void>;
  /** Says that a person is on the way to the provider, until that instant; `undefined` says that they are back without a grant. Never touches a grant that works. */
  markPending(request: {
    readonly connector: DecryptedConnector;
    readonly profileUid: string;
    readonly until: Date | undefined;
  }): Promise<void>;
}

/** Why a grant ended; part of the audit event. */
export type RevokeReason =
  | 'disconnect'
  | 'connector_deleted'
  | 'connector_changed'
  | 'user_removed'
  /** The roles of the person no longer let them use the connector's space. */
  | 'access_lost'
  | 'mass_revoke'
  /** An administrator ended this one. */
  | 'administrator'
  | 'stale';

/** Result of an execution, as `_execute` answers it before key names are mapped. */
export interface ExecutionResult {
  readonly connectorId: string;
  readonly status: 'ok' | 'error';
  readonly data?: unknown;
  readonly message?: string;
  readonly serviceMessage?: string;
  /** `false`: do not; `true`: later; an ISO string: not before. */
  readonly retry?: boolean | string;
  readonly errorSource?: 'user' | 'framework';
  /** Set when the person must authorize; reason of the ConnectorAuthorizationError. */
  readonly authorizationReason?: string;
  readonly errorMeta?: Readonly<Record<string, unknown>>;
}

/** A connector as the API shows it. */
export interface ConnectorView {
  readonly id: string;
  readonly name: string;
  readonly connectorTypeId: string;
  /** Absent for preconfigured connectors unless they expose it. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly isMissingSecrets?: boolean;
  readonly authMode: AuthMode;
  /** What an administrator must put right, since when: the provider refuses the connector's OAuth client. Absent: nothing known. */
  readonly oauthProblem?: { readonly code: string; readonly since: Date };
  /** What an administrator should look at although it works, in plain words; for one connector, not in lists. Left out: nothing. */
  readonly warnings?: readonly string[];
  readonly isPreconfigured: boolean;
  readonly isSystemAction: boolean;
  readonly isDeprecated: boolean;
  readonly isConnectorTypeDeprecated: boolean;
}

/** Everything a signed-in person can do with connectors; each method checks privileges in the principal's space. */
export interface ActionsClient {
  /** A refused call is a result with `status: 'error'`. @throws HttpError 403; ConnectorError `not_found`; ConnectorTypeError for params that do not fit */
  execute(request: {
    readonly connectorId: string;
    readonly params: unknown;
    readonly signal?: AbortSignal;
  }): Promise<ExecutionResult>;
  /** A complete Authorization header value for server plugins that call the service themselves. Same errors as {@link TokenService}. */
  getOAuthAccessToken(request: {
    readonly connectorId: string;
    readonly signal?: AbortSignal;
  }): Promise<string>;
  get(connectorId: string): Promise<ConnectorView>;
  getAll(): Promise<readonly ConnectorView[]>;
}

/** What other plugins may do during set-up. */
export interface ActionsSetup {
  /** @throws ConnectorTypeError `duplicate_type`, `registry_closed`, `invalid_spec` */
  registerConnectorSpec(spec: ConnectorSpec): void;
}

/** What other plugins may do afterwards. */
export interface ActionsStart {
  getActionsClient(principal: Principal): ActionsClient;
}

/** What set-up needs of other plugins. */
export interface ActionsSetupDeps {
  readonly encryptedSavedObjects: EncryptedSavedObjectsSetup;
  readonly security: SecuritySetup;
  readonly spaces: SpacesSetup;
  readonly taskManager: TaskManagerSetup;
}

/** What start needs of other plugins. */
export interface ActionsStartDeps {
  readonly security: SecurityStart;
  readonly spaces: SpacesStart;
  readonly taskManager: TaskManagerStart;
}
