import type { Principal } from '@latchkey/core/server';
import type { RevocationFailureCause } from '@latchkey/oauth-client';

/** Why a grant was ended. Audit events contain the reason. */
export type RevokeReason =
  | 'disconnect'
  | 'connector_deleted'
  | 'connector_changed'
  | 'user_removed'
  /** The user's roles no longer allow using connectors in the space of the connector. */
  | 'access_lost'
  | 'mass_revoke'
  /** An administrator ended the grant of this user. */
  | 'administrator'
  | 'stale';

/**
 * Something that happened to a grant. Audit, log and metrics are based on these events. Contains
 * ids and codes, never a token.
 */
export type GrantEvent = {
  readonly connectorId: string;
  /** Profile uid of the owner of the grant. `undefined`: the grant is a shared token. */
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
  /**
   * The provider issued new tokens, but the store could not save them. An operator should be
   * alerted.
   */
  | { readonly type: 'refresh_unsaved' }
  /** Tokens arrived for a grant that had ended or been replaced, and were discarded. */
  | { readonly type: 'late_result_discarded' }
  /**
   * The provider returned another account (`to`), or named none. The connected account stays in use
   * until the user decides.
   */
  | { readonly type: 'account_held'; readonly from: string; readonly to: string | undefined }
  /** The user confirmed the change of account. */
  | { readonly type: 'account_changed'; readonly from: string; readonly to: string | undefined }
  /**
   * The connected account stays, because the user decided so or did not decide in time. The new
   * grant is being revoked.
   */
  | {
      readonly type: 'account_kept';
      readonly from: string;
      readonly to: string | undefined;
      readonly reason: 'user' | 'expired';
    }
  /** The user chose the site to which calls are sent. */
  | { readonly type: 'site_chosen'; readonly siteId: string }
  | { readonly type: 'ended'; readonly reason: RevokeReason }
  | {
      readonly type: 'revoked';
      readonly outcome: 'revoked' | 'unsupported' | 'failed_transient' | 'failed_permanent';
      readonly tokenKind: 'refresh_token' | 'access_token';
      /** Cause of a failure. `undefined`: it is not known, or there is no failure. */
      readonly cause?: RevocationFailureCause | undefined;
    }
);

/** Receives events of grants. Implementations must not throw. */
export interface GrantEvents {
  emit(event: GrantEvent): void;
}
