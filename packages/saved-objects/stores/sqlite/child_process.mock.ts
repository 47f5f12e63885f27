import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A running script whose output a test reads line by line. */
export interface RunningScript {
  /**
   * Resolves with the next line for which `accepts` returns `true`. `undefined`: the output ended.
   */
  readonly nextLine: (accepts?: (line: string) => boolean) => Promise<string | undefined>;
  /** Resolves with all remaining lines when the output ends. */
  readonly restOfLines: () => Promise<readonly string[]>;
  /** Kills the process with SIGKILL, like a crash, and waits until it has ended. */
  readonly killHard: () => Promise<void>;
  /** Resolves with the exit code; `null` after a kill. */
  readonly ended: Promise<number | null>;
  readonly send: (line: string) => void;
}

/** Runs a TypeScript file with the Node of this test, as a server would run. */
export function runScript(file: URL, ...args: readonly string[]): RunningScript {
  const child: ChildProcess = spawn(process.execPath, [fileURLToPath(file), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '--no-warnings' },
  });
  if (child.stdout === null || child.stdin === null) throw new Error('The child has no pipes.');
  const { stdin } = child;
  // Writing to a killed child fails, which must not fail the test.
  stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : null));
  const next = async (): Promise<string | undefined> => {
    const { done, value } = await lines.next();
    return done === true ? undefined : value;
  };
  return {
    nextLine: async (accepts = () => true) => {
      for (let line = await next(); line !== undefined; line = await next()) {
        if (accepts(line)) return line;
      }
      return undefined;
    },
    restOfLines: async () => {
      const rest: string[] = [];
      for (let line = await next(); line !== undefined; line = await next()) rest.push(line);
      return rest;
    },
    killHard: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    ended,
    send: (line) => {
      stdin.write(`${line}\n`);
    },
  };
}
