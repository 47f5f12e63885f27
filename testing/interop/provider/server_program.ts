import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { InteropError } from './interop_error.ts';

const STOP_TIMEOUT_MS = 20_000;
/**
 * Limit for a start, in milliseconds: on a busy machine a Java server with an empty database takes
 * minutes.
 */
const START_TIMEOUT_MS = 5 * 60_000;
const SHOWN_CHARACTERS = 3_000;

/** Options of a third-party server program. */
export interface ProgramOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** URL that responds with status 200 when the server is ready. */
  readonly readyUrl: string;
}

/** A running third-party program. */
export interface ServerProgram {
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/**
 * Starts the program and waits until it is ready.
 * @throws InteropError `start_failed` with the end of its output
 */
export async function startProgram(options: ProgramOptions): Promise<ServerProgram> {
  const { name, command, args, env, cwd, readyUrl } = options;
  const child = spawn(command, args, {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-SHOWN_CHARACTERS);
      if (process.env['LATCHKEY_INTEROP_LOG'] === 'true') process.stderr.write(chunk);
    });
  }
  child.once('error', (error) => {
    output += String(error);
  });
  if (!(await untilReady(child, readyUrl))) {
    child.kill('SIGKILL');
    throw new InteropError('start_failed', `${name} did not become ready:\n${output}`);
  }
  return {
    pause: () => {
      child.kill('SIGSTOP');
    },
    resume: () => {
      child.kill('SIGCONT');
    },
    stop: () => end(child),
  };
}

async function untilReady(child: ChildProcess, url: string): Promise<boolean> {
  const until = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < until && child.exitCode === null && child.signalCode === null) {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) }).catch(
      () => undefined,
    );
    if (response?.ok === true) return true;
    await sleep(200);
  }
  return false;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  // A frozen process handles no other signal until it continues.
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
