import type { EndpointRefusalCode } from '../../connector_data/index.ts';

/**
 * A URL or parameter of an editor that is refused. The message is for administrators and contains
 * hosts, but no paths.
 */
export interface EndpointRefusal {
  readonly code: EndpointRefusalCode;
  readonly message: string;
  /** Form field with the refused value, such as `config.url`. Absent: the one of the code. */
  readonly field?: string;
}

/** Codes of configuration errors, which an administrator must correct. */
export type ConfigurationErrorCode =
  | 'not_oauth'
  | 'oauth_incomplete'
  | EndpointRefusalCode
  | 'ears_not_configured'
  | 'ears_disabled'
  | 'client_rejected'
  | 'request_rejected'
  | 'endpoint_not_allowed'
  | 'secrets_missing'
  | 'secrets_undecryptable';

/**
 * The connector or the server is misconfigured. Only an administrator can correct this, so users
 * are not asked to authorize again.
 */
export class ConnectorConfigurationError extends Error {
  override readonly name = 'ConnectorConfigurationError';
  readonly code: ConfigurationErrorCode;
  readonly connectorId: string;

  constructor(
    code: ConfigurationErrorCode,
    connectorId: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.connectorId = connectorId;
  }
}
