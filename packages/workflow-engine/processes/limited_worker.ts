import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { StepFailure } from '../failures/step_failure.ts';

/** Heap of a process. The largest outputs of steps have 20 MB. */
const MAX_MEMORY_MB = 256;
/** Milliseconds for the start of a process, which loads its modules. */
const START_LIMIT_MS = 60_000;
/** Milliseconds without a request after which the process ends. */
const IDLE_MS = 60_000;
/**
 * Milliseconds before a process starts again after others have ended by themselves, one after the
 * other: the pause doubles. A machine without memory must not be busy with starts only.
 */
const RESTART_PAUSE_MS = { first: 50, longest: 2_000 } as const;
/** Environment variables of the process: none that could contain a credential. */
const ENVIRONMENT = ['TZ', 'NODE_ICU_DATA', 'SystemRoot'];
/** Characters of the messages of a process that tell why it ended. */
const MAX_REASON = 500;

/** A message to a process: first the data, then requests, one at a time. */
export type WorkerInput<Request> =
  | { readonly kind: 'data'; readonly data: unknown }
  | { readonly kind: 'request'; readonly request: Request };

/**
 * A message of a process: `started` before it works on a request, then a result, or type and
 * message of a failure.
 */
export type WorkerMessage<Result> =
  | { readonly kind: 'started' }
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'failed'; readonly type: string; readonly message: string };

/** Why a process ended before it had a result. */
export interface WorkerEnd {
  /** True: the request needs more than 256 MB of memory. */
  readonly isOutOfMemory: boolean;
  /** A sentence. */
  readonly reason: string;
}

/** Properties of {@link LimitedWorker}. */
export interface LimitedWorkerOptions {
  /** The module of the process. It calls `serveRequests`. */
  readonly module: URL;
  /** Data for `serveRequests`. Read when a process starts. Absent: none. */
  readonly data?: () => unknown;
  /** The failure of a request that takes too long. */
  readonly expired: (limitMs: number) => Error;
  /** The failure of a request whose process ended. */
  readonly failed: (end: WorkerEnd) => Error;
  /** Waits before a process starts again; rejects when the signal aborts. Default: a timer. */
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

/** The request that the process works on. */
interface Pending<Result> {
  readonly child: ChildProcess;
  readonly limitMs: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
  timer?: NodeJS.Timeout;
}

/**
 * Works on requests in a process of its own, one after the other. A request that takes longer than
 * its limit, or more than 256 MB, ends the process; the next request starts a new one. So it does
 * when a process has ended by itself, after a pause of at most 2 s. An idle process ends after a
 * minute, and does not keep this one alive.
 *
 * A thread would not do: a thread that exceeds its `resourceLimits` can end the whole process
 * (https://github.com/nodejs/node/issues/47224).
 */
export class LimitedWorker<Request, Result> {
  readonly #options: LimitedWorkerOptions;
  #child: ChildProcess | undefined;
  #pending: Pending<Result> | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  /** Resolved when all requests so far have ended. */
  #idle: Promise<unknown> = Promise.resolve();
  /** Processes that ended by themselves since the last result. */
  #ended = 0;
  readonly #closing = new AbortController();

  constructor(options: LimitedWorkerOptions) {
    this.#options = options;
  }

  /**
   * @param limitMs counts from the start of the work, not while the request waits for others or for
   * the start of the process, which may take a minute
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

  /** Ends the process. Requests that have no result yet, and later ones, fail. */
  async close(): Promise<void> {
    this.#closing.abort();
    const child = this.#child;
    if (child === undefined) return;
    // Otherwise Node.js could end before the rest of the shutdown.
    keepAlive(child, true);
    const closed = once(child, 'close');
    this.#end(child, closedError());
    await closed;
  }

  async #run(request: Request, limitMs: number): Promise<Result> {
    const child = await this.#process();
    clearTimeout(this.#idleTimer);
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const pending: Pending<Result> = { child, limitMs, resolve, reject };
    const { failed } = this.#options;
    const reason = `Its process did not start within ${START_LIMIT_MS / 1_000} s.`;
    this.#limit(pending, START_LIMIT_MS, () => failed({ isOutOfMemory: false, reason }));
    this.#pending = pending;
    keepAlive(child, true);
    try {
      send<Request>(child, { kind: 'request', request });
      return await promise;
    } finally {
      clearTimeout(pending.timer);
      this.#pending = undefined;
      keepAlive(child, false);
      if (this.#child === child) {
        this.#idleTimer = setTimeout(() => this.#end(child, closedError()), IDLE_MS).unref();
      }
    }
  }

  /** The running process, or a new one. */
  async #process(): Promise<ChildProcess> {
    const { pause = (ms, signal) => sleep(ms, undefined, { signal }) } = this.#options;
    const { signal } = this.#closing;
    // It has ended, but its last messages have not been read yet.
    if (this.#child?.connected === false) this.#child = undefined;
    if (this.#child === undefined && this.#ended > 0) {
      const { first, longest } = RESTART_PAUSE_MS;
      const pauseMs = Math.min(first * 2 ** (this.#ended - 1), longest);
      await pause(pauseMs, signal).catch(() => undefined);
    }
    if (signal.aborted) throw closedError();
    this.#child ??= this.#start();
    return this.#child;
  }

  #start(): ChildProcess {
    const { module, data, failed } = this.#options;
    const environment = ENVIRONMENT.flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    );
    const child = fork(fileURLToPath(module), [], {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${MAX_MEMORY_MB}`],
      env: Object.fromEntries(environment),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    // Its messages do not keep this process alive.
    if (child.stderr instanceof Socket) child.stderr.unref();
    let messages = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      messages = `${messages}${chunk.toString('utf8')}`.slice(-MAX_REASON);
    });
    child.on('message', (message: WorkerMessage<Result>) => this.#receive(child, message));
    const fail = (end: WorkerEnd): void => {
      // Of the processes that this one has not ended. Memory depends on the request.
      if (this.#child === child && !end.isOutOfMemory) this.#ended += 1;
      this.#forget(child, failed(end));
    };
    child.on('error', ({ message }) => fail({ isOutOfMemory: false, reason: message }));
    child.on('close', (code, signal) => fail(endOf({ code, signal, messages })));
    send(child, { kind: 'data', data: data?.() });
    return child;
  }

  #receive(child: ChildProcess, message: WorkerMessage<Result>): void {
    const pending = this.#pending;
    if (pending?.child !== child) return;
    switch (message.kind) {
      case 'started':
        this.#limit(pending, pending.limitMs, this.#options.expired);
        return;
      case 'result':
        this.#ended = 0;
        pending.resolve(message.result);
        return;
      default:
        this.#ended = 0;
        pending.reject(new StepFailure(message.type, message.message));
    }
  }

  /** Ends the process after the time, unless its result arrived while this process was busy. */
  #limit(pending: Pending<Result>, limitMs: number, failure: (limitMs: number) => Error): void {
    clearTimeout(pending.timer);
    pending.timer = setTimeout(() => {
      setImmediate(() => {
        if (this.#pending === pending) this.#end(pending.child, failure(limitMs));
      });
    }, limitMs);
  }

  /** Ends the process, and fails its request. */
  #end(child: ChildProcess, error: Error): void {
    this.#forget(child, error);
    child.kill('SIGKILL');
  }

  /** Uses the process no more, and fails its request. */
  #forget(child: ChildProcess, error: Error): void {
    if (this.#child === child) {
      this.#child = undefined;
      clearTimeout(this.#idleTimer);
    }
    if (this.#pending?.child === child) this.#pending.reject(error);
  }
}

/** Sends a message. If the process has ended, its end is reported by its events. */
function send<Request>(child: ChildProcess, message: WorkerInput<Request>): void {
  child.send(message, () => undefined);
}

/** Tells if this process waits for the other one before it ends. */
function keepAlive(child: ChildProcess, isKept: boolean): void {
  const verb = isKept ? 'ref' : 'unref';
  child[verb]();
  child.channel?.[verb]();
}

function endOf(exit: {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly messages: string;
}): WorkerEnd {
  const { code, signal, messages } = exit;
  // V8 aborts the process when its heap is full: with the signal, or with its number plus 128.
  if (signal === 'SIGABRT' || code === 134) {
    return { isOutOfMemory: true, reason: `It needs more than ${MAX_MEMORY_MB} MB of memory.` };
  }
  const cause = signal ?? `exit code ${code}`;
  return { isOutOfMemory: false, reason: `Its process ended (${cause}). ${messages}`.trim() };
}

function closedError(): Error {
  return new Error('The server stops.');
}
