import { waitUntil } from '@latchkey/core/server/wait_until';
import type { Installation, ServerProcess, TestUser } from '@latchkey/test-environment';
import { filesOwner } from '@latchkey/test-environment';
import { at } from './executions.ts';

const TIMEOUT_MS = 240_000;
const MAX_FAILURES = 20;
/**
 * Every fourth execution uses an access token that the API rejects, so that the server refreshes
 * and stores tokens.
 */
const REFRESH_EVERY = 4;

/** Options of {@link startWorkLoad}. */
export interface WorkLoadOptions {
  readonly environment: Installation;
  /**
   * Ids of connectors to the strict server that use its app `post`. The load lets their access
   * tokens expire repeatedly. All users must be connected to all of them.
   */
  readonly connectors: readonly string[];
  /** Processes that the load uses at first; {@link WorkLoad.useServers} changes them. */
  readonly servers: readonly ServerProcess[];
}

/** Background load: executions, token refreshes and connector edits through several processes. */
export interface WorkLoad {
  /** Descriptions of failures; `[]`: none. */
  readonly failures: readonly string[];
  /**
   * Resolves when, from now on, this many executions and edits have been done through each process.
   */
  doMore(count: number): Promise<void>;
  /**
   * Makes the load use only these processes. Resolves when no request to another process is
   * pending.
   */
  useServers(servers: readonly ServerProcess[]): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the load. Two users execute actions, each with one call at a time. The administrator
 * renames connectors and reads them back through another process.
 */
export function startWorkLoad({
  environment,
  connectors,
  servers: first,
}: WorkLoadOptions): WorkLoad {
  const { strict } = environment;
  const failures: string[] = [];
  const done = new Map<ServerProcess, { executions: number; edits: number }>();
  const busy = new Map<ServerProcess, number>();
  let servers = first;
  let isStopped = false;

  const countOf = (server: ServerProcess) => {
    const count = done.get(server) ?? { executions: 0, edits: 0 };
    done.set(server, count);
    return count;
  };
  async function through(
    server: ServerProcess,
    what: 'executions' | 'edits',
    work: () => Promise<void>,
  ): Promise<void> {
    busy.set(server, (busy.get(server) ?? 0) + 1);
    try {
      await work();
    } catch (error) {
      failures.push(`${what}: ${String(error)}`);
      // The load stops after several failures, because a failed test must not run for ever.
      if (failures.length >= MAX_FAILURES) isStopped = true;
    } finally {
      countOf(server)[what] += 1;
      busy.set(server, (busy.get(server) ?? 1) - 1);
    }
  }

  async function execute(testUser: TestUser): Promise<void> {
    for (let turn = 0; !isStopped; turn += 1) {
      const server = at(servers, turn);
      const connector = at(connectors, Math.floor(turn / servers.length));
      if (turn % REFRESH_EVERY === 0 && testUser.account !== undefined) {
        strict.expireAccessTokens(testUser.account, strict.clients.post.clientId);
      }
      await through(server, 'executions', async () => {
        const owner = await filesOwner(testUser, server, connector);
        if (owner !== `${testUser.account}@example.com`)
          throw new Error(`Files of ${owner} were returned`);
      });
    }
  }

  async function edit(): Promise<void> {
    for (let turn = 0; !isStopped; turn += 1) {
      const path = `/api/actions/connector/${at(connectors, Math.floor(turn / 2))}`;
      const name = `Edited ${turn}`;
      const config = { url: `${strict.origin}/api` };
      const writer = at(servers, turn);
      await through(writer, 'edits', async () => {
        await environment.admin.json(writer, `PUT ${path}`, { name, config });
      });
      // The process is chosen only now, because the processes may have changed since the edit.
      const reader = at(servers, turn + 1);
      await through(reader, 'edits', async () => {
        const read = await environment.admin.json(reader, `GET ${path}`);
        if (!JSON.stringify(read).includes(`"${name}"`))
          throw new Error(`${name} was not returned`);
      });
    }
  }

  const work = Promise.all([execute(environment.ana), execute(environment.ben), edit()]);
  return {
    failures,
    doMore: async (count) => {
      const goals = servers.map((server) => ({ server, before: { ...countOf(server) } }));
      await waitUntil(
        `${count} more executions and edits`,
        () =>
          isStopped ||
          goals.every(({ server, before }) => {
            const { executions, edits } = countOf(server);
            return executions - before.executions >= count && edits - before.edits >= count;
          }),
        { timeoutMs: TIMEOUT_MS },
      );
    },
    useServers: async (next) => {
      servers = next;
      await waitUntil('responses of the other processes', () =>
        [...busy].every(([server, waiting]) => next.includes(server) || waiting === 0),
      );
    },
    stop: async () => {
      isStopped = true;
      await work;
    },
  };
}
