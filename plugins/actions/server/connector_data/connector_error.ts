import type { MappedError } from '@latchkey/core/server';
import type { FormIssue } from '../../common/index.ts';

/**
 * Codes of errors about a URL or parameter that an editor entered. Codes are public: new ones may
 * be added, but none is renamed.
 */
export type EndpointRefusalCode =
  | 'endpoints_not_confirmed'
  | 'revocation_url_refused'
  | 'userinfo_url_refused'
  | 'response_mode_refused'
  | 'response_path_refused'
  | 'authorization_params_refused';

/**
 * Codes of refused connector operations. Codes are public: new ones may be added, none is renamed.
 */
export type ConnectorErrorCode =
  | 'not_found'
  | 'space_deleted'
  | 'id_taken'
  | 'too_many_taken_ids'
  | 'id_is_preconfigured'
  | 'preconfigured_is_read_only'
  | 'auth_type_is_fixed'
  | 'auth_mode_is_fixed'
  | 'secrets_required'
  | 'invalid_keep_secrets'
  | 'key_not_configured'
  | 'stale_version'
  | 'connector_too_large'
  | 'connector_limit_reached'
  | 'too_many_executions'
  | 'issuer_mismatch'
  | 'endpoint_mismatch'
  | 'pkce_s256_unsupported'
  | EndpointRefusalCode;

/** A refused connector operation. The message is shown to the caller and contains no secret. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  readonly code: ConnectorErrorCode;
  readonly connectorId: string;
  /**
   * Form fields that caused the refusal, for example `secrets.issuer`. Empty: no single field did.
   */
  readonly fields: readonly string[];

  constructor(
    code: ConnectorErrorCode,
    connectorId: string,
    message: string,
    options: ErrorOptions & { readonly fields?: readonly string[] } = {},
  ) {
    super(message, options);
    this.code = code;
    this.connectorId = connectorId;
    this.fields = options.fields ?? FIELDS[code] ?? [];
  }
}

/** Form fields that cause a refusal, by code. Used when the error does not name fields itself. */
const FIELDS: Partial<Record<ConnectorErrorCode, readonly string[]>> = {
  auth_type_is_fixed: ['secrets.authType'],
  auth_mode_is_fixed: ['secrets.authType'],
  secrets_required: ['secrets'],
  issuer_mismatch: ['secrets.issuer'],
  endpoint_mismatch: ['secrets.issuer'],
  pkce_s256_unsupported: ['secrets.issuer'],
  endpoints_not_confirmed: ['secrets.authorizationUrl'],
  revocation_url_refused: ['secrets.revocationUrl'],
  userinfo_url_refused: ['secrets.userinfoUrl'],
  response_mode_refused: ['secrets.authorizationUrl'],
  response_path_refused: ['secrets.accessTokenPath'],
  authorization_params_refused: ['secrets.authorizationUrl'],
};

/** Converts a refusal to one issue for each field that caused it, or to one for the whole form. */
export function issuesOf({ code, message, fields }: ConnectorError): readonly FormIssue[] {
  return (fields.length === 0 ? [''] : fields).map((path) => ({ path, code, message }));
}

/**
 * Creates the error for a connector that does not exist. The error is the same if the connector was
 * deleted or is in another space, so that callers learn nothing about other spaces (F71).
 */
export function connectorNotFound(connectorId: string): ConnectorError {
  return new ConnectorError(
    'not_found',
    connectorId,
    `Saved object [action/${connectorId}] not found`,
  );
}

/** Creates the error for a new connector whose chosen id is already taken. */
export function connectorIdTaken(connectorId: string, options?: ErrorOptions): ConnectorError {
  return new ConnectorError(
    'id_taken',
    connectorId,
    `Connector id [${connectorId}] is already taken`,
    options,
  );
}

const HTTP_STATUS: Record<ConnectorErrorCode, number> = {
  not_found: 404,
  space_deleted: 404,
  id_taken: 409,
  too_many_taken_ids: 429,
  // Same status as in Kibana. Not 409: neither a retry nor a deletion can free the id.
  id_is_preconfigured: 400,
  preconfigured_is_read_only: 400,
  auth_type_is_fixed: 400,
  auth_mode_is_fixed: 400,
  secrets_required: 400,
  invalid_keep_secrets: 400,
  // 503, because another server of the cluster may have the key.
  key_not_configured: 503,
  stale_version: 409,
  connector_too_large: 400,
  connector_limit_reached: 400,
  too_many_executions: 429,
  issuer_mismatch: 400,
  endpoint_mismatch: 400,
  pkce_s256_unsupported: 400,
  endpoints_not_confirmed: 400,
  revocation_url_refused: 400,
  userinfo_url_refused: 400,
  response_mode_refused: 400,
  response_path_refused: 400,
  authorization_params_refused: 400,
};

/** Maps {@link ConnectorError} to an HTTP error. Returns `undefined` for any other error. */
export function mapConnectorError(error: unknown): MappedError | undefined {
  if (!(error instanceof ConnectorError)) return undefined;
  return {
    statusCode: HTTP_STATUS[error.code],
    message: error.message,
    ...(error.code === 'too_many_executions' ? { headers: { 'retry-after': '1' } } : {}),
    attributes: {
      code: error.code,
      ...(error.fields.length === 0 ? {} : { issues: issuesOf(error) }),
    },
  };
}
