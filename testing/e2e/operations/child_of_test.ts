import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { waitUntil } from '@latchkey/core/server/wait_until';
import { within } from '@latchkey/test-environment';

type LineOf<Line, T> = Extract<Line, { readonly type: T }>;

/** Milliseconds after which a test that hangs fails. Programs start slowly on a busy machine. */
const TIMEOUT_MS = 240_000;

/** A process started by a test. It prints one JSON value per line. */
export interface ChildOfTest<Line extends { readonly type: string }> {
  /** All lines that were printed so far, in order. */
  readonly lines: readonly Line[];
  /**
   * Waits for the first line of a type.
   * @param over.is selects a line of the type. Default: any
   * @throws Error with the error output of the process when it ends without such a line
   */
  line<T extends Line['type']>(
    type: T,
    over?: { readonly is?: (line: LineOf<Line, T>) => boolean; readonly timeoutMs?: number },
  ): Promise<LineOf<Line, T>>;
  /** Returns `true` when a line of this type was printed. */
  has(type: Line['type']): boolean;
  /** Writes an empty line to the standard input of the process. */
  proceed(): void;
  /** Closes the standard input of the process, which asks the process to stop. */
  endInput(): void;
  /** Kills the process as a power cut would. */
  kill9(): Promise<void>;
  /**
   * Waits until the process has ended and all its output is read.
   * @returns the signal that ended it; `null`: it exited by itself
   */
  ended(timeoutMs?: number): Promise<NodeJS.Signals | null>;
}

const running = new Set<ChildProcess>();

/**
 * Starts a program of this repository with an empty environment.
 * @param build a module of `builds/` that the process loads first
 */
export function startChild<Line extends { readonly type: string }>(
  program: URL,
  order: unknown,
  build?: URL,
): ChildOfTest<Line> {
  const loaded = build === undefined ? [] : ['--import', build.href];
  const child = spawn(process.execPath, [...loaded, program.pathname, JSON.stringify(order)], {
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  const lines: Line[] = [];
  const errorOutput: string[] = [];
  // Output from before a kill may still be in the pipe. Only the end of the stream shows that
  // everything was read.
  let isRead = false;
  createInterface({ input: child.stdout })
    .on('line', (line) => lines.push(JSON.parse(line) as Line))
    .on('close', () => {
      isRead = true;
    });
  child.stderr.setEncoding('utf8').on('data', (text: string) => errorOutput.push(text));
  child.stdin.on('error', () => undefined);
  const exited = once(child, 'exit').finally(() => running.delete(child));
  const untilRead = () => waitUntil('the last lines of a process', () => isRead);
  return {
    lines,
    line: (type, { is = () => true, timeoutMs = TIMEOUT_MS } = {}) =>
      waitUntil(
        `a line [${type}] of a process`,
        () => {
          const ofType = lines.filter((line) => line.type === type) as LineOf<Line, typeof type>[];
          const found = ofType.find(is);
          if (found === undefined && isRead)
            throw new Error(errorOutput.join('') || 'The process exited without the line');
          return found;
        },
        { timeoutMs },
      ),
    has: (type) => lines.some((line) => line.type === type),
    proceed: () => void child.stdin.write('\n'),
    endInput: () => child.stdin.end(),
    kill9: async () => {
      child.kill('SIGKILL');
      await exited;
      await untilRead();
    },
    ended: async (timeoutMs = TIMEOUT_MS) => {
      await within('a process of a test', timeoutMs, exited);
      await untilRead();
      return child.signalCode;
    },
  };
}

/** Kills every process that a test file left running. */
export function killChildren(): void {
  for (const child of running) child.kill('SIGKILL');
}
