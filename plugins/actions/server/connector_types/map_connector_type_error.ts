import type { MappedError } from '@latchkey/core/server';
import { ConnectorTypeError, type ConnectorTypeErrorCode } from './connector_type_error.ts';

const HTTP_STATUS: Record<ConnectorTypeErrorCode, number> = {
  duplicate_type: 500,
  registry_closed: 500,
  invalid_spec: 500,
  unknown_type: 400,
  type_disabled: 403,
  invalid_config: 400,
  invalid_secrets: 400,
  invalid_params: 400,
  params_too_large: 413,
  action_not_enabled: 403,
  url_not_allowed: 400,
  ears_unavailable: 400,
};

/**
 * Maps {@link ConnectorTypeError} to an HTTP error. Returns `undefined` for any other error and for
 * faults of this server, which get 500.
 */
export const mapConnectorTypeError = (error: unknown): MappedError | undefined => {
  if (!(error instanceof ConnectorTypeError)) return undefined;
  const statusCode = HTTP_STATUS[error.code];
  if (statusCode >= 500) return undefined;
  const { code, message, issues } = error;
  return {
    statusCode,
    message,
    attributes: { code, ...(issues.length === 0 ? {} : { issues }) },
  };
};
