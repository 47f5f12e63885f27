import type { RouteResponse } from './types.ts';

type Extras = Pick<RouteResponse, 'headers' | 'cookies'>;

/** Builders for {@link RouteResponse}, one per kind of answer a handler gives. */
export const respond = {
  /** 200 with a JSON body. */
  ok: (body: unknown, extras: Extras = {}): RouteResponse => ({ status: 200, body, ...extras }),
  /** 204 without a body. */
  noContent: (extras: Extras = {}): RouteResponse => ({ status: 204, ...extras }),
  /** Sends the browser elsewhere; 302 as in Kibana unless told otherwise. */
  redirect: (
    location: string,
    extras: Extras & { readonly status?: 302 | 303 } = {},
  ): RouteResponse => ({
    status: extras.status ?? 302,
    headers: { ...extras.headers, location },
    ...(extras.cookies === undefined ? {} : { cookies: extras.cookies }),
  }),
  /** An HTML page with a status of its own. */
  html: (status: number, page: string, extras: Extras = {}): RouteResponse => ({
    ...extras,
    status,
    body: page,
    headers: { ...extras.headers, 'content-type': 'text/html; charset=utf-8' },
  }),
} as const;
