/** Why an authorization did not come about. Codes are public: added, never renamed. */
export type FlowErrorCode =
  | 'public_base_url_missing'
  | 'return_url_refused'
  | 'endpoint_not_allowed'
  | 'rate_limited'
  | 'state_missing'
  | 'state_invalid'
  | 'state_used'
  | 'state_expired'
  | 'wrong_user'
  | 'wrong_browser'
  | 'wrong_provider'
  | 'issuer_mismatch'
  | 'not_permitted'
  | 'connector_gone'
  | 'connector_changed'
  | 'provider_refused'
  | 'code_missing'
  | 'exchange_failed'
  | 'connector_misconfigured'
  | 'not_saved'
  | 'unexpected';

/** One row per code: the status everybody is told, and the words for the person in front of the browser. */
const ANSWERS: Record<FlowErrorCode, { readonly statusCode: number; readonly text: string }> = {
  public_base_url_missing: {
    statusCode: 400,
    text: 'This server does not know its own address. Ask an administrator to set [server.publicBaseUrl].',
  },
  return_url_refused: { statusCode: 400, text: 'The return URL must lead back to this server.' },
  endpoint_not_allowed: {
    statusCode: 400,
    text: 'An authorization endpoint of this connector is not in [xpack.actions.allowedHosts]. Ask an administrator.',
  },
  rate_limited: {
    statusCode: 429,
    text: 'Too many authorization attempts. Wait a while and try again.',
  },
  state_missing: {
    statusCode: 400,
    text: 'This link is incomplete. Start the authorization again from the connector.',
  },
  state_invalid: {
    statusCode: 400,
    text: 'This authorization is unknown or has timed out. Start it again from the connector.',
  },
  state_used: {
    statusCode: 400,
    text: 'This authorization was already completed. You can close this window.',
  },
  state_expired: {
    statusCode: 400,
    text: 'This authorization is unknown or has timed out. Start it again from the connector.',
  },
  wrong_user: {
    statusCode: 403,
    text: 'This authorization was started by somebody else. Start your own from the connector.',
  },
  wrong_browser: {
    statusCode: 403,
    text: 'This authorization was started in another browser. Start it again in this one.',
  },
  wrong_provider: {
    statusCode: 400,
    text: 'The answer came from another provider than the one that was asked. Nothing was stored.',
  },
  issuer_mismatch: {
    statusCode: 400,
    text: 'The answer came from another provider than the one that was asked. Nothing was stored.',
  },
  not_permitted: { statusCode: 403, text: 'You may not authorize connectors in this space.' },
  connector_gone: { statusCode: 404, text: 'The connector no longer exists.' },
  connector_changed: {
    statusCode: 409,
    text: 'The connector was changed while you were authorizing it. Start again from the connector.',
  },
  provider_refused: { statusCode: 400, text: 'The provider did not grant the authorization.' },
  code_missing: {
    statusCode: 400,
    text: 'The provider sent no authorization code. Start again from the connector.',
  },
  exchange_failed: {
    statusCode: 502,
    text: 'The provider did not complete the authorization. Try again; if it keeps failing, tell an administrator.',
  },
  connector_misconfigured: {
    statusCode: 500,
    text: 'The OAuth settings of this connector are incomplete or refused by the provider. Ask an administrator to check them.',
  },
  not_saved: {
    statusCode: 503,
    text: 'The authorization could not be stored right now. Start again in a moment.',
  },
  unexpected: {
    statusCode: 500,
    text: 'The authorization failed on this server. Try again; if it keeps failing, tell an administrator.',
  },
};

/** A refused or failed authorization. `message` is for the person; it holds nothing the provider sent unless `detail` was given. */
export class FlowError extends Error {
  override readonly name = 'FlowError';
  readonly code: FlowErrorCode;
  readonly statusCode: number;
  /** Milliseconds; only for `rate_limited`. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: FlowErrorCode,
    options: ErrorOptions & {
      readonly detail?: string | undefined;
      readonly retryAfterMs?: number;
    } = {},
  ) {
    const { statusCode, text } = ANSWERS[code];
    super(options.detail === undefined ? text : `${text}\n\n${options.detail}`, options);
    this.code = code;
    this.statusCode = statusCode;
    this.retryAfterMs = options.retryAfterMs;
  }
}
