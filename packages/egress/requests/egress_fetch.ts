import { EgressError } from '../egress_error.ts';
import type { UrlGuard } from '../guard/index.ts';
import {
  ACCEPTED_CODINGS,
  type CallResult,
  type HeaderRecord,
  type Sender,
} from '../transport/index.ts';
import type { EgressFetchInit, EgressSettings } from '../types.ts';

/**
 * Maximum redirects of one call with `redirect: 'follow'`. A longer chain is almost always a loop.
 */
export const MAX_REDIRECTS = 5;

/** `User-Agent` of requests that set none. */
export const DEFAULT_USER_AGENT = 'Latchkey';

const FORM_TYPE = 'application/x-www-form-urlencoded;charset=UTF-8';
const NULL_BODY_STATUSES: ReadonlySet<number> = new Set([204, 205, 304]);

/** Dependencies of {@link egressFetch}. */
export interface EgressFetchOptions {
  readonly guard: UrlGuard;
  readonly sender: Sender;
  readonly settings: Pick<EgressSettings, 'timeoutMs' | 'maxResponseBytes' | 'userAgent'>;
}

/**
 * Sends one call with the signature of `fetch`. The whole body is read, up to the size limit,
 * before the promise resolves.
 * @throws EgressError
 */
export async function egressFetch(
  { guard, sender, settings }: EgressFetchOptions,
  uri: string | URL,
  init: EgressFetchInit,
): Promise<Response> {
  const { clientCertificate, verificationMode } = init;
  const { headers, body } = encodeRequest(init, settings.userAgent ?? DEFAULT_USER_AGENT);
  const result = await sender.send({
    target: guard.check(uri),
    method: (init.method ?? 'GET').toUpperCase(),
    headers,
    body,
    timeoutMs: init.timeoutMs ?? settings.timeoutMs,
    maxBytes: init.maxResponseBytes ?? settings.maxResponseBytes,
    decompress: true,
    signal: init.signal,
    redirects: init.redirect === 'follow' ? MAX_REDIRECTS : 'refuse',
    tls: { clientCertificate, verificationMode },
  });
  return toResponse(result);
}

function encodeRequest(
  init: EgressFetchInit,
  userAgent: string,
): {
  headers: HeaderRecord;
  body: string | Uint8Array | null;
} {
  const headers: HeaderRecord = { 'accept-encoding': ACCEPTED_CODINGS, 'user-agent': userAgent };
  const given = init.headers instanceof Headers ? init.headers : Object.entries(init.headers ?? {});
  for (const [name, value] of given) {
    const lower = name.toLowerCase();
    // Undici derives `host` and `content-length` from the URL and the body. A `host` of the caller
    // would also change the name that the server's certificate must have.
    if (lower !== 'host' && lower !== 'content-length') headers[lower] = value;
  }
  if (init.body instanceof URLSearchParams) {
    headers['content-type'] ??= FORM_TYPE;
    return { headers, body: init.body.toString() };
  }
  return { headers, body: init.body ?? null };
}

function toResponse({ response, target }: CallResult): Response {
  const { status, statusText } = response;
  try {
    const headers = new Headers();
    for (const [name, value] of Object.entries(response.headers)) {
      // `content-length` is the length of the compressed body, and the body is decompressed here.
      if (value === undefined || name === 'content-length') continue;
      for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one);
    }
    const body = NULL_BODY_STATUSES.has(status) ? null : new Uint8Array(response.body);
    const fetched = new Response(body, { status, statusText, headers });
    Object.defineProperty(fetched, 'url', { value: target.url.href });
    return fetched;
  } catch (cause) {
    // The constructor of `Response` rejects a status above 599, and some bytes in headers and
    // reason phrases.
    const { host } = target.route;
    throw new EgressError(
      'invalid_response',
      `host [${host}] sent a response that cannot be read`,
      host,
      {
        cause,
        responseLost: true,
      },
    );
  }
}
