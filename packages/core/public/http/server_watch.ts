import { UNKNOWN_SPACE_HEADER, USER_HEADER } from '../../common/index.ts';
import type { Fetch, FetchResponse } from '../http_client.ts';
import type { Clock } from '../types.ts';

/** State of the server and of the session, derived from the responses to requests. */
export interface ServerState {
  /** `false`: the last request got no response of the server. */
  readonly isReachable: boolean;
  /** The server runs a different build than the one that rendered this page. */
  readonly hasNewBuild: boolean;
  /**
   * Another user who has signed in in this browser since the page was loaded. `undefined`: the user
   * of the page is signed in, as far as known.
   */
  readonly otherUser: string | undefined;
  /** A request was refused with 401. Stays `true` until {@link ServerWatch.continueSession}. */
  readonly isSessionEnded: boolean;
  /** The space of the page does not exist, or the user may no longer enter it. */
  readonly isSpaceGone: boolean;
}

/** Options of {@link ServerWatch}. */
export interface ServerWatchOptions {
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Build that rendered this page. */
  readonly buildId: string;
  /** Name of the user for whom this page was rendered. */
  readonly username: string;
  /** Base path and space of the page. */
  readonly pagePrefix: string;
  /** URL that responds without a session. */
  readonly statusUrl: string;
}

/** Header with the id of the server's build. Every response to a signed-in user has it. */
const BUILD_HEADER = 'x-latchkey-build';
/** Pause between attempts to reach the server, in milliseconds. */
const PROBE_INTERVAL_MS = 5_000;
/** Deadline of an attempt to reach the server, in milliseconds. */
const PROBE_TIMEOUT_MS = 10_000;
/** Statuses that proxies send when the server behind them does not respond. */
const NO_SERVER_STATUSES = new Set([502, 504]);

/** Observes all requests of the web app. */
export class ServerWatch {
  readonly #options: ServerWatchOptions;
  readonly #listeners = new Set<() => void>();
  #isChecking = false;
  #state: ServerState = {
    isReachable: true,
    hasNewBuild: false,
    otherUser: undefined,
    isSessionEnded: false,
    isSpaceGone: false,
  };

  constructor(options: ServerWatchOptions) {
    this.#options = options;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): ServerState => this.#state;

  /** Calls the `fetch` of the options and records whether the server responded. */
  readonly fetch: Fetch = async (url, init) => {
    try {
      const response = await this.#options.fetch(url, init);
      this.#observe(url, response);
      return response;
    } catch (error) {
      if (!init.signal?.aborted) this.#lost();
      // A slow response does not mean that the server is down, so its status route is asked.
      else if (isTimeout(init.signal.reason)) void this.#check();
      throw error;
    }
  };

  /** Clears `isSessionEnded`. Call it after the same user has signed in again. */
  continueSession(): void {
    this.#change({ ...this.#state, isSessionEnded: false });
  }

  #observe(url: string, response: FetchResponse): void {
    if (NO_SERVER_STATUSES.has(response.status)) {
      this.#lost();
      return;
    }
    const build = response.headers.get(BUILD_HEADER);
    const user = response.headers.get(USER_HEADER);
    this.#change({
      isReachable: true,
      otherUser: user === null ? this.#state.otherUser : this.#otherUser(decodeURIComponent(user)),
      hasNewBuild: this.#state.hasNewBuild || (build !== null && build !== this.#options.buildId),
      isSessionEnded: this.#state.isSessionEnded || response.status === 401,
      isSpaceGone:
        this.#state.isSpaceGone ||
        (url.startsWith(`${this.#options.pagePrefix}/`) &&
          response.headers.get(UNKNOWN_SPACE_HEADER) !== null),
    });
  }

  #otherUser(username: string): string | undefined {
    return username === this.#options.username ? undefined : username;
  }

  /** Records that the server is unreachable, and requests its status until it responds. */
  #lost(): void {
    if (!this.#state.isReachable) return;
    this.#change({ ...this.#state, isReachable: false });
    this.#probeLater();
  }

  #probeLater(): void {
    this.#options.clock.after(PROBE_INTERVAL_MS, () => void this.#probe());
  }

  async #probe(): Promise<void> {
    if (this.#state.isReachable) return;
    await this.#check();
    if (!this.#state.isReachable) this.#probeLater();
  }

  /** Requests the status once. The result is recorded in the state. */
  async #check(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
    const init = { method: 'GET', headers: {}, signal };
    const { statusUrl } = this.#options;
    try {
      this.#observe(statusUrl, await this.#options.fetch(statusUrl, init));
    } catch {
      this.#lost();
    } finally {
      this.#isChecking = false;
    }
  }

  #change(state: ServerState): void {
    const names = Object.keys(state) as (keyof ServerState)[];
    if (names.every((name) => this.#state[name] === state[name])) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

const isTimeout = (reason: unknown): boolean =>
  reason instanceof Object && 'name' in reason && reason.name === 'TimeoutError';
