import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '@elastic/elasticsearch';
import { backoffMs } from '../../../coordination/backoff.ts';
import { StoreError } from '../../../store/store_error.ts';
import type { SavedObjectsLogger } from '../../../types/saved_objects_logger.ts';
import {
  ClusterFailure,
  RETRIES,
  responseFailure,
  toClusterFailure,
  toStoreError,
} from './cluster_failure.ts';
import type { ResolvedOptions } from './store_options.ts';

const BACKOFF = { initialMs: 50, maxMs: 1_000 };
const CLOSE_TIMEOUT_MS = 2_000;

/** A request to the cluster, and the rules for repeating it. */
export interface ClusterRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** The encoded path, without the query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Serialized lines of a bulk request, instead of `body`. */
  readonly lines?: readonly string[];
  /** Statuses other than 2xx that are not a failure. */
  readonly responses?: readonly number[];
  /**
   * `true`: the request may find no index, for example to check whether one exists. Default
   * `false`: a missing index is a failure, even if `responses` includes 404 for a missing document.
   */
  readonly mayLackIndex?: boolean;
  /** Time limit in milliseconds. Default: the configured timeout. */
  readonly timeoutMs?: number;
  /** Maximum number of repetitions. Default: the configured number. */
  readonly maxRetries?: number;
}

/** The response to one request. */
export interface ClusterResponse {
  readonly status: number;
  readonly body: unknown;
}

/** Sends requests to the cluster and repeats them after temporary failures. */
export class ClusterClient {
  readonly #client: Client;
  readonly #options: ResolvedOptions;
  readonly #logger: SavedObjectsLogger | undefined;
  readonly #now: () => number;
  #isClosed = false;

  /**
   * @param options validated options of the store
   * @param logger `undefined`: nothing is logged
   * @param now monotonic clock in milliseconds; default: the clock of the machine
   */
  constructor(
    options: ResolvedOptions,
    logger: SavedObjectsLogger | undefined,
    now: () => number = () => performance.now(),
  ) {
    this.#options = options;
    this.#logger = logger;
    this.#now = now;
    this.#client = new Client(options.client);
  }

  get options(): ResolvedOptions {
    return this.#options;
  }

  /**
   * Sends a request until it succeeds or no retries remain. A failed attempt may have taken effect.
   * @throws StoreError `unavailable`; ClusterFailure `refused` for an invalid request
   */
  request(request: ClusterRequest): Promise<ClusterResponse> {
    return this.repeat(() => this.attempt(request), request.maxRetries);
  }

  /**
   * Repeats work after temporary failures. It starts no attempt after the timeout of one request,
   * because callers have deadlines. Exception: after a timeout, the one allowed retry is always
   * made, to find out whether the first attempt took effect.
   * @throws StoreError `unavailable`; ClusterFailure `refused`
   */
  async repeat<T>(work: () => Promise<T>, maxRetries = this.#options.maxRetries): Promise<T> {
    const { requestTimeoutMs } = this.#options;
    const startedAt = this.#now();
    let waits = 0;
    let responded: ClusterFailure | undefined;
    for (let retries = 0; ; retries += 1) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof ClusterFailure && error.kind !== 'unreachable') responded = error;
        const isLate = this.#now() - startedAt >= requestTimeoutMs;
        const mayRepeat =
          error instanceof ClusterFailure &&
          retries < allowedRetries(error, maxRetries) &&
          (!isLate || error.kind === 'timeout');
        if (!mayRepeat) throw toStoreError(mostSpecific(error, responded), this.#options.hosts);
        this.#logger?.debug(`Repeating a request to Elasticsearch: ${error.message}.`);
      }
      // The first retry goes to another node, so it needs no delay.
      if (retries === 0 && this.#options.hosts.length > 1) continue;
      // Random delays, so that requests that failed together are not repeated together.
      waits += 1;
      await delay(backoffMs(BACKOFF, waits) * (0.5 + Math.random()));
    }
  }

  /**
   * Sends a request once.
   * @throws ClusterFailure; StoreError `unavailable` after close
   */
  async attempt(request: ClusterRequest): Promise<ClusterResponse> {
    if (this.#isClosed) throw new StoreError('unavailable', 'The Elasticsearch store is closed.');
    try {
      return await this.#send(request);
    } catch (error) {
      throw toClusterFailure(error);
    }
  }

  /** Closes the client. Waits up to 2 seconds for pending requests. */
  async close(): Promise<void> {
    this.#isClosed = true;
    // The client library waits without a limit for a connection that was refused.
    const timeout = new AbortController();
    const closed = this.#client.close().finally(() => timeout.abort());
    const waited = delay(CLOSE_TIMEOUT_MS, undefined, { signal: timeout.signal, ref: false });
    await Promise.race([closed, waited.catch(() => undefined)]);
  }

  async #send(request: ClusterRequest): Promise<ClusterResponse> {
    const { method, path, query = {}, body, lines, responses = [] } = request;
    const { statusCode, body: response } = await this.#client.transport.request<unknown>(
      {
        method,
        path,
        querystring: { ...query },
        ...(body === undefined ? {} : { body }),
        ...(lines === undefined ? {} : { bulkBody: [...lines] }),
      },
      {
        meta: true,
        ignore: [...responses],
        requestTimeout: request.timeoutMs ?? this.#options.requestTimeoutMs,
      },
    );
    const status = statusCode ?? 0;
    if (status >= 400 && !request.mayLackIndex) {
      const failure = responseFailure(status, response);
      if (failure.kind === 'index_missing') throw failure;
    }
    return { status, body: response };
  }
}

function allowedRetries({ kind }: ClusterFailure, maxRetries: number): number {
  const retries = RETRIES[kind];
  return retries === 'as_configured' ? maxRetries : Math.min(retries, maxRetries);
}

/**
 * Returns the error to report. The error response of one node says more than the failure to reach
 * another node.
 */
function mostSpecific(error: unknown, responded: ClusterFailure | undefined): unknown {
  return error instanceof ClusterFailure ? (responded ?? error) : error;
}
