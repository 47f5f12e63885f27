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
