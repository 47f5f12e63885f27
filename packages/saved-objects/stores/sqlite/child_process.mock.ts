import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A running script whose output is read line by line. */
export interface RunningScript {
  /** Resolves with the next line that passes, or `undefined` when the output ends. */
  readonly nextLine: (accepts?: (line: string) => boolean) => Promise<string | undefined>;
  /** All complete lines until the output ends. */
  readonly restOfLines: () => Promise<readonly string[]>;
  /** As the machine would end it: nothing in the process runs any more. */
  readonly killHard: () => Promise<void>;
  /** Resolves with the exit code; `null` after a kill. */
  readonly ended: Promise<number | null>;
  readonly send: (line: string) => void;
}

/** Runs a TypeScript file as the server runs, with this test's Node. */
export function runScript(file: URL, ...args: readonly string[]): RunningScript {
  const child: ChildProcess = spawn(process.execPath, [fileURLToPath(file), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '--no-warnings' },
  });
  if (child.stdout === null || child.stdin === null) throw new Error('The child has no pipes.');
  const { stdin } = child;
  // A child that was killed cannot be told anything more; that is no failure of the test.
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
