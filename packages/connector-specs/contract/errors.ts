/**
 * Cause of a failed action. `invalid_input`: the connector rejects the input of the caller.
 * `vendor_error`: the service responded with an error status. `unexpected_response`: the response
 * of the service does not have its documented form.
 */
export type ConnectorActionErrorCode = 'invalid_input' | 'vendor_error' | 'unexpected_response';

/**
 * Party that can correct a failure. `user`: the caller of the action. `administrator`: the owner
 * of the connector. `nobody`: the failure is temporary.
 */
export type FailureActor = 'user' | 'administrator' | 'nobody';

/** Response with which a service made an action fail. Contains no session and no credential. */
export interface FailedResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: unknown;
}

/**
 * A failed action, with a message that is safe to display: no header, body or credential. It has no
 * `cause`, because HTTP client errors contain the request with its Authorization header.
 */
export class ConnectorActionError extends Error {
  override readonly name = 'ConnectorActionError';
  readonly code: ConnectorActionErrorCode;
  /**
   * HTTP status of the response. `undefined`: the error has a different code than `vendor_error`.
   */
  readonly status: number | undefined;
  /** Error code of the service, for example `rateLimitExceeded`. `undefined`: none. */
  readonly reason: string | undefined;
  /** Time after which the service permits a repetition, in milliseconds. `undefined`: unknown. */
  readonly retryAfterMs: number | undefined;
  /** `true`: the service refused the call because of a rate limit, whatever its status. */
  readonly isRateLimit: boolean;
  /** Message of the service, bounded and without credentials. `undefined`: none. */
  readonly vendorMessage: string | undefined;
  /** Id by which the service knows the request. `undefined`: none. */
  readonly requestId: string | undefined;
  /** Party that can correct the failure. `undefined`: the status alone decides. */
  readonly whoActs: FailureActor | undefined;

  /** The message in the form of Kibana's connector. `undefined`: such a caller uses `message`. */
  readonly serviceMessage: string | undefined;
  /**
   * `true`: the status means that the caller or the owner of the connector must change something.
   */
  readonly isUserError: boolean;
  /** A private field, so that no log contains the body of a response. */
  readonly #failedResponse: FailedResponse | undefined;

  constructor(
    code: ConnectorActionErrorCode,
    message: string,
    facts: {
      readonly status?: number | undefined;
      readonly reason?: string | undefined;
      readonly retryAfterMs?: number | undefined;
      readonly serviceMessage?: string | undefined;
      readonly isUserError?: boolean;
      readonly isRateLimit?: boolean;
      readonly vendorMessage?: string | undefined;
      readonly requestId?: string | undefined;
      readonly whoActs?: FailureActor | undefined;
      readonly failedResponse?: FailedResponse;
    } = {},
  ) {
    super(message);
    this.code = code;
    this.status = facts.status;
    this.reason = facts.reason;
    this.retryAfterMs = facts.retryAfterMs;
    this.serviceMessage = facts.serviceMessage;
    this.isUserError = facts.isUserError ?? false;
    this.isRateLimit = facts.isRateLimit ?? false;
    this.vendorMessage = facts.vendorMessage;
    this.requestId = facts.requestId;
    this.whoActs = facts.whoActs;
    this.#failedResponse = facts.failedResponse;
  }

  /** Response of the service, for callers in this server. `undefined`: none. */
  get failedResponse(): FailedResponse | undefined {
    return this.#failedResponse;
  }
}

/**
 * Facts about a failed action that a caller can use, for example `contentLengthBytes` and
 * `estimatedOutputBytes`. Must not contain secrets.
 */
export type ConnectorActionErrorMeta = Readonly<Record<string, string | number | boolean>>;

/**
 * Facts by error. They are not properties of the error, so that frozen errors work and serializers
 * do not print them.
 */
const metaOfErrors = new WeakMap<object, ConnectorActionErrorMeta>();

/**
 * Attaches facts to an error before the error is rethrown. A later value of a fact replaces an
 * earlier one. Does nothing if `error` is not an object.
 */
export const setConnectorActionErrorMeta = (
  error: unknown,
  meta: ConnectorActionErrorMeta,
): void => {
  if (typeof error !== 'object' || error === null) return;
  metaOfErrors.set(error, { ...metaOfErrors.get(error), ...meta });
};

/** Facts that {@link setConnectorActionErrorMeta} attached. `undefined`: none. */
export const getConnectorActionErrorMeta = (
  error: unknown,
): ConnectorActionErrorMeta | undefined =>
  typeof error === 'object' && error !== null ? metaOfErrors.get(error) : undefined;

/**
 * Reason for which the user must authorize, possibly again. Kibana defines the first five.
 * `no_user`: a call without a user. `missing_scope`: the authorization lacks a scope.
 * `site_not_chosen`: the authorization covers several sites, and the user has to choose one.
 */
export type AuthorizationReason =
  | 'no_token'
  | 'token_expired'
  | 'refresh_token_expired'
  | 'token_revoked'
  | 'refresh_failed'
  | 'no_user'
  | 'missing_scope'
  | 'site_not_chosen';

/**
 * The user must authorize. Callers compare the `name`, because a class may exist twice in a
 * process.
 */
export class ConnectorAuthorizationError extends Error {
  override readonly name = 'ConnectorAuthorizationError';
  /** Auth type id, for example `ears`. */
  readonly authMethod: string;
  readonly reason: AuthorizationReason;

  constructor(
    authMethod: string,
    reason: AuthorizationReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.authMethod = authMethod;
    this.reason = reason;
  }
}

/** Returns `true` if a value is a ConnectorAuthorizationError, or an object with its name. */
export function isConnectorAuthorizationError(
  error: unknown,
): error is ConnectorAuthorizationError {
  return (
    typeof error === 'object' &&
    error !== null &&
    'name' in error &&
    error.name === 'ConnectorAuthorizationError'
  );
}
