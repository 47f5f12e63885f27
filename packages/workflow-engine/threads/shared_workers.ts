import { LimitedWorker, type LimitedWorkerOptions } from './limited_worker.ts';

/** Properties of {@link SharedWorkers}. */
export interface SharedWorkersOptions extends LimitedWorkerOptions {
  /** Threads that work at the same time. */
  readonly threads: number;
  /** Requests of one user that have no result yet. Further ones are refused. */
  readonly maxPerUser: number;
  /** Requests of all users that have no result yet. Further ones are refused. */
  readonly maxTotal: number;
  /** The failure of a request that is refused. */
  readonly refused: () => Error;
}

/** Sender and limit of a request to {@link SharedWorkers}. */
export interface SharedRequestOptions {
  /** Any text that names the user. */
  readonly user: string;
  /** Counts from the start of the work, not while the request waits for others. */
  readonly limitMs: number;
  /** True: the request waits, however many others there are. Default: false. */
  readonly isAlwaysAccepted?: boolean;
}

/** Requests of one user. */
interface UserQueue {
  size: number;
  /** Resolved when all requests so far have ended. */
  idle: Promise<unknown>;
}

/**
 * Threads that all users share. A user has one request in work at a time and the others wait for
 * it, so that one user cannot occupy all threads. A thread starts with its first request.
 */
export class SharedWorkers<Request, Result> {
  readonly #options: SharedWorkersOptions;
  readonly #threads: readonly LimitedWorker<Request, Result>[];
  readonly #idle: LimitedWorker<Request, Result>[];
  /** Requests that wait for a thread, at most one of each user. */
  readonly #waiting: ((thread: LimitedWorker<Request, Result>) => void)[] = [];
  readonly #users = new Map<string, UserQueue>();
  #total = 0;

  constructor(options: SharedWorkersOptions) {
    this.#options = options;
    this.#threads = Array.from(
      { length: options.threads },
      () => new LimitedWorker<Request, Result>(options),
    );
    this.#idle = [...this.#threads];
  }

  /** @throws the errors of the options; as `LimitedWorker.run` */
  async run(request: Request, options: SharedRequestOptions): Promise<Result> {
    const { maxPerUser, maxTotal, refused } = this.#options;
    const { user, isAlwaysAccepted = false } = options;
    const queue = this.#users.get(user) ?? { size: 0, idle: Promise.resolve() };
    if (!isAlwaysAccepted && (queue.size >= maxPerUser || this.#total >= maxTotal)) throw refused();
    this.#users.set(user, queue);
    queue.size += 1;
    this.#total += 1;
    const result = queue.idle.then(() => this.#work(request, options));
    queue.idle = result.then(
      () => undefined,
      () => undefined,
    );
    try {
      return await result;
    } finally {
      this.#total -= 1;
      queue.size -= 1;
      if (queue.size === 0) this.#users.delete(user);
    }
  }

  /** Ends the threads. Requests that have no result yet, and later ones, fail. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  /** Gives the request to the next idle thread. */
  async #work(request: Request, { limitMs }: SharedRequestOptions): Promise<Result> {
    const thread = this.#idle.shift() ?? (await this.#nextThread());
    try {
      return await thread.run(request, limitMs);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(thread);
      else next(thread);
    }
  }

  #nextThread(): Promise<LimitedWorker<Request, Result>> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
