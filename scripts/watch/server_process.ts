import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ServerOptions } from '@latchkey/core/server/lifecycle';

/** Options of the server that can be sent to another process. */
export interface ChildOptions
  extends Pick<
    ServerOptions,
    'mode' | 'root' | 'configFiles' | 'browserBuilds' | 'defaults' | 'overrides'
  > {
  /** Settings in the form `KEY=VALUE`. `overrides` take precedence. */
  readonly settings: readonly string[];
}

/** Runs the server in a child process and starts it again when its code changes. */
export class ServerProcess {
  readonly #root: string;
  readonly #options: ChildOptions;
  readonly #report: (line: string) => void;
  #child: ChildProcess | undefined;
  #address: Promise<string>;
  #resolve: (url: string) => void = () => undefined;
  #changing: Promise<void> = Promise.resolve();
  #isStale = false;

  constructor(root: string, options: ChildOptions, report: (line: string) => void) {
    this.#root = root;
    this.#options = options;
    this.#report = report;
    this.#address = this.#nextAddress();
  }

  /** Address of the running server. The promise waits while the server starts. */
  get address(): Promise<string> {
    return this.#address;
  }

  start(): void {
    const child = fork(join(this.#root, 'scripts/watch/server_child.ts'), { stdio: 'inherit' });
    this.#child = child;
    child.send(this.#options);
    child.on('message', ({ url }: { readonly url: string }) => this.#resolve(url));
    child.on('exit', (code) => {
      if (this.#child !== child) return;
      this.#child = undefined;
      this.#report(`The server ended with code ${code}. It starts again at the next change.`);
    });
  }

  /** Starts the server again. Several simultaneous changes cause one restart. */
  restart(): Promise<void> {
    if (this.#isStale) return this.#changing;
    this.#isStale = true;
    this.#changing = this.#changing.then(async () => {
      this.#isStale = false;
      this.#address = this.#nextAddress();
      await this.#end();
      this.start();
    });
    return this.#changing;
  }

  /** Stops the server and waits until its process has ended. */
  stop(): Promise<void> {
    this.#changing = this.#changing.then(() => this.#end());
    return this.#changing;
  }

  async #end(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }

  #nextAddress(): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    // Requests that are already waiting get the address of the next server.
    const previous = this.#resolve;
    this.#resolve = (url) => {
      previous(url);
      resolve(url);
    };
    return promise;
  }
}
