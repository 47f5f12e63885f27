import { LimitedWorker, type LimitedWorkerOptions } from './limited_worker.ts';

/** Properties of {@link SharedWorkers}. */
export interface SharedWorkersOptions extends LimitedWorkerOptions {
  /** Maximum number of processes that work at the same time. */
  readonly processes: number;
  /**
   * Limits of the number of requests. Absent: every request is accepted, because callers limit
   * their number.
   */
  readonly limits?: {
    /**
     * Maximum number of requests of one user without a result. Further ones are refused. Requests
     * that are always accepted do not count.
     */
    readonly maxPerUser: number;
    /** Maximum number of such requests of all users. */
    readonly maxTotal: number;
    /** Creates the error of a refused request. */
    readonly refused: () => Error;
  };
}

/** Sender and limit of a request to {@link SharedWorkers}. */
export interface SharedRequestOptions {
  /** Any text that identifies the user. */
  readonly user: string;
  /** Milliseconds that the work may take. Waiting for other requests does not count. */
  readonly limitMs: number;
  /** `true`: the request is never refused, and does not count for the limits. Default: false. */
  readonly isAlwaysAccepted?: boolean;
}

/** Requests of one user. */
interface UserQueue {
  size: number;
  /** Number of requests that count for the limits. */
  limited: number;
  /** Resolves when all requests so far have ended. */
  idle: Promise<unknown>;
}

/**
 * Processes that all users share. Only one request of a user is in work at a time, so that one user
 * cannot occupy all processes. A process is started by its first request.
 */
export class SharedWorkers<Request, Result> {
  readonly #options: SharedWorkersOptions;
  readonly #workers: readonly LimitedWorker<Request, Result>[];
  readonly #idle: LimitedWorker<Request, Result>[];
  /** Requests that wait for a process, at most one for each user. */
  readonly #waiting: ((worker: LimitedWorker<Request, Result>) => void)[] = [];
  readonly #users = new Map<string, UserQueue>();
  /** Number of requests of all users that count for the limits. */
  #limited = 0;

  constructor(options: SharedWorkersOptions) {
    this.#options = options;
    this.#workers = Array.from(
      { length: options.processes },
      () => new LimitedWorker<Request, Result>(options),
    );
    this.#idle = [...this.#workers];
  }

  /**
   * Runs a request when a process is free. Requests of one user run one after the other.
   * @throws the errors of the options, and the errors of `LimitedWorker.run`
   */
  async run(request: Request, options: SharedRequestOptions): Promise<Result> {
    const { limits } = this.#options;
    const { user, isAlwaysAccepted = limits === undefined } = options;
    const queue = this.#users.get(user) ?? { size: 0, limited: 0, idle: Promise.resolve() };
    const isFull =
      limits !== undefined &&
      (queue.limited >= limits.maxPerUser || this.#limited >= limits.maxTotal);
    if (!isAlwaysAccepted && isFull) throw limits.refused();
    const limited = isAlwaysAccepted ? 0 : 1;
    this.#users.set(user, queue);
    queue.size += 1;
    queue.limited += limited;
    this.#limited += limited;
    const result = queue.idle.then(() => this.#work(request, options));
    queue.idle = result.then(
      () => undefined,
      () => undefined,
    );
    try {
      return await result;
    } finally {
      this.#limited -= limited;
      queue.limited -= limited;
      queue.size -= 1;
      if (queue.size === 0) this.#users.delete(user);
    }
  }

  /** Ends the processes. Requests in progress and later requests fail. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  /** Gives the request to an idle process, or waits for one. */
  async #work(request: Request, { limitMs }: SharedRequestOptions): Promise<Result> {
    const worker = this.#idle.shift() ?? (await this.#nextWorker());
    try {
      return await worker.run(request, limitMs);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(worker);
      else next(worker);
    }
  }

  #nextWorker(): Promise<LimitedWorker<Request, Result>> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
