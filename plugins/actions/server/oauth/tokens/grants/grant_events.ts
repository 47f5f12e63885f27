import type { Principal } from '@latchkey/core/server';
import type { RevokeReason } from '../../../types.ts';

/** Something that happened to a grant, for audit, logs and metrics. Carries ids and codes, never a token. */
export type GrantEvent = {
  readonly connectorId: string;
  /** `undefined` for shared tokens. */
  readonly profileUid: string | undefined;
  /** Who did it; `undefined`: the server itself. */
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
  /** The provider gave new tokens that the store would not take. Somebody should be woken up. */
  | { readonly type: 'refresh_unsaved' }
  /** Tokens of an ended or replaced grant arrived late and were thrown away. */
  | { readonly type: 'late_result_discarded' }
  /**
   * The provider returned another account, or named none. Nothing changes until the user decides.
   */
  | { readonly type: 'account_held'; readonly from: string; readonly to: string | undefined }
  /** The user confirmed the change. */
  | { readonly type: 'account_changed'; readonly from: string; readonly to: string | undefined }
  /**
   * The new authorization is being revoked: the user keeps the old account, or did not decide in
   * time.
   */
  | {
      readonly type: 'account_kept';
      readonly from: string;
      readonly to: string | undefined;
      readonly reason: 'user' | 'expired';
    }
  | { readonly type: 'ended'; readonly reason: RevokeReason }
  | {
      readonly type: 'revoked';
      readonly outcome: 'revoked' | 'unsupported' | 'failed_transient' | 'failed_permanent';
      readonly tokenKind: 'refresh_token' | 'access_token';
    }
);

/** Where grant events go. Must not throw. */
export interface GrantEvents {
  emit(event: GrantEvent): void;
}
