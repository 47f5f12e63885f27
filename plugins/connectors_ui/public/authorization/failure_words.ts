import { type Actor, whoActs } from '@latchkey/actions-plugin/common';
import { defineMessages } from '@latchkey/core/public';
import type { MessageDescriptor } from 'react-intl';

/** Kind of users who can act after a failure. */
export type Who = Actor;

/** Texts for a failed authorization, and who can act. */
export interface FailureWords {
  readonly who: Who;
  /** Sentence that says what failed. */
  readonly what: MessageDescriptor;
  /** Sentence that says what the user can do next. */
  readonly advice: MessageDescriptor;
  /** `true`: the user may try again immediately. */
  readonly canRetry: boolean;
  /**
   * `true`: a setting of the connector caused the failure, and a user who may edit it can correct
   * it.
   */
  readonly isSetting: boolean;
}

const what = defineMessages({
  account_kept: {
    id: 'connectorsUi.failure.accountKept',
    defaultMessage: 'You kept the account that was connected before.',
  },
  api_key_not_allowed: {
    id: 'connectorsUi.failure.apiKeyNotAllowed',
    defaultMessage: 'An API key cannot connect an account.',
  },
  attempt_not_found: {
    id: 'connectorsUi.failure.attemptNotFound',
    defaultMessage: 'This sign-in was started by another user, or too long ago.',
  },
  client_rejected: {
    id: 'connectorsUi.failure.clientRejected',
    defaultMessage: 'The provider does not accept the client ID or secret of this connector.',
  },
  code_missing: {
    id: 'connectorsUi.failure.codeMissing',
    defaultMessage: 'The provider returned without a confirmation.',
  },
  connector_changed: {
    id: 'connectorsUi.failure.connectorChanged',
    defaultMessage: 'The connector was changed while you were signing in.',
  },
  connector_deleted: {
    id: 'connectorsUi.failure.connectorDeleted',
    defaultMessage: 'The connector no longer exists.',
  },
  connector_misconfigured: {
    id: 'connectorsUi.failure.connectorMisconfigured',
    defaultMessage: 'The settings of this connector are incomplete or refused by the provider.',
  },
  ears_disabled: {
    id: 'connectorsUi.failure.earsDisabled',
    defaultMessage: 'Quick connect is switched off on this server.',
  },
  ears_not_configured: {
    id: 'connectorsUi.failure.earsNotConfigured',
    defaultMessage: 'Quick connect is not set up on this server.',
  },
  endpoint_not_allowed: {
    id: 'connectorsUi.failure.endpointNotAllowed',
    defaultMessage: 'This server may not contact the provider’s address.',
  },
  exchange_failed: {
    id: 'connectorsUi.failure.exchangeFailed',
    defaultMessage: 'The provider did not complete the connection.',
  },
  grant_fact_missing: {
    id: 'connectorsUi.failure.grantFactMissing',
    defaultMessage: 'The provider named no organisation or site that this connector can call.',
  },
  grant_fact_refused: {
    id: 'connectorsUi.failure.grantFactRefused',
    defaultMessage: 'The provider named an address that this connector does not permit.',
  },
  interrupted: {
    id: 'connectorsUi.failure.interrupted',
    defaultMessage: 'The server stopped before it finished this sign-in.',
  },
  site_not_chosen: {
    id: 'connectorsUi.failure.siteNotChosen',
    defaultMessage: 'No site is chosen for this connection.',
  },
  site_not_found: {
    id: 'connectorsUi.failure.siteNotFound',
    defaultMessage: 'The connection does not cover this site.',
  },
  issuer_mismatch: {
    id: 'connectorsUi.failure.issuerMismatch',
    defaultMessage: 'The response did not come from the provider of this connector.',
  },
  missing_scope: {
    id: 'connectorsUi.failure.missingScope',
    defaultMessage: 'The connection lacks a permission for this.',
  },
  not_permitted: {
    id: 'connectorsUi.failure.notPermitted',
    defaultMessage: 'You are not allowed to connect accounts in this space.',
  },
  nothing_to_decide: {
    id: 'connectorsUi.failure.nothingToDecide',
    defaultMessage: 'The decision about the account was already made.',
  },
  provider_refused: {
    id: 'connectorsUi.failure.providerRefused',
    defaultMessage: 'Access was denied at the provider.',
  },
  provider_rejected_request: {
    id: 'connectorsUi.failure.providerRejectedRequest',
    defaultMessage: 'The provider does not accept what this connector asks for.',
  },
  provider_unavailable: {
    id: 'connectorsUi.failure.providerUnavailable',
    defaultMessage: 'The provider cannot be reached right now.',
  },
  public_base_url_missing: {
    id: 'connectorsUi.failure.publicBaseUrlMissing',
    defaultMessage: 'This server does not know its own address, so providers cannot return to it.',
  },
  rate_limited: {
    id: 'connectorsUi.failure.rateLimited',
    defaultMessage: 'There were too many attempts in a short time.',
  },
  server_unreachable: {
    id: 'connectorsUi.failure.serverUnreachable',
    defaultMessage: 'The server cannot be reached.',
  },
  server_timeout: {
    id: 'connectorsUi.failure.serverTimeout',
    defaultMessage: 'The server did not respond in time.',
  },
  state_expired: {
    id: 'connectorsUi.failure.stateExpired',
    defaultMessage: 'The sign-in took too long.',
  },
  state_used: {
    id: 'connectorsUi.failure.stateUsed',
    defaultMessage: 'This sign-in was already completed.',
  },
  store_unavailable: {
    id: 'connectorsUi.failure.storeUnavailable',
    defaultMessage: 'The server could not save the connection.',
  },
  unexpected: {
    id: 'connectorsUi.failure.unexpected',
    defaultMessage: 'The server had a problem.',
  },
  wrong_browser: {
    id: 'connectorsUi.failure.wrongBrowser',
    defaultMessage: 'The sign-in was finished in another browser than it was started in.',
  },
  wrong_user: {
    id: 'connectorsUi.failure.wrongUser',
    defaultMessage: 'Another user was signed in here when the provider returned.',
  },
});

const general = defineMessages({
  what: {
    id: 'connectorsUi.failure.general',
    defaultMessage: 'The account could not be connected.',
  },
  configuration: {
    id: 'connectorsUi.failure.generalConfiguration',
    defaultMessage: 'The settings of this connector do not work.',
  },
  adviceYou: { id: 'connectorsUi.failureAdvice.you', defaultMessage: 'Connect again.' },
  adviceAdministrator: {
    id: 'connectorsUi.failureAdvice.administrator',
    defaultMessage:
      'You cannot solve this yourself. Ask an administrator to check the settings of the connector.',
  },
  adviceNobody: {
    id: 'connectorsUi.failureAdvice.nobody',
    defaultMessage: 'This usually passes by itself. Try again in a moment.',
  },
});

const advice = defineMessages({
  account_kept: {
    id: 'connectorsUi.failureAdvice.accountKept',
    defaultMessage: 'Nothing was changed.',
  },
  api_key_not_allowed: {
    id: 'connectorsUi.failureAdvice.apiKeyNotAllowed',
    defaultMessage: 'Sign in with your password.',
  },
  attempt_not_found: {
    id: 'connectorsUi.failureAdvice.attemptNotFound',
    defaultMessage: 'Check who is signed in here, then connect again.',
  },
  connector_deleted: {
    id: 'connectorsUi.failureAdvice.connectorDeleted',
    defaultMessage: 'Choose another connector.',
  },
  not_permitted: {
    id: 'connectorsUi.failureAdvice.notPermitted',
    defaultMessage: 'Ask an administrator for access to connectors in this space.',
  },
  nothing_to_decide: {
    id: 'connectorsUi.failureAdvice.nothingToDecide',
    defaultMessage: 'The account that is connected now is shown above.',
  },
  provider_refused: {
    id: 'connectorsUi.failureAdvice.providerRefused',
    defaultMessage:
      'Connect again and agree. If your organization blocks access, ask its administrator at the provider.',
  },
  public_base_url_missing: {
    id: 'connectorsUi.failureAdvice.publicBaseUrlMissing',
    defaultMessage: 'Ask an administrator to set server.publicBaseUrl.',
  },
  rate_limited: {
    id: 'connectorsUi.failureAdvice.rateLimited',
    defaultMessage: 'Wait a minute, then connect again.',
  },
  server_unreachable: {
    id: 'connectorsUi.failureAdvice.serverUnreachable',
    defaultMessage: 'Check your network, then try again.',
  },
  server_timeout: {
    id: 'connectorsUi.failureAdvice.serverTimeout',
    defaultMessage: 'Look at the status of the connector, then try again.',
  },
  state_used: {
    id: 'connectorsUi.failureAdvice.stateUsed',
    defaultMessage: 'Look at the status of the connector.',
  },
  unexpected: {
    id: 'connectorsUi.failureAdvice.unexpected',
    defaultMessage: 'Try again later. If it happens again, tell an administrator.',
  },
  wrong_browser: {
    id: 'connectorsUi.failureAdvice.wrongBrowser',
    defaultMessage: 'Connect again and finish in this browser.',
  },
  wrong_user: {
    id: 'connectorsUi.failureAdvice.wrongUser',
    defaultMessage: 'Connect again and stay signed in as the same user.',
  },
});

/** Error codes of requests, with the authorization codes that mean the same. */
const SAME_AS: Readonly<Record<string, string>> = {
  forbidden: 'not_permitted',
  not_found: 'connector_deleted',
  too_many_requests: 'rate_limited',
};

/** Error codes after which another attempt would have the same result. */
const NO_RETRY: ReadonlySet<string> = new Set([
  'account_kept',
  'api_key_not_allowed',
  'connector_deleted',
  'not_permitted',
  'nothing_to_decide',
  'state_used',
]);

/** Texts for an error code. An unknown code of a newer server gets general texts. */
export function failureWords(reason: string): FailureWords {
  const code = SAME_AS[reason] ?? reason;
  const who = whoActs(code);
  const ownAdvice = messageOf(advice, code);
  return {
    who,
    what: messageOf(what, code) ?? (who === 'administrator' ? general.configuration : general.what),
    advice: ownAdvice ?? ADVICE[who],
    canRetry: who !== 'administrator' && !NO_RETRY.has(code),
    isSetting: who === 'administrator' && ownAdvice === undefined,
  };
}

const ADVICE: Record<Who, MessageDescriptor> = {
  you: general.adviceYou,
  administrator: general.adviceAdministrator,
  nobody: general.adviceNobody,
};

/** Error codes that have texts of their own. */
export const DESCRIBED_CODES: readonly string[] = [
  ...Object.keys(what),
  ...Object.keys(advice),
  ...Object.keys(SAME_AS),
];

function messageOf(
  messages: Readonly<Record<string, MessageDescriptor>>,
  code: string,
): MessageDescriptor | undefined {
  return Object.hasOwn(messages, code) ? messages[code] : undefined;
}
