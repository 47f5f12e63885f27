import { LimitedWorker, type LimitedWorkerOptions } from './limited_worker.ts';

/** Properties of {@link SharedWorkers}. */
export interface SharedWorkersOptions extends LimitedWorkerOptions {
  /** Processes that work at the same time. */
  readonly processes: number;
  /** Absent: every request is accepted, because callers limit their number. */
  readonly limits?: {
    /** Requests of one user without a result that can be refused. Further ones are refused. */
    readonly maxPerUser: number;
    /** The same for all users. */
    readonly maxTotal: number;
    /** The failure of a request that is refused. */
    readonly refused: () => Error;
  };
}

/** Sender and limit of a request to {@link SharedWorkers}. */
export interface SharedRequestOptions {
  /** Any text that names the user. */
  readonly user: string;
  /** Counts from the start of the work, not while the request waits for others. */
  readonly limitMs: number;
  /** True: the request is never refused, and counts for no maximum. Default: false. */
  readonly isAlwaysAccepted?: boolean;
}

/** Requests of one user. */
interface UserQueue {
  size: number;
  /** Those that count for the maximum. */
  limited: number;
  /** Resolved when all requests so far have ended. */
  idle: Promise<unknown>;
}

/**
 * Processes that all users share. A user has one request in work at a time and the others wait for
 * it, so that one user cannot occupy all of them. A process starts with its first request.
 */
export class SharedWorkers<Request, Result> {
  readonly #options: SharedWorkersOptions;
  readonly #workers: readonly LimitedWorker<Request, Result>[];
  readonly #idle: LimitedWorker<Request, Result>[];
  /** Requests that wait for a process, at most one of each user. */
  readonly #waiting: ((worker: LimitedWorker<Request, Result>) => void)[] = [];
  readonly #users = new Map<string, UserQueue>();
  /** Requests of all users that count for the maximum. */
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
   * Runs a request when a process is free. Requests of one user wait for each other.
   * @throws the errors of the options; as `LimitedWorker.run`
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

  /** Ends the processes. Requests that have no result yet, and later ones, fail. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  /** Gives the request to the next idle process. */
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
