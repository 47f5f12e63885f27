import { type GrantRecord, isUsable } from './grant_record.ts';

/**
 * A pending change of account: the provider returned a different account than the connected one, or
 * did not name it, and the owner has to decide.
 */
export interface AccountChange {
  /** Id of the flow that returned the new account. */
  readonly flowId: string;
  /**
   * Hash of the nonce in the cookie of the browser that may confirm the change
   * (`oauth/flow/browser_binding.ts`). Must not be shown.
   */
  readonly browserBinding: string;
  /**
   * Path to which the browser returns after the decision. `undefined`: the result page is shown.
   */
  readonly returnUrl: string | undefined;
  /** The connected account, which stays in use until the decision. */
  readonly from: { readonly id: string; readonly label: string };
  /** The new account. `undefined`: the provider did not name it. */
  readonly to: { readonly id: string; readonly label: string } | undefined;
  /** Deadline of the decision. After it, the new grant is revoked. */
  readonly until: Date;
}

/** Data that a held grant stores in addition to its tokens. */
export type AccountHold = Pick<AccountChange, 'flowId' | 'browserBinding' | 'returnUrl' | 'until'>;

/**
 * Returns the pending change of a grant, for its user and for the authorization flow. `undefined`:
 * no change is pending.
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
