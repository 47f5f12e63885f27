import { Readable } from 'node:stream';
import { EgressError } from '../egress_error.ts';
import type { Target, UrlGuard } from '../guard/index.ts';
import type { CallTls, Dispatchers } from './dispatchers.ts';
import { Exchange, type HeaderRecord, type HttpResponse } from './exchange.ts';
import { isRedirect, planRedirect, refusal } from './redirects.ts';

/** One call: a request and its redirects, under one deadline. */
export interface Call {
  readonly target: Target;
  /** HTTP method in upper case. */
  readonly method: string;
  readonly headers: HeaderRecord;
  /** `null`: the request has no body. */
  readonly body: string | Uint8Array | Readable | null;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly decompress: boolean;
  readonly signal?: AbortSignal | null | undefined;
  /**
   * `refuse`: a 3xx is an error. `return`: a 3xx is returned. A number: maximum redirects to
   * follow.
   */
  readonly redirects: 'refuse' | 'return' | number;
  /** Lower-case names of further headers that are not sent to another origin. */
  readonly credentialHeaders?: ReadonlySet<string> | undefined;
  /** TLS options that apply to the origin of `target` only. */
  readonly tls?: CallTls | undefined;
  /** Called before every redirect is followed. An error that it throws ends the call. */
  readonly onRedirect?: ((hop: RedirectHop) => void) | undefined;
}

/** A redirect that is about to be followed. */
export interface RedirectHop {
  readonly from: {
    readonly target: Target;
    readonly method: string;
    readonly headers: HeaderRecord;
  };
  readonly response: HttpResponse;
  readonly to: { readonly target: Target; readonly method: string; readonly headers: HeaderRecord };
}

/** The last response and the URL that sent it. */
export interface CallResult {
  readonly response: HttpResponse;
  readonly target: Target;
}

/** Maximum delay of a Node timer in milliseconds. A longer delay fires immediately. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** Milliseconds by which a timer must be late to show that the process was paused. */
const PAUSED_MS = 50;
/** Milliseconds to read a response that arrived in a socket while the process was paused. */
const READING_MS = 1_000;
const SHORT_READING_MS = 50;

/** Sends calls. No other code dispatches requests. */
export class Sender {
  readonly #guard: UrlGuard;
  readonly #dispatchers: Dispatchers;
  #running = 0;
  #isClosed = false;
  /** Resolves the promise of `close`. Set while `close` waits for running calls. */
  #whenIdle: (() => void) | undefined;

  constructor(guard: UrlGuard, dispatchers: Dispatchers) {
    this.#guard = guard;
    this.#dispatchers = dispatchers;
  }

  /**
   * Sends a call, follows its redirects, and resolves with the last response.
   * @throws EgressError, or the error that `onRedirect` throws
   */
  async send(call: Call): Promise<CallResult> {
    const { signal, timeoutMs } = call;
    const { host } = call.target.route;
    if (this.#isClosed) throw new EgressError('aborted', 'this egress is closed', host);
    if (signal?.aborted) {
      throw new EgressError('aborted', `the call to host [${host}] was aborted`, host);
    }
    let active: Exchange | undefined;
    let turn: NodeJS.Immediate | undefined;
    const abortLate = () => {
      // After the next read of the sockets: this timer may be late too.
      turn = setImmediate(() =>
        active?.abort('timeout', `host [${host}] did not respond within ${timeoutMs} ms`),
      );
    };
    const startedAt = performance.now();
    const onTimeout = () => {
      const wasPaused = performance.now() - startedAt > timeoutMs + PAUSED_MS;
      // Node fires timers before it reads sockets, so the response may have arrived. It may contain
      // tokens that cannot be requested again.
      timer = setTimeout(abortLate, wasPaused ? READING_MS : SHORT_READING_MS);
    };
    const onAbort = () => active?.abort('aborted', `the call to host [${host}] was aborted`);
    let timer = setTimeout(onTimeout, Math.min(timeoutMs, MAX_TIMER_MS));
    signal?.addEventListener('abort', onAbort);
    this.#running += 1;
    try {
      return await this.#followAll(call, (exchange) => {
        active = exchange;
        if (signal?.aborted) onAbort();
      });
    } finally {
      clearTimeout(timer);
      clearImmediate(turn);
      signal?.removeEventListener('abort', onAbort);
      this.#running -= 1;
      if (this.#running === 0) this.#whenIdle?.();
    }
  }

  /** Rejects new calls, waits for running calls, then closes every socket. Safe to call twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#running > 0) {
      await new Promise<void>((resolve) => {
        const waiting = this.#whenIdle;
        this.#whenIdle = () => {
          waiting?.();
          resolve();
        };
      });
    }
    await this.#dispatchers.destroy();
  }

  async #followAll(call: Call, track: (exchange: Exchange) => void): Promise<CallResult> {
    let hop: Hop = call;
    for (let hops = 0; ; hops += 1) {
      const response = await this.#exchange(call, hop, track);
      const location = response.headers['location'];
      if (call.redirects === 'refuse' && response.status >= 300 && response.status < 400) {
        throw refusal(hop.target.route.host, 'is not followed here');
      }
      if (typeof call.redirects === 'string' || !isRedirect(response.status, location)) {
        return { response, target: hop.target };
      }
      if (hops >= call.redirects) throw tooMany(call);
      hop = this.#next(call, hop, response, location);
    }
  }

  #exchange(call: Call, hop: Hop, track: (exchange: Exchange) => void): Promise<HttpResponse> {
    const { route, path } = hop.target;
    const exchange = new Exchange({
      origin: route.origin,
      host: route.host,
      path,
      method: hop.method,
      headers: hop.headers,
      body: hop.body,
      maxBytes: call.maxBytes,
      decompress: call.decompress,
      isLaterHop: hop !== call,
    });
    track(exchange);
    // A certificate authenticates the caller to any server, so a redirect must not use it.
    const isOwnOrigin = route.realOrigin === call.target.route.realOrigin;
    return exchange.start(this.#dispatchers.get(route, isOwnOrigin ? call.tls : undefined));
  }

  #next(call: Call, from: Hop, response: HttpResponse, location: string): Hop {
    const { url, route } = from.target;
    const resolved = URL.parse(location, url.href);
    if (resolved === null) throw refusal(route.host, 'has no valid URL');
    // The emulator redirects to its own origin. The real origin is used instead, so that the guard
    // maps the URL to the emulator again.
    const isOwnEmulator = route.origin !== route.realOrigin && resolved.origin === route.origin;
    const target = this.#checkHop(
      isOwnEmulator ? resolved.href.replace(route.origin, route.realOrigin) : resolved,
    );
    const plan = planRedirect(
      response.status,
      {
        url,
        origin: route.realOrigin,
        method: from.method,
        headers: from.headers,
        credentialHeaders: call.credentialHeaders ?? NO_HEADERS,
        hasBody: from.body !== null,
        isReplayable: !(from.body instanceof Readable),
      },
      { url: target.url, origin: target.route.realOrigin },
    );
    const to = { target, method: plan.method, headers: plan.headers };
    call.onRedirect?.({ from, response, to });
    return { ...to, body: plan.keepBody ? from.body : null };
  }

  #checkHop(uri: string | URL): Target {
    try {
      return this.#guard.check(uri);
    } catch (error) {
      if (!(error instanceof EgressError)) throw error;
      throw new EgressError(error.code, `redirect: ${error.message}`, error.host, {
        cause: error,
      });
    }
  }
}

const NO_HEADERS: ReadonlySet<string> = new Set();

type Hop = Pick<Call, 'target' | 'method' | 'headers' | 'body'>;

function tooMany(call: Call): EgressError {
  const { host } = call.target.route;
  return new EgressError('too_many_redirects', `host [${host}] redirects too often`, host);
}
