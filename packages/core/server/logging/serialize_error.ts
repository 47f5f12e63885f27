import { StoreError } from '@latchkey/saved-objects';
import { scrubText } from './scrub_text.ts';

const MAX_CAUSES = 5;
const CODE = /^[A-Za-z0-9_.:-]{1,64}$/;

/** An error in ECS field names. */
export interface SerializedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  /**
   * Names and codes of the causes, outermost first. Messages are omitted, because they may quote
   * network data. Only messages of the store are kept: they are sentences for the operator, and
   * often only they name a remedy.
   */
  readonly cause?: readonly string[];
  readonly stack_trace?: string;
}

/**
 * Reduces an error to type, message and code. Other properties (such as `config`, `headers`,
 * `request` and `response` of an HTTP client's error) are never read.
 */
export function serializeError(error: Error, withStack: boolean): SerializedError {
  const code = codeOf(error);
  const causes = causesOf(error);
  return {
    type: nameOf(error),
    message: messageOf(error),
    ...(code === undefined ? {} : { code }),
    ...(causes.length === 0 ? {} : { cause: causes }),
    ...(withStack && error.stack !== undefined ? { stack_trace: stackOf(error) } : {}),
  };
}

/**
 * Returns the message of an error. JSON's parser quotes the text that it rejected, which may be a
 * provider's response, so its message is replaced.
 */
function messageOf(error: Error): string {
  if (error.name === 'SyntaxError' && /JSON/.test(error.message)) return 'not valid JSON';
  return scrubText(String(error.message));
}

/** Returns only the frames of a stack: the text above them repeats the message. */
function stackOf(error: Error): string {
  const frames = String(error.stack)
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  return [`${nameOf(error)}: ${messageOf(error)}`, ...frames].join('\n');
}

function causesOf(error: Error): string[] {
  const causes: string[] = [];
  let cause = error.cause;
  while (isError(cause) && causes.length < MAX_CAUSES) {
    const code = codeOf(cause);
    const name = code === undefined ? nameOf(cause) : `${nameOf(cause)} ${code}`;
    causes.push(cause instanceof StoreError ? `${name}: ${messageOf(cause)}` : name);
    cause = cause.cause;
  }
  return causes;
}

function codeOf(error: Error): string | undefined {
  const code = 'code' in error ? error.code : undefined;
  const text = typeof code === 'number' ? String(code) : code;
  return typeof text === 'string' && CODE.test(text) ? text : undefined;
}

const nameOf = (error: Error): string =>
  typeof error.name === 'string' && CODE.test(error.name) ? error.name : 'Error';

/**
 * Describes an error in one redacted line for a terminal. Only a `ConfigError` keeps its line
 * breaks.
 */
export function describeError(error: unknown): string {
  if (!isError(error)) return 'a value that is not an error was thrown';
  const { type, message, code } = serializeError(error, false);
  return code === undefined ? `${type}: ${message}` : `${type} ${code}: ${message}`;
}

/**
 * Returns `true` if a value is an error. `Error.isError` recognises errors of every realm;
 * `instanceof` those that libraries create without the constructor.
 */
export function isError(value: unknown): value is Error {
  return Error.isError(value) || value instanceof Error;
}
