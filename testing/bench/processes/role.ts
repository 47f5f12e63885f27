import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** Programs of this folder that run in a separate process, so that their CPU times are separate. */
export type RoleName =
  | 'upstream'
  | 'bare_proxy'
  | 'load_generator'
  | 'filler'
  | 'token_reader'
  | 'grant_user'
  | 'workflow_runner';

/** A program in a separate process. It responds to one request at a time. */
export interface Role<Input, Response> {
  readonly pid: number;
  /**
   * Sends a command to the program and resolves with its response.
   * @throws Error when the program failed or ended
   */
  ask(input: Input): Promise<Response>;
  /** Stops the process. Safe to call twice. */
  stop(): Promise<void>;
  /** Kills the process with SIGKILL. */
  kill(): Promise<void>;
}

type Reply<Response> = { readonly response: Response } | { readonly failure: string };

/** Starts a program. */
export function startRole<Input, Response>(name: RoleName): Role<Input, Response> {
  const child = fork(join(import.meta.dirname, `${name}.ts`), {
    serialization: 'advanced',
    // The output is ignored, because a server writes its log and its audit events to it.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    pid: child.pid ?? 0,
    ask: (input) => askChild(child, name, input),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill();
      await ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function askChild<Input, Response>(
  child: ChildProcess,
  name: string,
  input: Input,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`${name} exited with code ${code}`));
    child.once('exit', onExit);
    child.once('message', (reply: Reply<Response>) => {
      child.off('exit', onExit);
      if ('response' in reply) resolve(reply.response);
      else reject(new Error(`${name}: ${reply.failure}`));
    });
    child.send({ input });
  });
}

/**
 * Calls `response` for each message of the parent process and sends it the result. Ends this
 * process when the parent exits.
 */
export function handleInputs<Input, Response>(response: (input: Input) => Promise<Response>): void {
  process.on('message', async ({ input }: { readonly input: Input }) => {
    try {
      process.send?.({ response: await response(input) });
    } catch (error) {
      process.send?.({ failure: error instanceof Error ? (error.stack ?? error.message) : error });
    }
  });
  process.on('disconnect', () => process.exit());
}
