import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { EgressError } from '../egress_error.ts';
import { decodeBody } from './decode_body.ts';
import { toEgressError } from './failure.ts';
import { ReceivedBody } from './received_body.ts';
import { mayContainRequest } from './request_in_body.ts';

/** Header names in any case. Repeated headers are arrays. */
export type HeaderRecord = Record<string, string | string[]>;

/** One HTTP request, without its redirects. */
export interface ExchangeRequest {
  readonly origin: string;
  /** Host name for messages. */
  readonly host: string;
  readonly path: string;
  readonly method: string;
  readonly headers: HeaderRecord;
  /** `null`: the request has no body. */
  readonly body: string | Uint8Array | Readable | null;
  /** Maximum bytes of the body, before and after decompression. */
  readonly maxBytes: number;
  /** `false`: the body is returned as received, with `content-encoding`. */
  readonly decompress: boolean;
  /**
   * `true`: the call already got a redirect, so the server has acted: every failure of this request
   * counts as a lost response.
   */
  readonly isLaterHop: boolean;
}

/** A complete response. The body has at most `maxBytes` bytes. */
export interface HttpResponse {
  readonly status: number;
  readonly statusText: string;
  /** Headers with lower-case names. `content-encoding` is removed if the body was decompressed. */
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

/**
 * One request and its response. States: waiting (queued, resolving, connecting) -> sent (bytes
 * written) -> ended. `abort` ends the exchange in any state: the caller gets the error immediately,
 * and undici frees the connection later.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  /** Rejects with EgressError only. */
  readonly response: Promise<HttpResponse>;
  readonly #request: ExchangeRequest;
  readonly #resolve: (response: HttpResponse) => void;
  readonly #reject: (error: EgressError) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #sent: boolean;
  #ended = false;
  #status = 0;
  #statusText = '';
  #headers: HttpResponse['headers'] = {};
  #received = new ReceivedBody();

  constructor(request: ExchangeRequest) {
    const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
    this.response = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#request = request;
    this.#sent = request.isLaterHop;
  }

  /** Dispatches the request. Never throws: failures reject the promise. */
  start(dispatcher: Dispatcher): Promise<HttpResponse> {
    const { origin, path, method, headers, body } = this.#request;
    try {
      const reset = mayContainRequest(body);
      dispatcher.dispatch({ origin, path, method, headers, body, reset }, this);
    } catch (error) {
      this.#fail(error);
    }
    return this.response;
  }

  abort(code: 'timeout' | 'aborted', message: string, cause?: unknown): void {
    const { host } = this.#request;
    this.#end(new EgressError(code, message, host, { cause, responseLost: this.#sent }));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#ended) controller.abort(new Error('The request was aborted before it was sent'));
    else this.#sent = true;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: HttpResponse['headers'],
    statusText?: string,
  ): void {
    // A 1xx is informational. The final response follows.
    if (status < 200) return;
    this.#status = status;
    this.#statusText = statusText ?? '';
    this.#headers = headers;
    const declared = Number(headers['content-length'] ?? 0);
    const hasBody = this.#request.method !== 'HEAD' && status !== 204 && status !== 304;
    if (hasBody && declared > this.#request.maxBytes) this.#refuseSize();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#ended) return;
    if (this.#received.size + chunk.length > this.#request.maxBytes) this.#refuseSize();
    else this.#received.append(chunk);
  }

  onResponseEnd(): void {
    if (this.#ended) return;
    const raw = this.#received.bytes();
    const coding = this.#headers['content-encoding'];
    if (!this.#request.decompress || coding === undefined || raw.length === 0) {
      this.#succeed(raw);
      return;
    }
    decodeBody(raw, String(coding), this.#request.maxBytes).then(
      (body) => {
        this.#headers = { ...this.#headers };
        delete this.#headers['content-encoding'];
        this.#succeed(body);
      },
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ERR_BUFFER_TOO_LARGE') this.#refuseSize();
        else this.#fail(error);
      },
    );
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  #succeed(body: Buffer): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#resolve({
      status: this.#status,
      statusText: this.#statusText,
      headers: this.#headers,
      body,
    });
  }

  #refuseSize(): void {
    const { host, maxBytes } = this.#request;
    this.#end(
      new EgressError(
        'response_too_large',
        `host [${host}] sent more than ${maxBytes} bytes`,
        host,
        {
          responseLost: true,
          responseHeaders: publicHeaders(this.#headers),
          maxResponseBytes: maxBytes,
        },
      ),
    );
  }

  #fail(error: unknown): void {
    if (!this.#ended) this.#end(toEgressError(error, this.#request.host, this.#sent));
  }

  #end(error: EgressError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#received = new ReceivedBody();
    this.#controller?.abort(error);
    const { body } = this.#request;
    if (body instanceof Readable) body.destroy();
    this.#reject(error);
  }
}

function publicHeaders(headers: HttpResponse['headers']): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name !== 'set-cookie' && value !== undefined) kept[name] = String(value);
  }
  return kept;
}
