/** Reasons for a refused or failed authorization. Codes are public: added, never renamed. */
export type FlowErrorCode =
  | 'public_base_url_missing'
  | 'return_url_refused'
  | 'endpoint_not_allowed'
  | 'rate_limited'
  | 'response_malformed'
  | 'state_missing'
  | 'state_invalid'
  | 'state_used'
  | 'state_expired'
  | 'wrong_user'
  | 'wrong_browser'
  | 'wrong_provider'
  | 'issuer_mismatch'
  | 'wrong_response_mode'
  | 'issuer_unknown'
  | 'api_key_not_allowed'
  | 'not_permitted'
  | 'connector_deleted'
  | 'connector_changed'
  | 'provider_refused'
  | 'provider_rejected_request'
  | 'provider_unavailable'
  | 'code_missing'
  | 'exchange_failed'
  | 'connector_misconfigured'
  | 'store_unavailable'
  | 'account_kept'
  | 'nothing_to_decide'
  | 'attempt_not_found'
  | 'interrupted'
  | 'unexpected';

/** Response to the user for one code. */
export interface FlowResponse {
  readonly statusCode: number;
  /** Result and next step, shown in the browser. */
  readonly text: string;
  /** `true`: the user can try again, so the page offers it. */
  readonly canStartAgain?: true;
}

/** Unknown and expired states have the same text (A2), so that a guess reveals nothing. */
const UNKNOWN_OR_TIMED_OUT: FlowResponse = {
  statusCode: 400,
  text: 'This authorization is unknown or has timed out. Start it again from the connector.',
};

/** Does not name the failed check: it would help an attacker, and the user cannot act on it. */
const ANOTHER_PROVIDER: FlowResponse = {
  statusCode: 400,
  text: 'The response did not come from the provider of this connector. Nothing was stored. If it happens again, tell an administrator.',
};

/** One row per code: the status, and a text that says who can do what. */
export const FLOW_RESPONSES: Readonly<Record<FlowErrorCode, FlowResponse>> = {
  public_base_url_missing: {
    statusCode: 400,
    text: 'This server does not know its own address. Ask an administrator to set [server.publicBaseUrl].',
  },
  return_url_refused: {
    statusCode: 400,
    text: 'The return URL must lead back to a page of this server.',
  },
  endpoint_not_allowed: {
    statusCode: 400,
    text: 'This server may not call an OAuth endpoint of this connector. Ask an administrator to check its URLs and [xpack.actions.allowedHosts].',
  },
  rate_limited: {
    statusCode: 429,
    text: 'Too many authorization attempts. Wait a while and try again.',
  },
  response_malformed: {
    statusCode: 400,
    text: 'The provider’s response repeats a parameter, or a parameter is too long. Nothing was stored. Go back to the window of the provider, or start again from the connector. If it happens again, tell an administrator.',
  },
  state_missing: {
    statusCode: 400,
    text: 'This link is incomplete. Start the authorization again from the connector.',
  },
  state_invalid: UNKNOWN_OR_TIMED_OUT,
  state_expired: UNKNOWN_OR_TIMED_OUT,
  state_used: {
    statusCode: 400,
    text: 'This authorization was already completed or ended. The connector shows whether you are connected.',
  },
  wrong_user: {
    statusCode: 403,
    text: 'This authorization was started by another user. Start your own from the connector.',
  },
  wrong_browser: {
    statusCode: 403,
    text: 'This authorization was started in another browser. Start it again in this one.',
    canStartAgain: true,
  },
  wrong_provider: ANOTHER_PROVIDER,
  issuer_mismatch: ANOTHER_PROVIDER,
  wrong_response_mode: {
    statusCode: 400,
    text: 'The provider’s response did not arrive in the requested form. Nothing was stored. If it happens again, tell an administrator.',
  },
  issuer_unknown: {
    statusCode: 400,
    text: 'All providers share one redirect URI here, and the issuer of this connector is unknown. Ask an administrator to enter its issuer.',
  },
  api_key_not_allowed: {
    statusCode: 403,
    text: 'An API key cannot authorize a connector. Sign in with a browser, or send username and password (HTTP Basic).',
  },
  not_permitted: {
    statusCode: 403,
    text: 'You may not authorize connectors in this space. Ask an administrator for access.',
  },
  connector_deleted: {
    statusCode: 404,
    text: 'The connector no longer exists. Nothing was stored.',
  },
  connector_changed: {
    statusCode: 409,
    text: 'The connector was changed while you were authorizing it. Nothing was stored. Start again.',
    canStartAgain: true,
  },
  provider_refused: {
    statusCode: 400,
    text: 'Access was not granted, so nothing was stored. If that was a mistake, start again.',
    canStartAgain: true,
  },
  provider_rejected_request: {
    statusCode: 400,
    text: 'The provider rejected what this connector asks for. Ask an administrator to check its OAuth app, redirect URI and scopes.',
  },
  provider_unavailable: {
    statusCode: 502,
    text: 'The provider cannot handle authorizations right now. Try again in a moment.',
    canStartAgain: true,
  },
  code_missing: {
    statusCode: 400,
    text: 'The provider sent no authorization code. Start again.',
    canStartAgain: true,
  },
  exchange_failed: {
    statusCode: 502,
    text: 'The provider did not complete the authorization. Try again; if it keeps failing, tell an administrator.',
    canStartAgain: true,
  },
  connector_misconfigured: {
    statusCode: 500,
    text: 'The OAuth settings of this connector are incomplete or refused by the provider. Ask an administrator to check them.',
  },
  store_unavailable: {
    statusCode: 503,
    text: 'The authorization could not be stored right now. Start again in a moment.',
    canStartAgain: true,
  },
  account_kept: {
    statusCode: 409,
    text: 'The account that was connected stays in use.',
  },
  nothing_to_decide: {
    statusCode: 404,
    text: 'There is nothing left to decide. The connector shows which account is connected.',
  },
  attempt_not_found: {
    statusCode: 404,
    text: 'This authorization is unknown, or it ended more than an hour ago. The connector shows whether you are connected.',
  },
  interrupted: {
    statusCode: 500,
    text: 'The server stopped before it finished this authorization. Start again.',
    canStartAgain: true,
  },
  unexpected: {
    statusCode: 500,
    text: 'The authorization failed on this server. Try again; if it keeps failing, tell an administrator.',
    canStartAgain: true,
  },
};
