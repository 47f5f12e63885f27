import type { MappedError } from '@latchkey/core/server';
import { SavedObjectError } from '@latchkey/saved-objects';
import { ConnectorConfigurationError } from '../strategies/index.ts';
import { TokenUnavailableError } from '../tokens/index.ts';
import { FlowError } from './flow_error.ts';

/**
 * Maps errors of starting and ending authorizations to HTTP errors. Returns `undefined` for any
 * other error.
 */
export function mapFlowError(error: unknown): MappedError | undefined {
  if (error instanceof FlowError) {
    const { retryAfterMs } = error;
    return {
      statusCode: error.statusCode,
      message: error.message,
      attributes: { code: error.code },
      ...(retryAfterMs === undefined
        ? {}
        : { headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) } }),
    };
  }
  if (error instanceof ConnectorConfigurationError) {
    // Status 500 for all other codes, as in Kibana: the request is valid, and an administrator must
    // correct the connector.
    const statusCode = error.code === 'not_oauth' ? 400 : 500;
    return { statusCode, message: error.message, attributes: { code: error.code } };
  }
  if (error instanceof SavedObjectError && error.code === 'undecryptable') {
    return {
      statusCode: 500,
      message:
        'The secrets of this connector cannot be read. An administrator must enter them again.',
      attributes: { code: 'secrets_undecryptable' },
    };
  }
  if (error instanceof TokenUnavailableError) {
    return {
      statusCode: 503,
      message: error.message,
      attributes: { code: error.code },
      headers: { 'retry-after': '5' },
    };
  }
  return undefined;
}
