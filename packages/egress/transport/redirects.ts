import { EgressError } from '../egress_error.ts';
import type { HeaderRecord } from './exchange.ts';

/** The only headers that follow a redirect to another origin; anything else may be a credential under a name we do not know. */
const SAFE_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'content-language',
  'content-type',
  'user-agent',
]);
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Where a redirect leads from. */
export interface RedirectFrom {
  readonly url: URL;
  readonly origin: string;
  readonly method: string;
  readonly headers: HeaderRecord;
  /** Lower-case names of further headers that stay at their origin. */
  readonly credentialHeaders: ReadonlySet<string>;
  readonly hasBody: boolean;
  /** `false`: the body was a stream and is gone. */
  readonly isReplayable: boolean;
}

/** The request that answers a redirect. */
export interface NextHop {
  readonly method: string;
  readonly headers: HeaderRecord;
  readonly keepBody: boolean;
}

/** A redirect that names a place to go; 304 and a 3xx without `location` are answers like any other. */
export function isRedirect(status: number, location: unknown): location is string {
  return REDIRECT_STATUSES.has(status) && typeof location === 'string' && location !== '';
}

/**
 * Decides method, headers and body of the next hop (Fetch standard, HTTP-redirect fetch, made stricter): credentials and
 * unknown headers stay at their origin, a body is never sent to another origin, and https never becomes http.
 * The caller has checked `to` against the guard.
 * @throws EgressError `redirect_refused`
 */
export function planRedirect(
  status: number,
  from: RedirectFrom,
  to: { readonly url: URL; readonly origin: string },
): NextHop {
  const host = from.url.hostname;
  if (from.url.protocol === 'https:' && to.url.protocol === 'http:') {
    throw refusal(host, 'leaves https');
  }
  const becomesGet =
    (status === 303 && from.method !== 'GET' && from.method !== 'HEAD') ||
    ((status === 301 || status === 302) && from.method === 'POST');
  const keepBody = from.hasBody && !becomesGet;
  const crossesOrigin = from.origin !== to.origin;
  if (keepBody && crossesOrigin) throw refusal(host, 'would send the body to another origin');
  if (keepBody && !from.isReplayable) throw refusal(host, 'would need the body a second time');
  return {
    method: becomesGet ? 'GET' : from.method,
    headers: keepHeaders(from, crossesOrigin, keepBody),
    keepBody,
  };
}

/** @param why completes "the redirect of host [x] …" */
export function refusal(host: string, why: string): EgressError {
  return new EgressError('redirect_refused', `the redirect of host [${host}] ${why}`, host);
}

/** May this header go to any origin? */
export function isSafeHeader(lowerCaseName: string): boolean {
  return SAFE_HEADERS.has(lowerCaseName);
}

function keepHeaders(
  { headers, credentialHeaders }: Pick<RedirectFrom, 'headers' | 'credentialHeaders'>,
  crossesOrigin: boolean,
  keepBody: boolean,
): HeaderRecord {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => {
      const lower = name.toLowerCase();
      if (!keepBody && lower.startsWith('content-')) return false;
      return !crossesOrigin || (SAFE_HEADERS.has(lower) && !credentialHeaders.has(lower));
    }),
  );
}
