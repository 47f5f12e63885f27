import { FlowError } from './flow_error.ts';

/** Ways to smuggle a line break, a host or a second decoding past one of the parsers between here and the browser. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused
const AMBIGUOUS = /[\u0000-\u0020\u007f\\]|%(?:25|0|1|7f|5c)/i;

/**
 * The part of a return URL that may be stored: path, query and fragment on this very server, under its base path.
 * @param returnUrl absolute on the origin of `publicBaseUrl`, or a path that starts with one slash
 * @throws FlowError `return_url_refused`
 */
export function checkReturnUrl(returnUrl: string, publicBaseUrl: string): string {
  const base = new URL(publicBaseUrl);
  if (AMBIGUOUS.test(returnUrl)) throw new FlowError('return_url_refused');
  const isPath = returnUrl.startsWith('/');
  if (!isPath && !/^https?:\/\/[^/?#@]+(?:[/?#]|$)/i.test(returnUrl))
    throw new FlowError('return_url_refused');
  const url = URL.parse(returnUrl, base.origin);
  if (url === null || url.origin !== base.origin || url.username !== '' || url.password !== '') {
    throw new FlowError('return_url_refused');
  }
  const basePath = base.pathname.replace(/\/$/, '');
  const inside =
    basePath === '' || url.pathname === basePath || url.pathname.startsWith(`${basePath}/`);
  if (!inside || url.pathname.includes('//') || /%2f/i.test(url.pathname))
    throw new FlowError('return_url_refused');
  return `${url.pathname}${url.search}${url.hash}`;
}

/** What the browser is told at the end of a flow, in Kibana's query keys. */
export interface FlowResult {
  readonly connectorId: string;
  readonly statusCode: number;
  /** Text for the person; `undefined` on success. */
  readonly error: string | undefined;
}

/** The stored path with the outcome in its query; other parameters stay, the same keys are replaced. */
export function withResult(returnPath: string, publicBaseUrl: string, result: FlowResult): string {
  const { origin } = new URL(publicBaseUrl);
  const url = new URL(returnPath, origin);
  url.searchParams.set('oauth_authorization', result.error === undefined ? 'success' : 'error');
  url.searchParams.set('connector_id', result.connectorId);
  url.searchParams.set('status_code', String(result.statusCode));
  if (result.error !== undefined) url.searchParams.set('error', result.error);
  return url.href;
}
