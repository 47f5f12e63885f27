import { FlowError } from './flow_error.ts';

/** Raw characters that a parser between here and the browser drops or reads as a slash. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused
const RAW_AMBIGUOUS = /[\u0000-\u0020\u007f\\]/;
/** Control characters, encoded once or more often, anywhere. */
const ENCODED_CONTROL = /%(?:25)*(?:[01][0-9a-f]|7f)/i;
/** Characters that change a path when it is decoded once more. In a query they are data. */
const ENCODED_IN_PATH = /%(?:25|2f|5c)/i;
/** `http(s)://host` without user info and without a missing or extra slash. */
const PLAIN_ABSOLUTE = /^https?:\/\/[^/?#@]+(?:[/?#]|$)/i;
/** First path segments that are not pages: APIs, and routes that start or end sessions. */
const NO_PAGES = new Set(['api', 'internal', 'login', 'logout']);

const RESULT_KEYS = ['oauth_authorization', 'connector_id', 'status_code', 'error'] as const;

/**
 * The part of a return URL that may be stored: path, query and fragment of a page on this server,
 * under its base path.
 * @param returnUrl absolute on the origin of `publicBaseUrl`, or a path that starts with one slash
 * @throws FlowError `return_url_refused`
 */
export function checkReturnUrl(returnUrl: string, publicBaseUrl: string): string {
  const base = new URL(publicBaseUrl);
  const isWellFormed =
    !RAW_AMBIGUOUS.test(returnUrl) &&
    !ENCODED_CONTROL.test(returnUrl) &&
    (returnUrl.startsWith('/') || PLAIN_ABSOLUTE.test(returnUrl));
  const url = isWellFormed ? URL.parse(returnUrl, base.origin) : null;
  if (url === null || url.origin !== base.origin || !isPageUnder(base, url))
    throw new FlowError('return_url_refused');
  return `${url.pathname}${url.search}${url.hash}`;
}

function isPageUnder(base: URL, { pathname }: URL): boolean {
  const basePath = base.pathname.replace(/\/$/, '');
  if (pathname !== basePath && !pathname.startsWith(`${basePath}/`)) return false;
  if (pathname.includes('//') || ENCODED_IN_PATH.test(pathname)) return false;
  const path = decoded(pathname.slice(basePath.length));
  const inSpace = path?.replace(/^\/s\/[^/]+/, '');
  return inSpace !== undefined && !NO_PAGES.has(inSpace.split('/')[1] ?? '');
}

/** The path as the router compares it. `undefined`: it is malformed. */
function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** Result of a flow as query parameters of the return URL. The keys are Kibana's. */
export interface FlowResult {
  readonly connectorId: string;
  readonly statusCode: number;
  /** Text for the user. `undefined` on success. */
  readonly error: string | undefined;
}

/**
 * The stored path with the result at the end of its query. Keeps other parameters and removes an
 * earlier result.
 */
export function withResult(returnPath: string, publicBaseUrl: string, result: FlowResult): string {
  const url = new URL(returnPath, new URL(publicBaseUrl).origin);
  for (const key of RESULT_KEYS) url.searchParams.delete(key);
  const { connectorId, statusCode, error } = result;
  const values = [error === undefined ? 'success' : 'error', connectorId, statusCode, error];
  RESULT_KEYS.forEach((key, index) => {
    const value = values[index];
    if (value !== undefined) url.searchParams.append(key, String(value));
  });
  return url.href;
}
