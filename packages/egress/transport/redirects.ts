import { EgressError } from '../egress_error.ts';
import type { HeaderRecord } from './exchange.ts';

/**
 * Headers that may be sent to another origin after a redirect. Any other header may contain a
 * credential.
 */
const SAFE_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'content-language',
  'content-type',
  'user-agent',
]);
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The request that was redirected. */
export interface RedirectFrom {
  readonly url: URL;
  readonly origin: string;
  readonly method: string;
  readonly headers: HeaderRecord;
  /** Lower-case names of further headers that are not sent to another origin. */
  readonly credentialHeaders: ReadonlySet<string>;
  readonly hasBody: boolean;
  /** `false`: the body is a stream that was already read. */
  readonly isReplayable: boolean;
}

/** The request that follows a redirect. */
export interface NextHop {
  readonly method: string;
  readonly headers: HeaderRecord;
  readonly keepBody: boolean;
}

/** Returns `true` if a response is a redirect. 304 and a 3xx without `location` are not. */
export function isRedirect(status: number, location: unknown): location is string {
  return REDIRECT_STATUSES.has(status) && typeof location === 'string' && location !== '';
}

/**
 * Decides method, headers and body of the next request. It is stricter than the Fetch standard:
 * another origin gets no credentials, no unknown headers and no body, and https never becomes http.
 * The caller has already checked `to` with the URL guard.
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
  if (keepBody && !from.isReplayable)
    throw refusal(host, 'would repeat a body that can be sent only once');
  return {
    method: becomesGet ? 'GET' : from.method,
    headers: keepHeaders(from, crossesOrigin, keepBody),
    keepBody,
  };
}

/**
 * Returns the error for a redirect that is not followed.
 * @param why completes "the redirect of host [x] …"
 */
export function refusal(host: string, why: string): EgressError {
  return new EgressError('redirect_refused', `the redirect of host [${host}] ${why}`, host);
}

/** Returns `true` if a header may be sent to any origin. */
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
