import type { ConnectionStatus, ConnectionView } from './connection_view.ts';

/** Next step of the user for a connection. `none`: the connection works. */
export type NextStep =
  | 'authorize'
  | 'choose_site'
  | 'reconnect'
  | 'wait'
  | 'ask_administrator'
  | 'none';

/** Reasons why a connection needs an action of its user, the most urgent first. */
export const ATTENTION_REASONS = [
  'reconnect',
  'choose_site',
  'account_change',
  'missing_scopes',
  'ends_soon',
  'revocation_failed',
] as const;

/** One of {@link ATTENTION_REASONS}. */
export type AttentionReason = (typeof ATTENTION_REASONS)[number];

/** Errors of a refresh that only an administrator or operator can correct. */
export const NEEDS_ADMINISTRATOR: ReadonlySet<string> = new Set([
  'client_rejected',
  'request_rejected',
  'endpoint_not_allowed',
  'key_not_configured',
]);

const STEPS: Readonly<Record<ConnectionStatus, NextStep>> = {
  not_connected: 'authorize',
  // The user has started an authorization, and may be at the provider.
  pending: 'wait',
  connected: 'none',
  needs_site: 'choose_site',
  expiring: 'reconnect',
  refresh_failing: 'wait',
  needs_reauth: 'reconnect',
  revocation_pending: 'authorize',
};

type Known = Pick<
  ConnectionView,
  | 'status'
  | 'lastError'
  | 'needsAdministrator'
  | 'missingScopes'
  | 'accountChange'
  | 'failedRevocations'
>;

/** Returns what the user of a connection has to do next. Does not depend on the time. */
export function nextStepOf(view: Known): NextStep {
  const { status, lastError, missingScopes = [] } = view;
  const step = STEPS[status];
  const isBlocked = step === 'wait' && NEEDS_ADMINISTRATOR.has(lastError?.code ?? '');
  if (isBlocked || view.needsAdministrator === true) return 'ask_administrator';
  return step === 'none' && missingScopes.length > 0 ? 'reconnect' : step;
}

/**
 * Returns why a connection needs an action of its user. `undefined`: the connection works, or never
 * existed, or an administrator must act.
 */
export function attentionOf(view: Known): AttentionReason | undefined {
  const applies: Record<AttentionReason, boolean> = {
    reconnect: view.status === 'needs_reauth',
    choose_site: view.status === 'needs_site',
    account_change: view.accountChange !== undefined,
    missing_scopes: nextStepOf(view) === 'reconnect' && (view.missingScopes ?? []).length > 0,
    ends_soon: view.status === 'expiring',
    revocation_failed: view.failedRevocations !== undefined,
  };
  return ATTENTION_REASONS.find((reason) => applies[reason]);
}
