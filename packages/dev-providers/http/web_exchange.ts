import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { RequestRecord } from '../faults/index.ts';

/** Maximum bytes of a body. A larger one is refused with 413. */
export const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** One request to a test provider. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  /** Absolute URL with the provider's own origin. */
  readonly url: URL;
  /** Body of the request, at most {@link MAX_BODY_BYTES}. */
  readonly body: Buffer;
  /** Record of the request. The handler adds the account and the outcome. */
  readonly record: RequestRecord;
}

/**
 * Headers that apply to one connection only, or that are wrong once a body was decoded. They are
 * never forwarded.
 */
const NOT_FORWARDED = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/** Returns the headers of the request without those in {@link NOT_FORWARDED}. */
export function forwardableHeaders(exchange: Exchange): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(exchange.request.headers)) {
    if (value === undefined || NOT_FORWARDED.has(name)) continue;
    headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

/** Sends a `Response` of the Fetch API and streams its body. */
export async function sendWebResponse(exchange: Exchange, webResponse: Response): Promise<void> {
  const { response } = exchange;
  response.statusCode = webResponse.status;
  for (const [name, value] of webResponse.headers) {
    if (!NOT_FORWARDED.has(name) && name !== 'set-cookie') response.setHeader(name, value);
  }
  const cookies = webResponse.headers.getSetCookie();
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  if (webResponse.body === null) {
    response.end();
    return;
  }
  await pipeline(Readable.fromWeb(webResponse.body as ReadableStream), response);
}

/** Sends a JSON response that is never cached (RFC 6749 §5.1). */
export function sendJson({ response }: Exchange, status: number, body: object): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  response.end(JSON.stringify(body));
}

/** Returns the form fields of the body. Empty for another content type. */
export function formOf(exchange: Exchange): URLSearchParams {
  const type = exchange.request.headers['content-type'] ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) return new URLSearchParams();
  return new URLSearchParams(exchange.body.toString('utf8'));
}

/**
 * Returns the token of `Authorization: Bearer …` (RFC 6750 §2.1). `undefined`: the header is
 * missing, or has another scheme.
 */
export const bearerOf = (exchange: Exchange): string | undefined =>
  /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(exchange.request.headers.authorization ?? '')?.[1];
