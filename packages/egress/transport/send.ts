import { Readable } from 'node:stream';
import { EgressError } from '../egress_error.ts';
import type { Target, UrlGuard } from '../guard/index.ts';
import type { CallTls, Dispatchers } from './dispatchers.ts';
import { Exchange, type HeaderRecord, type Response } from './exchange.ts';
import { isRedirect, planRedirect, refusal } from './redirects.ts';

/** One logical call: the first request and, if wanted, its redirects, under one deadline. */
export interface Call {
  readonly target: Target;
  /** Upper case. */
  readonly method: string;
  readonly headers: HeaderRecord;
  readonly body: string | Uint8Array | Readable | null;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly decompress: boolean;
  readonly signal?: AbortSignal | null | undefined;
  /** `refuse`: a 3xx is an error. `return`: it is an answer like any other. A number: at most that many hops are followed. */
  readonly redirects: 'refuse' | 'return' | number;
  /** Lower-case names of further headers that stay at their origin. */
  readonly credentialHeaders?: ReadonlySet<string> | undefined;
  /** Only for the origin of `target`. */
  readonly tls?: CallTls | undefined;
  /** Sees every hop before it is taken; what it throws ends the call. */
  readonly onRedirect?: ((hop: RedirectHop) => void) | undefined;
}

/** A redirect about to be followed. */
export interface RedirectHop {
  readonly from: {
    readonly target: Target;
    readonly method: string;
    readonly headers: HeaderRecord;
  };
  readonly response: Response;
  readonly to: { readonly target: Target; readonly method: string; readonly headers: HeaderRecord };
}

/** The last answer and where it came from. */
export interface CallResult {
  readonly response: Response;
  readonly target: Target;
}

/** Node fires timers beyond this at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** A timer this late means that the whole process stood still: stopped, swapped out, or asleep with its machine. */
const STOOD_STILL_MS = 50;
/** Long enough to read a response that waited in a socket while the process was paused. */
const READING_MS = 1_000;
const SHORT_READING_MS = 50;

/** Sends calls; the only code that puts bytes on the wire. */
export class Sender {
  readonly #guard: UrlGuard;
  readonly #dispatchers: Dispatchers;
  #running = 0;
  #isClosed = false;
  /** Set while `close` waits for the last running call. */
  #whenIdle: (() => void) | undefined;

  constructor(guard: UrlGuard, dispatchers: Dispatchers) {
    this.#guard = guard;
    this.#dispatchers = dispatchers;
  }

  /** @throws EgressError, or what `onRedirect` throws */
  async send(call: Call): Promise<CallResult> {
    const { signal, timeoutMs } = call;
    const { host } = call.target.route;
    if (this.#isClosed) throw new EgressError('aborted', 'this egress is closed', host);
    if (signal?.aborted) {
      throw new EgressError('aborted', `the call to host [${host}] was aborted`, host);
    }
    let active: Exchange | undefined;
    const giveUp = () =>
      active?.abort('timeout', `host [${host}] did not answer within ${timeoutMs} ms`);
    const startedAt = performance.now();
    const onTimeout = () => {
      const stoodStill = performance.now() - startedAt > timeoutMs + STOOD_STILL_MS;
      // Timers fire before sockets are read. The response may hold tokens that cannot be requested
      // again.
      timer = setTimeout(giveUp, stoodStill ? READING_MS : SHORT_READING_MS);
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
      signal?.removeEventListener('abort', onAbort);
      this.#running -= 1;
      if (this.#running === 0) this.#whenIdle?.();
    }
  }

  /** Takes no new calls, waits for the running ones, then drops every socket. Safe to call twice. */
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

  #exchange(call: Call, hop: Hop, track: (exchange: Exchange) => void): Promise<Response> {
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
    // A certificate authenticates to any server, so a redirect must not use it.
    const isOwnOrigin = route.realOrigin === call.target.route.realOrigin;
    return exchange.start(this.#dispatchers.get(route, isOwnOrigin ? call.tls : undefined));
  }

  #next(call: Call, from: Hop, response: Response, location: string): Hop {
    const { url, route } = from.target;
    const resolved = URL.parse(location, url.href);
    if (resolved === null) throw refusal(route.host, 'names no URL');
    // A stand-in knows itself by its own name only; back to the real one, so that the next hop is mapped again.
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
