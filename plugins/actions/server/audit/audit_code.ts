import { isConnectorAuthorizationError } from '@latchkey/connector-specs';
import { errorCodeOf } from '@latchkey/core/server';

/** The code of a failure in audit events: the reason why a user must authorize, or a code. */
export function auditCodeOf(error: unknown): string {
  return isConnectorAuthorizationError(error) ? error.reason : errorCodeOf(error);
}
