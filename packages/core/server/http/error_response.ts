import { STATUS_CODES } from 'node:http';
import { SavedObjectError, type SavedObjectErrorCode, StoreError } from '@latchkey/saved-objects';
import type { ErrorBody } from '../../common/index.ts';
import { HttpError } from './http_error.ts';
import type { ErrorMapper, MappedError } from './types.ts';

/** Seconds after which a client may retry when the store does not respond. */
const RETRY_AFTER_STORE = '5';

const SAVED_OBJECT_STATUS: Record<SavedObjectErrorCode, number> = {
  not_found: 404,
  conflict: 409,
  contended: 409,
  invalid_attributes: 400,
  store_unavailable: 503,
  undecryptable: 500,
  unknown_type: 500,
  // This is temporary: another process can serve the request, or this one after its upgrade.
  newer_version: 503,
};

/**
 * Status and text for errors of the HTTP framework. Its own texts are replaced, because they quote
 * paths and parts of bodies.
 */
const FRAMEWORK_MESSAGES: Readonly<Record<string, readonly [status: number, message: string]>> = {
  FST_ERR_BAD_URL: [400, 'The URL is malformed.'],
  FST_ERR_MAX_PARAM_LENGTH: [400, 'A segment of the URL is too long.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'Unsupported content type: send application/json.'],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'The request body is too large.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'The request body does not match its content length.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'The request body is empty.'],
  FST_ERR_CTP_INVALID_JSON_BODY: [
    400,
    'The request body is not valid JSON, or has a key `__proto__`, which is not allowed.',
  ],
  // Fastify raises this error for the method QUERY before it looks up the route. No route has this
  // method.
  FST_ERR_ROUTE_MISSING_CONTENT_TYPE: [404, 'Not Found'],
};

/**
 * An error in HTTP terms. `known: true`: the code chose this response on purpose. `false`: the
 * error is a fault of the server.
 */
export interface ErrorResponse extends MappedError {
  readonly known: boolean;
}

/**
 * Converts an error to a response. No other code does this. The mappings are tried in this order:
 * that of the router, {@link HttpError}, saved object errors, framework errors. Any other error
 * becomes a 500 whose text contains only the request id.
 */
export function toErrorResponse(
  error: unknown,
  requestId: string,
  mapError: ErrorMapper | undefined,
): ErrorResponse {
  const mapped = mapSafely(error, mapError) ?? fromKnownError(error);
  if (mapped !== undefined) return { ...mapped, known: true };
  return {
    statusCode: 500,
    message: 'An internal server error occurred.',
    attributes: { requestId },
    known: false,
  };
}

/**
 * Codes for requests that the server itself refuses, or for which the route sets no code. Every
 * body with a 4xx status has a code, so that a page can translate it.
 */
type RefusalCode =
  | 'bad_request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'other_user'
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'wrong_host'
  | 'too_many_requests';

const CODE_BY_STATUS: Readonly<Record<number, RefusalCode>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  412: 'other_user',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  421: 'wrong_host',
  429: 'too_many_requests',
};

/** Returns the attributes of an error. Those of a 4xx status always contain a code. */
function attributesOf({ statusCode, attributes }: MappedError): MappedError['attributes'] {
  if (statusCode >= 500 || attributes?.['code'] !== undefined) return attributes;
  return { ...attributes, code: CODE_BY_STATUS[statusCode] ?? 'bad_request' };
}

/** Returns the error body in Kibana's shape. */
export function errorBody(response: MappedError): ErrorBody {
  const { statusCode, message } = response;
  const attributes = attributesOf(response);
  const error = STATUS_CODES[statusCode] ?? 'Error';
  return attributes === undefined
    ? { statusCode, error, message }
    : { statusCode, error, message, attributes };
}

function mapSafely(error: unknown, mapError: ErrorMapper | undefined): MappedError | undefined {
  try {
    return mapError?.(error);
  } catch {
    // The error of the mapper must not hide the original error, which becomes a 500 and is logged
    // as unknown.
    return undefined;
  }
}

function fromKnownError(error: unknown): MappedError | undefined {
  if (error instanceof HttpError) return fromHttpError(error);
  if (error instanceof SavedObjectError) return fromSavedObjectError(error);
  if (error instanceof StoreError && error.code === 'unavailable') return storeUnavailable();
  return fromFrameworkError(error);
}

/**
 * Maps an error of the HTTP framework. One with a 4xx status is the caller's fault, even when the
 * table does not contain its code.
 */
function fromFrameworkError(error: unknown): MappedError | undefined {
  const code = frameworkCode(error);
  const row = FRAMEWORK_MESSAGES[code];
  if (row !== undefined) return { statusCode: row[0], message: row[1] };
  if (!code.startsWith('FST_')) return undefined;
  const { statusCode } = error as { readonly statusCode?: unknown };
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode >= 500) return undefined;
  return { statusCode, message: STATUS_CODES[statusCode] ?? 'Bad Request' };
}

function fromHttpError({ statusCode, message, headers, attributes }: HttpError): MappedError {
  return attributes === undefined
    ? { statusCode, message, headers }
    : { statusCode, message, headers, attributes };
}

function fromSavedObjectError(error: SavedObjectError): MappedError | undefined {
  if (error.code === 'unknown_type') return undefined;
  if (error.code === 'store_unavailable') return storeUnavailable();
  const response = {
    statusCode: SAVED_OBJECT_STATUS[error.code],
    message: error.message,
    attributes: { code: error.code },
  };
  return error.code === 'newer_version'
    ? { ...response, headers: { 'retry-after': RETRY_AFTER_STORE } }
    : response;
}

const storeUnavailable = (): MappedError => ({
  statusCode: 503,
  message: 'The data store does not respond. Try again shortly.',
  headers: { 'retry-after': RETRY_AFTER_STORE },
});

function frameworkCode(error: unknown): string {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  return hasCode && typeof error.code === 'string' ? error.code : '';
}
