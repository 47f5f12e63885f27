import type { HttpResponse, TestUser } from '@latchkey/test-environment';
import { z } from 'zod';
import { ADMINISTRATOR_USER, aUser } from '../worker/server_users.ts';
import type { WorkerProcess } from './worker_process.ts';

/** Timeout of a request in milliseconds. A server that is stopped does not respond. */
const TIMEOUT_MS = 8_000;
/** Timeout in milliseconds of a request of the administrator, who prepares a round. */
const ADMINISTRATION_MS = 60_000;
const PAGE_SIZE = 100;

const listed = z.object({
  total: z.number(),
  results: z.array(z.object({ id: z.string(), status: z.string(), executedBy: z.string() })),
});
const error = z.object({ type: z.string() }).loose().optional();

const execution = z.object({
  status: z.string(),
  error,
  input: z.unknown().optional(),
  output: z.unknown().optional(),
  waits: z.array(z.object({ kind: z.string(), stepExecutionId: z.string() }).loose()),
  stepExecutions: z.array(
    z.object({
      stepId: z.string(),
      status: z.string(),
      scopeStack: z.array(z.object({ kind: z.string(), index: z.number() }).loose()),
      input: z.unknown().optional(),
      output: z.unknown().optional(),
      error,
    }),
  ),
});

/** One execution, as a server shows it to a user. */
export type SeenExecution = z.infer<typeof execution>;
/** An execution in the list of a workflow. */
export type ListedExecution = z.infer<typeof listed>['results'][number];

/** Requests of users to whole servers. */
export class WorkflowClient {
  readonly #users = new Map<string, TestUser>();
  readonly #urls = new WeakMap<WorkerProcess, string>();

  /**
   * Asks servers for their URLs. Call it after their start, because a stopped server does not
   * respond.
   */
  async meet(servers: readonly WorkerProcess[]): Promise<void> {
    for (const server of servers) {
      if (this.#urls.has(server)) continue;
      this.#urls.set(server, z.string().parse(await server.ask({ do: 'url' })));
    }
  }

  /** Returns `true` if a server can receive requests. */
  isKnown(server: WorkerProcess): boolean {
    return this.#urls.has(server);
  }

  /**
   * Starts a run.
   * @returns id of the run; `undefined`: the server did not respond, or refused
   */
  async start(server: WorkerProcess, user: string, workflow: string): Promise<string | undefined> {
    const path = `/api/workflows/workflow/${workflow}/run`;
    const response = await this.#call(server, user, { method: 'POST', path, body: { inputs: {} } });
    if (response?.status !== 200) return undefined;
    return z.object({ workflowExecutionId: z.string() }).parse(JSON.parse(response.text))
      .workflowExecutionId;
  }

  /**
   * Cancels a run.
   * @returns `true`: the server has confirmed the cancellation
   */
  async cancel(server: WorkerProcess, user: string, run: string): Promise<boolean> {
    const path = `/api/workflows/executions/${run}/cancel`;
    return (await this.#call(server, user, { method: 'POST', path }))?.status === 200;
  }

  /** Approves the wait of a run. Nothing happens if another approval was faster. */
  async approve(server: WorkerProcess, user: string, run: string): Promise<void> {
    const path = `/api/workflows/executions/${run}/resume`;
    const body = { input: { approved: true } };
    await this.#call(server, user, { method: 'POST', path, body });
  }

  /**
   * Reads a run.
   * @returns `undefined`: the server did not respond
   */
  async read(server: WorkerProcess, user: string, run: string): Promise<SeenExecution | undefined> {
    const path = `/api/workflows/executions/${run}?includeInput=true&includeOutput=true`;
    const response = await this.#call(server, user, { method: 'GET', path });
    return response?.status === 200 ? execution.parse(JSON.parse(response.text)) : undefined;
  }

  /**
   * Lists the executions of a workflow.
   * @param statuses statuses to list. Default: all
   * @returns `undefined`: the server did not respond
   */
  async list(
    server: WorkerProcess,
    workflow: string,
    statuses: readonly string[] = [],
  ): Promise<readonly ListedExecution[] | undefined> {
    const all: ListedExecution[] = [];
    for (let page = 1; ; page += 1) {
      const query = new URLSearchParams({ page: String(page), size: String(PAGE_SIZE) });
      for (const status of statuses) query.append('statuses', status);
      const path = `/api/workflows/workflow/${workflow}/executions?${query}`;
      const response = await this.#call(server, ADMINISTRATOR_USER, { method: 'GET', path });
      if (response?.status !== 200) return undefined;
      const { results, total } = listed.parse(JSON.parse(response.text));
      all.push(...results);
      if (results.length < PAGE_SIZE || all.length >= total) return all;
    }
  }

  /**
   * Sends a request as the administrator.
   * @throws Error unless the response is a success
   */
  async administer(server: WorkerProcess, path: string, body: unknown): Promise<void> {
    const call = { method: 'POST', path, body, timeoutMs: ADMINISTRATION_MS };
    const response = await this.#call(server, ADMINISTRATOR_USER, call);
    if (response === undefined || response.status >= 300)
      throw new Error(`${path}: ${response?.status} ${response?.text}`);
  }

  /**
   * Sends a request.
   * @returns `undefined`: no response
   */
  async #call(
    server: WorkerProcess,
    user: string,
    {
      timeoutMs = TIMEOUT_MS,
      ...call
    }: {
      readonly method: string;
      readonly path: string;
      readonly body?: unknown;
      readonly timeoutMs?: number;
    },
  ): Promise<HttpResponse | undefined> {
    const url = this.#urls.get(server);
    if (url === undefined) return undefined;
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      return await this.#as(user).call({ url }, { ...call, signal });
    } catch {
      return undefined;
    }
  }

  #as(name: string): TestUser {
    const known = this.#users.get(name) ?? aUser(name);
    this.#users.set(name, known);
    return known;
  }
}
