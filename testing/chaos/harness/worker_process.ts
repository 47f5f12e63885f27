import type { ChildProcess } from 'node:child_process';
import { readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryEvent } from '../history/events.ts';
import { CANARY, type Recorder, readEvents } from '../history/recorder.ts';
import type { Command, CommandedWorker, WorkerMessage, WorkerSettings } from '../plan/protocol.ts';
import type { LoadedProcess } from './loaded_process.ts';

/** Characters of the log that the error of a worker contains when it cannot start. */
const LOG_SHOWN = 2_000;

/** The error when the worker process ended before it responded. */
export class WorkerExitedError extends Error {
  override readonly name = 'WorkerExitedError';
}

/** The error when the worker responded to a command with a failure, which `code` names. */
export class CommandFailedError extends Error {
  override readonly name = 'CommandFailedError';
  readonly code: string;

  constructor(code: string) {
    super(`The worker responded with [${code}].`);
    this.code = code;
  }
}

/**
 * A worker in a process that can be stopped, continued and killed. After a kill, the worker gets a
 * new process.
 */
export class WorkerProcess implements CommandedWorker {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #recorder: Recorder;
  readonly #historyPath: string;
  readonly #logPath: string;
  readonly #waiting = new Map<
    number,
    { resolve(result: unknown): void; reject(error: Error): void }
  >();
  readonly #ready: Promise<void>;
  readonly #exited: Promise<void>;
  #historyEnd = 0;
  #commands = 0;
  #isKilled = false;
  /** Milliseconds for which the process stays stopped when it stops itself. */
  #stopForMs = 0;
  #continueTimer: NodeJS.Timeout | undefined;

  /** @param loaded process of the worker, which no other worker uses */
  constructor(
    loaded: LoadedProcess,
    settings: {
      readonly name: string;
      readonly folder: string;
      readonly recorder: Recorder;
    } & Omit<WorkerSettings, 'worker' | 'historyPath'>,
  ) {
    const { name, folder, recorder, ...rest } = settings;
    this.name = name;
    this.#recorder = recorder;
    this.#historyPath = join(folder, `${name}.history.jsonl`);
    writeFileSync(this.#historyPath, '', { mode: 0o600 });
    const argument: WorkerSettings = { ...rest, worker: name, historyPath: this.#historyPath };
    this.#logPath = join(folder, `${name}.log`);
    renameSync(loaded.logPath, this.#logPath);
    this.#child = loaded.child;
    this.#child.send(argument, () => undefined);
    recorder.record({ type: 'forked', worker: name, pid: this.#child.pid ?? 0 });
    this.#ready = new Promise((resolve, reject) => {
      this.#child.on('message', (message: WorkerMessage) => {
        if (message.type === 'ready') resolve();
        else this.#receive(message);
      });
      this.#child.once('exit', () => {
        const end = readFileSync(this.#logPath, 'utf8').trimEnd().slice(-LOG_SHOWN);
        reject(new WorkerExitedError(`${name} exited during startup:\n${end}`));
      });
    });
    this.#ready.catch(() => undefined);
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', (_code, signal) => {
        this.#onExit(signal);
        resolve();
      });
    });
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** `true`: the process is stopped and will be continued. */
  get isStopped(): boolean {
    return this.#continueTimer !== undefined;
  }

  /**
   * Resolves when the worker accepts commands.
   * @throws WorkerExitedError when it exits before
   */
  whenReady(): Promise<void> {
    return this.#ready;
  }

  /** Resolves when the process has exited. */
  whenExited(): Promise<void> {
    return this.#exited;
  }

  ask(command: Command): Promise<unknown> {
    this.#commands += 1;
    const id = this.#commands;
    return new Promise((resolve, reject) => {
      if (this.hasExited) {
        reject(new WorkerExitedError(`${this.name} has exited.`));
        return;
      }
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, command }, () => undefined);
    });
  }

  /** Sends SIGSTOP now and SIGCONT later. */
  stop(forMs: number): void {
    if (this.hasExited) return;
    this.#recorder.record({ type: 'stopped', worker: this.name });
    this.#child.kill('SIGSTOP');
    this.#continueAfter(forMs);
  }

  /** Sets how long the process stays stopped when it stops itself at a point. */
  expectStop(forMs: number): void {
    this.#stopForMs = forMs;
  }

  continue(): void {
    if (this.#continueTimer === undefined) return;
    clearTimeout(this.#continueTimer);
    this.#continueTimer = undefined;
    if (this.hasExited) return;
    this.#child.kill('SIGCONT');
    this.#recorder.record({ type: 'continued', worker: this.name });
  }

  /** Kills the worker without waiting. Call it when the process of the harness ends. */
  killNow(): void {
    this.#child.kill('SIGKILL');
  }

  /** Kills the process with SIGKILL, so it cannot shut down gracefully. */
  async kill(): Promise<void> {
    if (!this.hasExited) {
      this.#recorder.record({ type: 'killed', worker: this.name });
      this.#isKilled = true;
      this.#child.kill('SIGKILL');
    }
    await this.#exited;
  }

  /** Returns the events that the process wrote since the last call. */
  takeEvents(): HistoryEvent[] {
    const { events, end } = readEvents(this.#historyPath, this.#historyEnd);
    this.#historyEnd = end;
    return events;
  }

  /** Empties the files of the process, or removes them when it has exited. */
  emptyFiles(): void {
    this.#historyEnd = 0;
    for (const path of [this.#historyPath, this.#logPath]) {
      if (this.hasExited) rmSync(path, { force: true });
      else truncateSync(path);
    }
  }

  #continueAfter(ms: number): void {
    clearTimeout(this.#continueTimer);
    this.#continueTimer = setTimeout(() => this.continue(), ms);
  }

  #receive(message: Exclude<WorkerMessage, { type: 'ready' }>): void {
    if (JSON.stringify(message).includes(CANARY))
      this.#recorder.record({ type: 'leak', where: `a response of ${this.name}` });
    if (message.type === 'stopping') {
      this.#recorder.record({ type: 'stopped', worker: this.name });
      this.#continueAfter(this.#stopForMs);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === 'done') waiting?.resolve(message.result);
    else waiting?.reject(new CommandFailedError(message.code));
  }

  #onExit(signal: NodeJS.Signals | null): void {
    clearTimeout(this.#continueTimer);
    this.#continueTimer = undefined;
    // A process that kills itself at a point has recorded this in its own history.
    if (!this.#isKilled && signal !== 'SIGKILL')
      this.#recorder.record({ type: 'crashed', worker: this.name });
    for (const { reject } of this.#waiting.values())
      reject(new WorkerExitedError(`${this.name} has exited.`));
    this.#waiting.clear();
  }
}
