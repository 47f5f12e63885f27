import type { IncomingHttpHeaders } from 'node:http';

/** A response of the target, or of the proxy itself. */
export interface PassedResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * A request that reached the proxy, with its response. It contains real tokens of the servers under
 * test: compare them, but never print them.
 */
export class Exchange {
  readonly method: string;
  /** Path and query as received. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Bytes of the request's body. */
  readonly bytes: Buffer;
  /** The response. `undefined` until it arrives, and always when none arrives. */
  response: PassedResponse | undefined;

  constructor(request: {
    readonly method: string;
    readonly url: string;
    readonly headers: IncomingHttpHeaders;
    readonly bytes: Buffer;
  }) {
    this.method = request.method;
    this.url = request.url;
    this.headers = request.headers;
    this.bytes = request.bytes;
  }

  /** Path without the query. */
  get path(): string {
    return new URL(this.url, 'http://proxy').pathname;
  }

  /** Body of the request as text. */
  get body(): string {
    return this.bytes.toString('utf8');
  }

  /** Fields of a form in the request's body. Empty for another content type. */
  get form(): Readonly<Record<string, string>> {
    const isForm = this.headers['content-type']?.includes('x-www-form-urlencoded') === true;
    return isForm ? Object.fromEntries(new URLSearchParams(this.body)) : {};
  }

  /** Status of the response. `undefined` while there is none. */
  get status(): number | undefined {
    return this.response?.status;
  }

  /** Members of a JSON object in the response. Empty for any other response. */
  get json(): Readonly<Record<string, unknown>> {
    return jsonObject(this.response?.body.toString('utf8') ?? '');
  }
}

/** Returns a filter for requests by the end of their path and, if given, by their method. */
export function requestsTo(pathEnd: string, method?: string): (exchange: Exchange) => boolean {
  return (exchange) =>
    exchange.path.endsWith(pathEnd) && (method === undefined || method === exchange.method);
}

/** Returns the members of a JSON object. Empty for any other text. */
export function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
