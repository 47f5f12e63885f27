import { isAnyArrayBuffer } from 'node:util/types';
import { isAxiosError } from '@latchkey/egress/errors';
import { parseRetryAfter } from '@latchkey/oauth-providers';
import { ConnectorActionError } from '../contract/errors.ts';

/** Reads the error code of a service from an error body of any type. `undefined`: none. */
export type ReasonReader = (body: unknown) => string | undefined;

/**
 * A permitted error code. Sentences are refused, because they may quote the request with its
 * credentials.
 */
const REASON = /^[A-Za-z0-9_.:-]{1,64}$/;

/** Maximum size in bytes of an error body that is parsed. */
const MAX_ERROR_BODY_BYTES = 65_536;

const bodyOf = (data: unknown): unknown => {
  const text = typeof data === 'string' ? data : bytesOf(data)?.toString('utf8');
  if (text === undefined) return data;
  if (text.length > MAX_ERROR_BODY_BYTES) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // The body is, for example, an HTML page of a gateway. The status suffices.
    return undefined;
  }
};

/**
 * Converts an HTTP client error with a response to an error that is safe to display: `<api> error
 * (<status>): <reason>`. Returns any other error unchanged, so that authorization, egress and abort
 * errors keep their type.
 */
export const toVendorError = (error: unknown, api: string, readReason: ReasonReader): unknown => {
  if (!isAxiosError(error) || error.response === undefined) return error;
  const { status, data, headers } = error.response;
  const reason = readReason(bodyOf(data));
  const safeReason = reason !== undefined && REASON.test(reason) ? reason : undefined;
  return new ConnectorActionError(
    'vendor_error',
    `${api} error (${status})${safeReason === undefined ? '' : `: ${safeReason}`}`,
    {
      status,
      reason: safeReason,
      retryAfterMs: parseRetryAfter(headers['retry-after'], new Date()),
    },
  );
};

/** The bytes of a response in any binary form. `undefined`: the data is not binary. */
const bytesOf = (data: unknown): Buffer | undefined => {
  if (isAnyArrayBuffer(data)) return Buffer.from(data);
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return undefined;
};
