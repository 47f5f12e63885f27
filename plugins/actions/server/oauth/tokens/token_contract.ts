import type { DecryptedConnector } from '../../connector_data/index.ts';

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
