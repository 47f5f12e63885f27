/**
 * URL parameters that the callback adds to a return URL, and (last) one that the caller may have
 * added.
 */
const PARAMETERS = ['oauth_authorization', 'connector_id', 'status_code', 'error'] as const;
const AUTO_CLOSE = 'auto_close';

/**
 * Result of an authorization in the parameters of a return URL. It is only a hint; the server knows
 * the outcome.
 */
export interface RedirectResult {
  readonly connectorId: string;
  readonly status: 'success' | 'error';
  /** `true`: the page was opened only to receive the result and should close itself. */
  readonly autoClose: boolean;
}

/**
 * Reads the result from the URL of this page.
 * @returns the result, and the URL without it (other parameters and the fragment stay);
 *   `undefined`: the URL contains no result
 */
export function readRedirectResult(
  href: string,
): { readonly result: RedirectResult; readonly path: string } | undefined {
  const url = new URL(href);
  const status = url.searchParams.get('oauth_authorization');
  const connectorId = url.searchParams.get('connector_id');
  if (status === null || connectorId === null) return undefined;
  const autoClose = url.searchParams.get(AUTO_CLOSE) === 'true';
  for (const name of [...PARAMETERS, AUTO_CLOSE]) url.searchParams.delete(name);
  return {
    result: { connectorId, status: status === 'success' ? 'success' : 'error', autoClose },
    path: `${url.pathname}${url.search}${url.hash}`,
  };
}
