import { Worker } from 'node:worker_threads';
import { StepFailure } from '../failures/step_failure.ts';

/** Memory of a worker. The largest outputs of steps have 20 MB. */
const MAX_MEMORY_MB = 256;

/**
 * A message of a worker: `started` before it works on a request, then a result, or type and message
 * of a failure.
 */
export type WorkerMessage<Result> =
  | { readonly kind: 'started' }
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'failed'; readonly type: string; readonly message: string };

/** Properties of {@link LimitedWorker}. */
export interface LimitedWorkerOptions {
  /** The module of the thread. */
  readonly module: URL;
  /** `workerData` of the thread. Read when a thread starts. Absent: none. */
  readonly data?: () => unknown;
  /** The failure of a request that takes too long. */
  readonly expired: (limitMs: number) => Error;
  /** The failure of a request whose thread ended, with the reason. */
  readonly failed: (reason: string) => Error;
}

/** The request that the worker works on. */
interface Pending<Result> {
  readonly worker: Worker;
  readonly limitMs: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
  timer?: NodeJS.Timeout;
}

/**
 * Works on requests in one thread, one after the other. A request that takes longer than its limit
 * ends the thread; the next request starts a new one. An idle thread does not keep the process
 * alive.
 */
export class LimitedWorker<Request, Result> {
  readonly #options: LimitedWorkerOptions;
  #worker: Worker | undefined;
  #pending: Pending<Result> | undefined;
  /** Resolved when all requests so far have ended. */
  #idle: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(options: LimitedWorkerOptions) {
    this.#options = options;
  }

  /**
   * @param limitMs counts from the start of the work, not while the request waits for others
   * @throws StepFailure if the work failed; the errors of the options; Error if the worker is
   * closed, so that the step has no result and the run can be continued
   */
  run(request: Request, limitMs: number): Promise<Result> {
    const result = this.#idle.then(() => this.#run(request, limitMs));
    this.#idle = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  /** Ends the thread. Requests that have no result yet, and later ones, fail. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#forget(worker, closedError());
    await worker.terminate();
  }

  async #run(request: Request, limitMs: number): Promise<Result> {
    if (this.#isClosed) throw closedError();
    this.#worker ??= this.#start();
    const worker = this.#worker;
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const pending: Pending<Result> = { worker, limitMs, resolve, reject };
    this.#pending = pending;
    worker.ref();
    try {
      worker.postMessage(request);
      return await promise;
    } finally {
      clearTimeout(pending.timer);
      this.#pending = undefined;
      worker.unref();
    }
  }

  #start(): Worker {
    const { module, data, failed } = this.#options;
    const worker = new Worker(module, {
      execArgv: [],
      workerData: data?.(),
      resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY_MB },
    });
    worker.unref();
    worker.on('message', (message: WorkerMessage<Result>) => this.#receive(worker, message));
    worker.on('error', (error: Error) => this.#forget(worker, failed(error.message)));
    worker.on('exit', () => this.#forget(worker, failed('The thread ended.')));
    return worker;
  }

  #receive(worker: Worker, message: WorkerMessage<Result>): void {
    const pending = this.#pending;
    if (pending?.worker !== worker) return;
    switch (message.kind) {
      case 'started':
        pending.timer = setTimeout(() => this.#expire(pending), pending.limitMs);
        return;
      case 'result':
        pending.resolve(message.result);
        return;
      default:
        pending.reject(new StepFailure(message.type, message.message));
    }
  }

  /** Ends the thread, unless its result arrived while this thread was busy. */
  #expire(pending: Pending<Result>): void {
    setImmediate(() => {
      if (this.#pending !== pending) return;
      this.#forget(pending.worker, this.#options.expired(pending.limitMs));
      void pending.worker.terminate();
    });
  }

  /** Uses the thread no more, and fails its request. */
  #forget(worker: Worker, error: Error): void {
    if (this.#worker === worker) this.#worker = undefined;
    if (this.#pending?.worker === worker) this.#pending.reject(error);
  }
}

function closedError(): Error {
  return new Error('The server stops.');
}
