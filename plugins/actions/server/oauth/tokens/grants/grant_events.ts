import type { Principal } from '@latchkey/core/server';

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

/** An event of a grant for audit, logs and metrics. Contains ids and codes, never a token. */
export type GrantEvent = {
  readonly connectorId: string;
  /** Owner of the grant. `undefined` for shared tokens. */
  readonly profileUid: string | undefined;
  /** The principal that caused the event. `undefined`: the server itself. */
  readonly actor?: Principal | undefined;
} & (
  | { readonly type: 'connected' }
  | { readonly type: 'refreshed' }
  | {
      readonly type: 'refresh_failed';
      readonly kind: 'reauthorize' | 'misconfigured' | 'transient';
      readonly code: string;
      readonly providerRequestId?: string | undefined;
    }
  /** The provider issued new tokens, and the store refuses them. An operator should be alerted. */
  | { readonly type: 'refresh_unsaved' }
  /** Tokens of an ended or replaced grant arrived and were discarded. */
  | { readonly type: 'late_result_discarded' }
  /**
   * The provider returned another account, or named none. Nothing changes until the user decides.
   */
  | { readonly type: 'account_held'; readonly from: string; readonly to: string | undefined }
  /** The user confirmed the change. */
  | { readonly type: 'account_changed'; readonly from: string; readonly to: string | undefined }
  /**
   * The new authorization is being revoked: the user keeps the earlier account, or did not decide
   * in time.
   */
  | {
      readonly type: 'account_kept';
      readonly from: string;
      readonly to: string | undefined;
      readonly reason: 'user' | 'expired';
    }
  /** The user chose the site that calls use. */
  | { readonly type: 'site_chosen'; readonly siteId: string }
  | { readonly type: 'ended'; readonly reason: RevokeReason }
  | {
      readonly type: 'revoked';
      readonly outcome: 'revoked' | 'unsupported' | 'failed_transient' | 'failed_permanent';
      readonly tokenKind: 'refresh_token' | 'access_token';
    }
);

/** Receives grant events. Must not throw. */
export interface GrantEvents {
  emit(event: GrantEvent): void;
}
