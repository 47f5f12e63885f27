import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { waitUntil, within } from '../support/wait_until.ts';

/** A process of a test that prints one JSON value per line. */
export interface ChildOfTest<Line> {
  /** Everything printed so far, in order. */
  readonly lines: readonly Line[];
  /** Waits for a line. @throws Error with what the process complained about when it ends without */
  line<L extends Line>(is: (line: Line) => line is L, timeoutMs?: number): Promise<L>;
  /** Ends its standard input: a polite request to come to an end. */
  endInput(): void;
  /** Ends it as a power cut would. */
  kill9(): Promise<void>;
  /** Waits for its own end, and until everything it printed was read. @returns the signal that ended it; `null`: it came to its end by itself */
  ended(timeoutMs?: number): Promise<NodeJS.Signals | null>;
}

const running = new Set<ChildProcess>();

/**
 * Starts a program of this repository. Nothing of the environment is handed on.
 * @param build a module of `builds/` that the process loads first
 */
export function startChild<Line>(program: URL, order: unknown, build?: URL): ChildOfTest<Line> {
  const loaded = build === undefined ? [] : ['--import', build.href];
  const child = spawn(process.execPath, [...loaded, program.pathname, JSON.stringify(order)], {
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  const lines: Line[] = [];
  const complaints: string[] = [];
  // What was printed before a kill is in the pipe still: only its end says that everything was read.
  let isRead = false;
  createInterface({ input: child.stdout })
    .on('line', (line) => lines.push(JSON.parse(line) as Line))
    .on('close', () => {
      isRead = true;
    });
  child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
  child.stdin.on('error', () => undefined);
  const exited = once(child, 'exit').finally(() => running.delete(child));
  const untilRead = () => waitUntil('the last lines of a process', () => isRead);
  return {
    lines,
    line: async <L extends Line>(is: (line: Line) => line is L, timeoutMs = 60_000) =>
      waitUntil(
        'a line of a process',
        () => {
          const found = lines.find(is);
          if (found === undefined && isRead) throw new Error(complaints.join('') || 'it ended');
          return found;
        },
        timeoutMs,
      ),
    endInput: () => child.stdin.end(),
    kill9: async () => {
      child.kill('SIGKILL');
      await exited;
      await untilRead();
    },
    ended: async (timeoutMs = 60_000) => {
      await within('a process of a test', timeoutMs, exited);
      await untilRead();
      return child.signalCode;
    },
  };
}

/** Ends every process a test file left. */
export function killChildren(): void {
  for (const child of running) child.kill('SIGKILL');
}
