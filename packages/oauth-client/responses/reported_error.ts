import type { Answer } from './answer.ts';
import { readPath } from './dotted_path.ts';
import { isRecord } from './record.ts';

/** What the provider says went wrong. For matching against tables only: never shown, never logged. */
export interface ReportedError {
  /** Lower case. */
  readonly error: string;
  /** Lower case; empty when there is none. */
  readonly description: string;
}

const MAX_LENGTH = 500;

/**
 * An error the body states outright: `error` (RFC 6749 §5.2, whatever the HTTP status), a structured `error` object, or Slack's `ok: false`.
 */
export function statedError(body: Answer['body']): ReportedError | undefined {
  if (body === undefined) return undefined;
  const error = firstText(body['error']) ?? nestedError(body['error']);
  if (error !== undefined) return report(error, body);
  return body['ok'] === false ? report('unknown_error', body) : undefined;
}

/**
 * An error in a field that means one only when there is no token: `code`, `error_code`, or a path the provider's entry names.
 */
export function impliedError(
  body: Answer['body'],
  errorPaths: readonly string[],
): ReportedError | undefined {
  if (body === undefined) return undefined;
  for (const path of [...errorPaths, 'code', 'error_code', 'errorCode']) {
    const error = firstText(readPath(body, path));
    if (error !== undefined) return report(error, body);
  }
  return undefined;
}

function nestedError(error: unknown): string | undefined {
  // A status in place of a code. `0` and `false` mean that there is none.
  if (typeof error === 'number' && error !== 0) return String(error);
  if (!isRecord(error)) return error === true ? 'unknown_error' : undefined;
  for (const key of ['error', 'code', 'type', 'status', 'reason']) {
    const text = firstText(error[key]);
    if (text !== undefined) return text;
  }
  return 'unknown_error';
}

function report(error: string, body: Readonly<Record<string, unknown>>): ReportedError {
  const nested = isRecord(body['error']) ? body['error']['message'] : undefined;
  const description =
    firstText(body['error_description']) ?? firstText(body['message']) ?? firstText(nested) ?? '';
  return { error: error.toLowerCase(), description: description.toLowerCase() };
}

function firstText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim().slice(0, MAX_LENGTH);
  return text === '' ? undefined : text;
}
