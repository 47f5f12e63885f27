import { type GrantRecord, isUsable } from './grant_record.ts';

/**
 * The provider returned another account than the connected one, or did not name it. The owner has
 * to decide.
 */
export interface AccountChange {
  /** Identifies the authorization that returned the new account. */
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
  /** The new account. `undefined`: the provider did not name it. */
  readonly to: { readonly id: string; readonly label: string } | undefined;
  /** The new authorization is revoked after this instant. */
  readonly until: Date;
}

/** Data of a held grant of another account. */
export type AccountHold = Pick<AccountChange, 'flowId' | 'browserBinding' | 'returnUrl' | 'until'>;

/**
 * Returns the change as the user may see it and the authorization flow compares it. `undefined`: no
 * change waits.
 */
export function accountChangeOf(record: GrantRecord, nowMs: number): AccountChange | undefined {
  const { held, account } = record;
  if (held === undefined || account === undefined || !isUsable(record)) return undefined;
  if (held.until.getTime() <= nowMs) return undefined;
  return {
    flowId: held.flowId,
    browserBinding: held.browserBinding,
    returnUrl: held.returnUrl,
    from: account,
    to: held.account,
    until: held.until,
  };
}
