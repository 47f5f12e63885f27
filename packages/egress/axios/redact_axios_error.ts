import { isAxiosError } from 'axios';

/** Fields that carry the request's headers and body, and the answer's. */
const HIDDEN = ['config', 'request', 'response'] as const;

/**
 * Makes an axios error safe to log, serialise or inspect: `config`, `request` and `response` stay readable for interceptors
 * (`instance(error.config)` works) but are skipped by JSON, `util.inspect`, object spread and error serialisers.
 * @returns the same error; anything that is no axios error comes back untouched
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

/** V8 quotes the text that is no JSON, which is the answer's body, in message, stack and cause. */
function dropQuotedBody(error: Error): void {
  error.message = 'the answer is not valid JSON';
  error.stack = `${error.name}: ${error.message}`;
  hide(error, 'cause', undefined);
}

/** A non-enumerable, still writable property. */
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

/** Query, fragment and user information of a URL may hold keys; scheme, host and path say enough. */
function withoutSecrets(
  config: { readonly url?: string | undefined; readonly baseURL?: string | undefined } | undefined,
): string | undefined {
  const url = config?.url === undefined ? null : URL.parse(config.url, config.baseURL);
  return url === null ? undefined : `${url.origin}${url.pathname}`;
}
