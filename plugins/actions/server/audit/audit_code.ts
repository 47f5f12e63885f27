import { isConnectorAuthorizationError } from '@latchkey/connector-specs';
import { errorCodeOf } from '@latchkey/core/server';

/**
 * Returns the code that describes a failure in audit events: for a `ConnectorAuthorizationError`
 * the reason why the user must authorize, for other errors their code.
 */
export function auditCodeOf(error: unknown): string {
  return isConnectorAuthorizationError(error) ? error.reason : errorCodeOf(error);
}
