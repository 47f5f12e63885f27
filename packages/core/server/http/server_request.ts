import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { splitCookies } from './cookies.ts';
import { spaceIdOf } from './rewrite_url.ts';
import type { AuthenticatedUser, CookiePrefix, ServerRequest } from './types.ts';

const NOTHING: Readonly<Record<string, never>> = Object.freeze({});

/**
 * A request as handlers read it. There is one object per request, filled in by the guard. Values
 * that few handlers need (signal, address) are computed on demand.
 */
export class RoutedRequest implements ServerRequest {
  /** Signed-in user, set by authentication. */
  user: AuthenticatedUser | undefined = undefined;
  readonly spaceId: string;
  readonly requestId: string;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Path parameters, set by validation; empty when the route declares no schema. */
  params: unknown = NOTHING;
  query: unknown = NOTHING;
  /** Parsed body. `undefined`: the route declares no schema. */
  body: unknown = undefined;
  /** `true`: the body was not complete when the user was authenticated. */
  isBodyLate = false;
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  readonly #cookiePrefix: CookiePrefix;
  #cookies: ReturnType<typeof splitCookies> | undefined;
  #aborter: AbortController | undefined;

  constructor(request: FastifyRequest, reply: FastifyReply, cookiePrefix: CookiePrefix) {
    this.#request = request;
    this.#reply = reply;
    this.#cookiePrefix = cookiePrefix;
    this.spaceId = spaceIdOf(request.raw);
    this.requestId = request.id;
    this.method = request.method;
    this.url = request.url;
    this.headers = request.headers;
  }

  get cookies(): Readonly<Record<string, string | undefined>> {
    return this.#split.own;
  }

  get unprefixedCookies(): Readonly<Record<string, string | undefined>> {
    return this.#split.unprefixed;
  }

  get #split(): ReturnType<typeof splitCookies> {
    this.#cookies ??= splitCookies(this.headers.cookie, this.#cookiePrefix);
    return this.#cookies;
  }

  get remoteAddress(): string {
    return this.#request.ip;
  }

  get isSecure(): boolean {
    return this.#request.protocol === 'https';
  }

  /** Path of the URL without the query. */
  get path(): string {
    const end = this.url.indexOf('?');
    return end < 0 ? this.url : this.url.slice(0, end);
  }

  get signal(): AbortSignal {
    if (this.#aborter === undefined) {
      const aborter = new AbortController();
      const response = this.#reply.raw;
      if (response.destroyed && !response.writableFinished) aborter.abort();
      response.once('close', () => {
        if (!response.writableFinished) aborter.abort();
      });
      this.#aborter = aborter;
    }
    return this.#aborter.signal;
  }
}
