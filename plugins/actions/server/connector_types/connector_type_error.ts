import type { FormIssue } from '../../common/index.ts';

/** Reasons to refuse a connector type or its input. Codes are public: added, never renamed. */
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
 * A connector type that cannot be registered or used, or invalid input. The message names fields,
 * never values.
 */
export class ConnectorTypeError extends Error {
  override readonly name = 'ConnectorTypeError';
  readonly code: ConnectorTypeErrorCode;
  readonly connectorTypeId: string;
  /** Problems by field. Empty: the error is not about fields of a form. */
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
