import { FlowError } from './flow_error.ts';

/** Characters that some URL parsers ignore or read as a slash. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused
const RAW_AMBIGUOUS = /[\u0000-\u0020\u007f\\]/;
/** Percent-encoded control characters, even if they are encoded several times. */
const ENCODED_CONTROL = /%(?:25)*(?:[01][0-9a-f]|7f)/i;
/**
 * Encoded characters that change a path if it is decoded once more. In a query they are harmless.
 */
const ENCODED_IN_PATH = /%(?:25|2f|5c)/i;
/** `http(s)://host` without user info and with exactly two slashes. */
const PLAIN_ABSOLUTE = /^https?:\/\/[^/?#@]+(?:[/?#]|$)/i;
/** First path segments that are not pages: APIs, and routes that start or end a session. */
const NO_PAGES = new Set(['api', 'internal', 'login', 'logout']);

const RESULT_KEYS = ['oauth_authorization', 'connector_id', 'status_code', 'error'] as const;

/**
 * Returns the part of a return URL that may be stored: path, query and fragment of a page on this
 * server, with the base path.
 * @param returnUrl absolute URL on the origin of `publicBaseUrl`, or a path that starts with one
 * slash
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

/** Decodes a path as the router does. `undefined`: the path is malformed. */
function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** Result of a flow, for the query of the return URL. The parameter names are Kibana's. */
export interface FlowResult {
  readonly connectorId: string;
  readonly statusCode: number;
  /** Text of the failure, for the user. `undefined`: the flow succeeded. */
  readonly error: string | undefined;
}

/**
 * Appends the result to the query of the stored path. Keeps other parameters and replaces an
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
