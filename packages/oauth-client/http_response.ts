import { isRecord, valuesAt } from '@latchkey/oauth-providers';
import { failedFetch } from './protocol_io.ts';

/** A JSON object of unknown content. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A provider's response, read completely. Its content never enters messages or logs. */
export interface HttpResponse {
  readonly endpoint: string;
  readonly status: number;
  /** `true`: the status is 2xx. */
  readonly isSuccess: boolean;
  /**
   * The top-level object of a JSON or form-encoded body. The content type does not matter, because
   * a token that is not read stays valid at the provider. `undefined`: any other body.
   */
  readonly body: JsonObject | undefined;
  readonly isHtml: boolean;
  /** The `Retry-After` header. `null`: the response has none. */
  readonly retryAfter: string | null;
  /** Id that the provider gave to the request. `undefined`: it gave none. */
  readonly providerRequestId: string | undefined;
}

/**
 * Reads a response of any status.
 * @throws OAuthError `network`, `timeout` or `malformed_response` when the body ends early or is
 * too large
 */
export async function readResponse(endpoint: string, response: Response): Promise<HttpResponse> {
  let text: string;
  try {
    text = await response.text();
  } catch (error) {
    throw failedFetch(error, endpoint, 'sent');
  }
  const contentType = response.headers.get('content-type')?.toLowerCase() ?? '';
  const body = parseBody(contentType, text);
  return {
    endpoint,
    status: response.status,
    isSuccess: response.ok,
    body,
    isHtml: body === undefined && contentType.includes('html'),
    retryAfter: response.headers.get('retry-after'),
    providerRequestId: requestIdOf(response.headers),
  };
}

function parseBody(contentType: string, text: string): JsonObject | undefined {
  // GitHub ignores `Accept` and sends form-encoded bodies, some providers send no content type, and
  // some send JSON under the default type of their platform, such as text/html, or under the type
  // of the request. A form-encoded body is no JSON object, because `{` is encoded there.
  const isForm = contentType.includes('x-www-form-urlencoded') || /^\w+=/.test(text);
  return parseJsonObject(text) ?? (isForm ? parseForm(text) : undefined);
}

/**
 * Parses a JSON object. The parse error is dropped: its message quotes the text, which may contain
 * tokens.
 */
function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function parseForm(text: string): JsonObject {
  return Object.fromEntries(new URLSearchParams(text));
}

/**
 * The value at a dotted path. Reads own properties only, so that a path cannot reach prototypes.
 * `undefined`: a step is missing.
 */
export function readPath(root: JsonObject, path: string): unknown {
  let at: unknown = root;
  for (const key of path.split('.')) {
    if (!isRecord(at) || !Object.hasOwn(at, key)) return undefined;
    at = at[key];
  }
  return at;
}

/** The object that contains the last step of a dotted path. `undefined`: the path has one step. */
export function readParent(root: JsonObject, path: string): JsonObject | undefined {
  const steps = path.split('.');
  if (steps.length < 2) return undefined;
  const parent = readPath(root, steps.slice(0, -1).join('.'));
  return isRecord(parent) ? parent : undefined;
}

/**
 * The error in a provider's response. It is compared with tables, never displayed and never logged.
 */
export interface ReportedError {
  /** OAuth error code in lower case. Empty: the response names none. */
  readonly error: string;
  /** Description in lower case. Empty: the response has none. */
  readonly description: string;
}

/**
 * The error in fields that mean an error whatever the HTTP status is: `error` as text (RFC 6749
 * §5.2) or as an object, or Slack's `ok: false`. `undefined`: none.
 */
export function statedError(body: HttpResponse['body']): ReportedError | undefined {
  if (body === undefined) return undefined;
  const error = firstText(body['error']) ?? nestedError(body['error']);
  if (error !== undefined) return report(error, body);
  return body['ok'] === false ? report('unknown_error', body) : undefined;
}

/**
 * The errors in the fields that the provider definition names, which are texts or numbers other
 * than 0.
 */
export function namedErrors(
  body: HttpResponse['body'],
  errorPaths: readonly string[],
): readonly ReportedError[] {
  if (body === undefined) return [];
  return errorPaths
    .flatMap((path) => valuesAt(body, path))
    .map((value) => (typeof value === 'number' && value !== 0 ? String(value) : firstText(value)))
    .filter((error) => error !== undefined)
    .map((error) => report(error, body));
}

/**
 * The error in a field that means an error only when the body has no token: `code` or `error_code`.
 * `undefined`: none.
 */
export function impliedError(body: HttpResponse['body']): ReportedError | undefined {
  if (body === undefined) return undefined;
  for (const name of ['code', 'error_code', 'errorCode']) {
    const error = firstText(body[name]);
    if (error !== undefined) return report(error, body);
  }
  return undefined;
}

function nestedError(error: unknown): string | undefined {
  // Some providers send a status as `error`. `0` and `false` mean no error.
  if (typeof error === 'number' && error !== 0) return String(error);
  if (!isRecord(error)) return error === true ? 'unknown_error' : undefined;
  for (const key of ['error', 'code', 'type', 'status', 'reason']) {
    const text = firstText(error[key]);
    if (text !== undefined) return text;
  }
  return 'unknown_error';
}

function report(error: string, body: JsonObject): ReportedError {
  const nested = isRecord(body['error']) ? body['error']['message'] : undefined;
  const description =
    firstText(body['error_description']) ?? firstText(body['message']) ?? firstText(nested) ?? '';
  return { error: error.toLowerCase(), description: description.toLowerCase() };
}

const MAX_ERROR_LENGTH = 500;

function firstText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim().slice(0, MAX_ERROR_LENGTH);
  return text === '' ? undefined : text;
}

/** Headers in which providers send the id of a request, most specific first. */
const REQUEST_ID_HEADERS = [
  'x-cloud-request-id',
  'x-ms-request-id',
  'x-github-request-id',
  'x-slack-req-id',
  'x-amzn-requestid',
  'x-request-id',
  'request-id',
  'x-correlation-id',
] as const;

/** Permitted ids. Any other value is not an id, and may be an attempt to forge log lines. */
const REQUEST_ID = /^[\w.:@/+=-]{1,128}$/;

/**
 * The provider's id of this request, for support cases. Proxies append their own ids to the header,
 * so the last item of a comma-separated list is the id of EARS itself. `undefined`: none.
 */
export function requestIdOf(headers: Headers): string | undefined {
  for (const name of REQUEST_ID_HEADERS) {
    const id = headers.get(name)?.split(',').at(-1)?.trim();
    if (id !== undefined && REQUEST_ID.test(id)) return id;
  }
  return undefined;
}
