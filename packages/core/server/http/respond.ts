import type { ErrorPage, RouteResponse } from './types.ts';

type Extras = Pick<RouteResponse, 'headers' | 'cookies'>;

/** Redirects the browser to another location, by default with 302, as Kibana does. */
function redirect(location: string, extras?: Extras): RouteResponse<302, undefined>;
function redirect<const S extends 302 | 303>(
  location: string,
  extras: Extras & { readonly status: S },
): RouteResponse<S, undefined>;
function redirect(
  location: string,
  { status = 302, headers, ...extras }: Extras & { readonly status?: number } = {},
): RouteResponse<number, undefined> {
  return { ...extras, status, headers: { ...headers, location } };
}

/** Responds with an HTML page and the given status. */
function html<const S extends number>(
  status: S,
  page: string,
  extras: Extras = {},
): RouteResponse<S, string> {
  return {
    ...extras,
    status,
    body: page,
    headers: { ...extras.headers, 'content-type': 'text/html; charset=utf-8' },
  };
}

/** Builders for {@link RouteResponse}, one per kind of response that a handler returns. */
export const respond = {
  /** Responds with 200 and a JSON body. */
  ok: <const B>(body: B, extras: Extras = {}): RouteResponse<200, B> => ({
    status: 200,
    body,
    ...extras,
  }),
  /** Responds with a JSON body and a status other than 200. */
  json: <const S extends number, const B>(
    status: S,
    body: B,
    extras: Extras = {},
  ): RouteResponse<S, B> => ({ status, body, ...extras }),
  /** Responds with 204, without a body. */
  noContent: (extras: Extras = {}): RouteResponse<204, undefined> => ({ status: 204, ...extras }),
  redirect,
  html,
  /**
   * Responds with a failure as an HTML page. The contract of the route need not document the
   * status.
   * @param status 400 or more
   */
  errorPage: (status: number, page: string, extras: Extras = {}): ErrorPage => ({
    ...html(status, page, extras),
    isErrorPage: true,
  }),
} as const;
