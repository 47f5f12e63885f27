import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { StepFailure } from '../failures/step_failure.ts';

/** Maximum heap of a process. The largest outputs of steps have 20 MB. */
const MAX_MEMORY_MB = 256;
/** Maximum milliseconds for the start of a process, which has to load its modules. */
const START_LIMIT_MS = 60_000;
/** Milliseconds without a request after which the process ends. */
const IDLE_MS = 60_000;
/**
 * Milliseconds before a process is started again after processes have ended unexpectedly. The pause
 * doubles each time, so that a machine without free memory is not busy only with starts.
 */
const RESTART_PAUSE_MS = { first: 50, longest: 2_000 } as const;
/** Environment variables that the process inherits. None of them can contain a credential. */
const ENVIRONMENT = ['TZ', 'NODE_ICU_DATA', 'SystemRoot'];
/** Maximum characters of the process's messages about why it ended. */
const MAX_REASON = 500;

/** A message to a process: first the data, then the requests, one at a time. */
export type WorkerInput<Request> =
  | { readonly kind: 'data'; readonly data: unknown }
  | { readonly kind: 'request'; readonly request: Request };

/**
 * A message from a process: `started` before it works on a request, then a result, or the type and
 * message of a failure.
 */
export type WorkerMessage<Result> =
  | { readonly kind: 'started' }
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'failed'; readonly type: string; readonly message: string };

/** Reason why a process ended before it had a result. */
export interface WorkerEnd {
  /** `true`: the request needs more than 256 MB of memory. */
  readonly isOutOfMemory: boolean;
  /** The reason as a sentence. */
  readonly reason: string;
}

/** Properties of {@link LimitedWorker}. */
export interface LimitedWorkerOptions {
  /** Module that the process runs. The module must call `serveRequests`. */
  readonly module: URL;
  /** Returns data for `serveRequests`. Called when a process starts. Absent: no data. */
  readonly data?: () => unknown;
  /** Creates the failure of a request that takes too long. */
  readonly expired: (limitMs: number) => Error;
  /** Creates the failure of a request whose process has ended. */
  readonly failed: (end: WorkerEnd) => Error;
  /** Waits before a process is started again; rejects when the signal aborts. Default: a timer. */
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

/** The request on which the process works. */
interface Pending<Result> {
  readonly child: ChildProcess;
  readonly limitMs: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
  timer?: NodeJS.Timeout;
}

/**
 * Works on requests in a separate process, one after the other. A request that takes longer than
 * its limit, or needs more than 256 MB, ends the process; the next request starts a new one. After
 * an unexpected end, a new process is also started, after a pause of at most 2 s. A process without
 * a request ends after a minute, and does not keep this process alive.
 *
 * A thread would not be enough: a thread that exceeds its `resourceLimits` can end the whole
 * process (https://github.com/nodejs/node/issues/47224).
 */
export class LimitedWorker<Request, Result> {
  readonly #options: LimitedWorkerOptions;
  #child: ChildProcess | undefined;
  #pending: Pending<Result> | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  /** Resolves when all requests so far have ended. */
  #idle: Promise<unknown> = Promise.resolve();
  /** Number of processes that have ended unexpectedly since the last result. */
  #ended = 0;
  readonly #closing = new AbortController();

  constructor(options: LimitedWorkerOptions) {
    this.#options = options;
  }

  /**
   * Runs a request.
   * @param limitMs milliseconds that the work may take; waiting for other requests or for the start
   *   of the process, which may take a minute, does not count
   * @throws StepFailure if the work failed; the errors of the options; Error if the worker is
   *   closed, so that the step has no result and the run can be continued
   */
  run(request: Request, limitMs: number): Promise<Result> {
    const result = this.#idle.then(() => this.#run(request, limitMs));
    this.#idle = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  /** Ends the process. Requests in progress and later requests fail. */
  async close(): Promise<void> {
    this.#closing.abort();
    const child = this.#child;
    if (child === undefined) return;
    // Otherwise Node.js could exit before the rest of the shutdown is done.
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

  /** Returns the running process, or starts one. */
  async #process(): Promise<ChildProcess> {
    const { pause = (ms, signal) => sleep(ms, undefined, { signal }) } = this.#options;
    const { signal } = this.#closing;
    // The process has ended, but its last messages have not been read yet.
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
    // Its error output must not keep this process alive.
    if (child.stderr instanceof Socket) child.stderr.unref();
    let messages = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      messages = `${messages}${chunk.toString('utf8')}`.slice(-MAX_REASON);
    });
    child.on('message', (message: WorkerMessage<Result>) => this.#receive(child, message));
    const fail = (end: WorkerEnd): void => {
      // Counts only processes that ended unexpectedly. Exhausted memory is caused by the request.
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

  /**
   * Ends the process after the given time, unless its result has arrived while this process was
   * busy.
   */
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

  /** Stops using the process, and fails its request. */
  #forget(child: ChildProcess, error: Error): void {
    if (this.#child === child) {
      this.#child = undefined;
      clearTimeout(this.#idleTimer);
    }
    if (this.#pending?.child === child) this.#pending.reject(error);
  }
}

/**
 * Sends a message. If the process has ended, its events report this, so an error is ignored here.
 */
function send<Request>(child: ChildProcess, message: WorkerInput<Request>): void {
  child.send(message, () => undefined);
}

/** Sets if this process stays alive until the other process ends. */
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
  // V8 aborts the process when its heap is full: with this signal, or with an exit code of 128 plus
  // its number.
  if (signal === 'SIGABRT' || code === 134) {
    return { isOutOfMemory: true, reason: `It needs more than ${MAX_MEMORY_MB} MB of memory.` };
  }
  const cause = signal ?? `exit code ${code}`;
  return { isOutOfMemory: false, reason: `Its process ended (${cause}). ${messages}`.trim() };
}

function closedError(): Error {
  return new Error('The server is stopping.');
}
