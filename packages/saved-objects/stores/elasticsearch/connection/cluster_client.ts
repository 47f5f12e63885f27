import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '@elastic/elasticsearch';
import { backoffMs } from '../../../coordination/backoff.ts';
import type { SavedObjectsLogger } from '../../../service/saved_objects_logger.ts';
import { StoreError } from '../../../store/store_error.ts';
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

/** One request to the cluster. */
export interface ClusterRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Serialized lines of a bulk request, instead of `body`. */
  readonly lines?: readonly string[];
  /** Statuses besides 2xx that are an answer and not a failure. */
  readonly responses?: readonly number[];
  /** `true`: it is asked whether an index is there. Otherwise one that is gone is a failure, even where a missing document is an answer. */
  readonly mayLackIndex?: boolean;
  /** Default: the configured one. */
  readonly timeoutMs?: number;
  /** Default: the configured one. */
  readonly maxRetries?: number;
}

export interface ClusterResponse {
  readonly status: number;
  readonly body: unknown;
}

/** Sends requests, and repeats those whose failure passes. */
export class ClusterClient {
  readonly #client: Client;
  readonly #options: ResolvedOptions;
  readonly #logger: SavedObjectsLogger | undefined;
  readonly #now: () => number;
  #isClosed = false;

  /** @param now monotonic milliseconds; default: the machine's */
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
   * Sends until there is an answer or the retries are used up. A failed attempt may have had its effect.
   * @throws StoreError `unavailable`; ClusterFailure `refused` for a request that was wrong
   */
  request(request: ClusterRequest): Promise<ClusterResponse> {
    return this.repeat(() => this.attempt(request), request.maxRetries);
  }

  /**
   * Repeats work whose failure passes, for about as long as one attempt may take: callers have deadlines.
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
          // What became of an attempt that was never answered is always asked for.
          (!isLate || error.kind === 'timeout');
        if (!mayRepeat) throw toStoreError(mostTelling(error, responded), this.#options.hosts);
        this.#logger?.debug(`Repeating a request to Elasticsearch: ${error.message}.`);
      }
      // Another node has nothing to recover from.
      if (retries === 0 && this.#options.hosts.length > 1) continue;
      // Jitter, so that requests that failed together do not return together.
      waits += 1;
      await delay(backoffMs(BACKOFF, waits) * (0.5 + Math.random()));
    }
  }

  /** Sends once. @throws ClusterFailure; StoreError `unavailable` after close */
  async attempt(request: ClusterRequest): Promise<ClusterResponse> {
    if (this.#isClosed) throw new StoreError('unavailable', 'The Elasticsearch store is closed.');
    try {
      return await this.#send(request);
    } catch (error) {
      throw toClusterFailure(error);
    }
  }

  /** Lets requests in flight finish, for a moment. */
  async close(): Promise<void> {
    this.#isClosed = true;
    // The client may wait for ever for a connection that was refused while it was made.
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

/** What one node said is a better reason than that another one is down. */
function mostTelling(error: unknown, responded: ClusterFailure | undefined): unknown {
  return error instanceof ClusterFailure ? (responded ?? error) : error;
}
