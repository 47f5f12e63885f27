import { isAxiosError } from './is_axios_error.ts';

/** Fields of an axios error that contain headers and bodies of the request and the response. */
const HIDDEN = ['config', 'request', 'response'] as const;

/**
 * Makes an axios error safe to log. `config`, `request` and `response` stay readable, so
 * `instance(error.config)` works, but JSON, `util.inspect`, object spread and error serialisers
 * skip them.
 * @returns the same error; any other value is returned unchanged
 */
export function redactAxiosError<T>(error: T): T {
  if (!isAxiosError(error)) return error;
  for (const field of HIDDEN) {
    const value: unknown = error[field];
    if (value !== undefined) hide(error, field, value);
  }
  hide(error, 'toJSON', () => publicView(error));
  if (error.name === 'SyntaxError') dropQuotedBody(error);
  return error;
}

/**
 * Replaces the message of a JSON syntax error. V8 quotes the invalid text, which is the response
 * body, in `message`, `stack` and `cause`.
 */
function dropQuotedBody(error: Error): void {
  error.message = 'the response is not valid JSON';
  error.stack = `${error.name}: ${error.message}`;
  hide(error, 'cause', undefined);
}

/** Defines a property that is writable but not enumerable. */
export function hide(target: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    enumerable: false,
    writable: true,
    configurable: true,
  });
}

function publicView(error: {
  readonly name: string;
  readonly message: string;
  readonly code?: string | undefined;
  readonly status?: number | undefined;
  readonly config?:
    | {
        readonly method?: string | undefined;
        readonly url?: string | undefined;
        readonly baseURL?: string | undefined;
      }
    | undefined;
}): Record<string, unknown> {
  const { name, message, code, status, config } = error;
  return { name, message, code, status, method: config?.method, url: withoutSecrets(config) };
}

/**
 * Returns scheme, host and path of a URL. Query, fragment and user information may contain secrets.
 * @returns `undefined`: there is no valid URL
 */
function withoutSecrets(
  config: { readonly url?: string | undefined; readonly baseURL?: string | undefined } | undefined,
): string | undefined {
  const url = config?.url === undefined ? null : URL.parse(config.url, config.baseURL);
  return url === null ? undefined : `${url.origin}${url.pathname}`;
}
