import type { FormIssue } from '../../common/index.ts';

/**
 * Codes of errors about a connector type or its input. Codes are public: new ones may be added,
 * none is renamed.
 */
export type ConnectorTypeErrorCode =
  | 'duplicate_type'
  | 'registry_closed'
  | 'invalid_spec'
  | 'unknown_type'
  | 'type_disabled'
  | 'invalid_config'
  | 'invalid_secrets'
  | 'invalid_params'
  | 'params_too_large'
  | 'action_not_enabled'
  | 'url_not_allowed'
  | 'ears_unavailable';

/**
 * Refuses invalid input, or a connector type that cannot be registered or used. The message names
 * fields, never their values.
 */
export class ConnectorTypeError extends Error {
  override readonly name = 'ConnectorTypeError';
  readonly code: ConnectorTypeErrorCode;
  readonly connectorTypeId: string;
  /** Problems by field. Empty: the error does not concern fields of a form. */
  readonly issues: readonly FormIssue[];

  constructor(
    code: ConnectorTypeErrorCode,
    connectorTypeId: string,
    message: string,
    options: ErrorOptions & { readonly issues?: readonly FormIssue[] } = {},
  ) {
    super(message, options);
    this.code = code;
    this.connectorTypeId = connectorTypeId;
    this.issues = options.issues ?? [];
  }
}
