import { isAxiosError } from 'axios';
import { ConnectorActionError } from '../contract/connector_action_error.ts';
import { bytesOf } from './bytes_of.ts';

/** Reads a service's short reason code from an error body of any type; `undefined`: it has none. */
export type ReasonReader = (body: unknown) => string | undefined;

/** A code, not prose: prose may quote what was sent, credentials included. */
const REASON = /^[A-Za-z0-9_.:-]{1,64}$/;

/** Error bodies larger than this are no error bodies. */
const MAX_ERROR_BODY_BYTES = 65_536;

const bodyOf = (data: unknown): unknown => {
  const text = typeof data === 'string' ? data : bytesOf(data)?.toString('utf8');
  if (text === undefined) return data;
  if (text.length > MAX_ERROR_BODY_BYTES) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // An HTML page of a gateway, for example: the status alone has to do.
    return undefined;
  }
};

/** A `Retry-After` in seconds, as milliseconds; `undefined` for dates and anything else. */
export const retryAfterMsOf = (value: unknown): number | undefined =>
  typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) * 1_000 : undefined;

/**
 * Replaces an HTTP client error that has an answer by one that is safe to show: `<api> error (<status>): <reason>`. Every other
 * error is returned as it is, so that authorization, egress and abort errors keep their meaning.
 */
export const toVendorError = (error: unknown, api: string, readReason: ReasonReader): unknown => {
  if (!isAxiosError(error) || error.response === undefined) return error;
  const { status, data, headers } = error.response;
  const reason = readReason(bodyOf(data));
  const safeReason = reason !== undefined && REASON.test(reason) ? reason : undefined;
  return new ConnectorActionError(
    'vendor_error',
    `${api} error (${status})${safeReason === undefined ? '' : `: ${safeReason}`}`,
    { status, reason: safeReason, retryAfterMs: retryAfterMsOf(headers['retry-after']) },
  );
};
