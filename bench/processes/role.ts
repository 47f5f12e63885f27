import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** The programs of this folder that run in a process of their own, so that each role's CPU time is its own. */
type RoleName =
  | 'upstream'
  | 'bare_proxy'
  | 'load_generator'
  | 'spread_load'
  | 'token_filler'
  | 'connector_filler'
  | 'token_reader';

/** A role running in its own process. It answers one question at a time. */
export interface Role<Question, Response> {
  readonly pid: number;
  /** @throws Error when the role failed or ended */
  ask(question: Question): Promise<Response>;
  /** Ends the process. Safe to call twice. */
  stop(): Promise<void>;
}

type Reply<Response> = { readonly response: Response } | { readonly failure: string };

/** Starts a role. */
export function startRole<Question, Response>(name: RoleName): Role<Question, Response> {
  const child = fork(join(import.meta.dirname, `${name}.ts`), { serialization: 'advanced' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    pid: child.pid ?? 0,
    ask: (question) => askChild(child, name, question),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill();
      await ended;
    },
  };
}

function askChild<Question, Response>(
  child: ChildProcess,
  name: string,
  question: Question,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`${name} ended with ${code}`));
    child.once('exit', onExit);
    child.once('message', (reply: Reply<Response>) => {
      child.off('exit', onExit);
      if ('response' in reply) resolve(reply.response);
      else reject(new Error(`${name}: ${reply.failure}`));
    });
    child.send({ question });
  });
}

/** The other end: answers questions until the parent goes. */
export function answerPrompts<Question, Response>(
  response: (question: Question) => Promise<Response>,
): void {
  process.on('message', async ({ question }: { readonly question: Question }) => {
    try {
      process.send?.({ response: await response(question) });
    } catch (error) {
      process.send?.({ failure: error instanceof Error ? (error.stack ?? error.message) : error });
    }
  });
  process.on('disconnect', () => process.exit());
}
