import { Worker } from 'node:worker_threads';
import { StepFailure } from '../failures/step_failure.ts';
import type { PatternMatcher, PatternRequest, PatternResult } from './pattern_matcher.ts';
import type { WorkerMessage } from './pattern_worker.ts';

/** Milliseconds that one request may take. */
const TIME_LIMIT_MS = 1_000;

/** Memory of the worker: its results have 20 MB at most. */
const MAX_MEMORY_MB = 256;

/** The request that the worker works on. */
interface Pending {
  readonly worker: Worker;
  readonly resolve: (results: readonly PatternResult[]) => void;
  readonly reject: (failure: StepFailure) => void;
  timer?: NodeJS.Timeout;
}

/**
 * Runs regular expressions in one worker thread, one request after the other. A request that takes
 * longer than a second ends the worker; the next request starts a new one. An idle worker does not
 * keep the process alive.
 */
export class WorkerPatternMatcher implements PatternMatcher {
  #worker: Worker | undefined;
  #pending: Pending | undefined;
  /** Resolved when all requests so far have ended. */
  #idle: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  match(request: PatternRequest): Promise<readonly PatternResult[]> {
    const results = this.#idle.then(() => this.#run(request));
    this.#idle = results.then(
      () => undefined,
      () => undefined,
    );
    return results;
  }

  /** Ends the worker. Requests that have no result yet, and later ones, fail. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#forget(worker, closedFailure());
    await worker.terminate();
  }

  async #run(request: PatternRequest): Promise<readonly PatternResult[]> {
    if (this.#isClosed) throw closedFailure();
    this.#worker ??= this.#start();
    const worker = this.#worker;
    const { promise, resolve, reject } = Promise.withResolvers<readonly PatternResult[]>();
    const pending: Pending = { worker, resolve, reject };
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
    // The production build keeps names of files and removes types.
    const worker = new Worker(new URL('./pattern_worker.ts', import.meta.url), {
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY_MB },
    });
    worker.unref();
    worker.on('message', (message: WorkerMessage) => this.#receive(worker, message));
    worker.on('error', (error: Error) => {
      this.#forget(
        worker,
        new StepFailure('PatternFailed', `The pattern failed: ${error.message}`),
      );
    });
    worker.on('exit', () => {
      this.#forget(worker, new StepFailure('PatternFailed', 'The worker for patterns ended.'));
    });
    return worker;
  }

  #receive(worker: Worker, message: WorkerMessage): void {
    const pending = this.#pending;
    if (pending?.worker !== worker) return;
    switch (message.kind) {
      case 'started':
        pending.timer = setTimeout(() => this.#expire(pending), TIME_LIMIT_MS);
        return;
      case 'results':
        pending.resolve(message.results);
        return;
      default:
        pending.reject(new StepFailure(message.type, message.message));
    }
  }

  /** Ends the worker, unless its results arrived while this thread was busy. */
  #expire(pending: Pending): void {
    setImmediate(() => {
      if (this.#pending !== pending) return;
      const message = `The pattern took longer than ${TIME_LIMIT_MS} ms. Avoid nested repetition such as \`(a+)+\`.`;
      this.#forget(pending.worker, new StepFailure('PatternTimeout', message));
      void pending.worker.terminate();
    });
  }

  /** Uses the worker no more, and fails its request. */
  #forget(worker: Worker, failure: StepFailure): void {
    if (this.#worker === worker) this.#worker = undefined;
    if (this.#pending?.worker === worker) this.#pending.reject(failure);
  }
}

function closedFailure(): StepFailure {
  return new StepFailure('PatternFailed', 'The server stops.');
}
