import { grantId, type StartedFlow } from '@latchkey/actions-plugin/server/testing';
import { waitUntil } from '@latchkey/core/server/wait_until';
import type { Connection } from '../history/events.ts';
import type { Observation } from '../plan/protocol.ts';
import { CHAOS_TYPE, connectorSecrets } from './chaos_connector.ts';
import { principalOf, type Stack } from './stack.ts';

const ADMINISTRATOR = principalOf('u_admin');

/** An authorization that was started and not completed. */
interface Flow extends Pick<StartedFlow, 'state' | 'cookie'> {
  readonly client: string | undefined;
  /** Last path segment of the callback. */
  readonly providerKey: string | undefined;
}

/** Operations of users and of an administrator, as the routes of a server call them. */
export class Operations {
  readonly #stack: Stack;
  readonly #flows = new Map<string, Flow>();
  #edits = 0;

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  async createConnector(id: string, client: string): Promise<void> {
    await this.#stack.connectors.create(ADMINISTRATOR, {
      id,
      name: id,
      connectorTypeId: CHAOS_TYPE,
      config: {},
      secrets: connectorSecrets(client),
    });
  }

  /**
   * Edits a connector.
   * @param client new client of the connector; this ends all its grants. `undefined`: only renames
   */
  async editConnector(id: string, client: string | undefined): Promise<void> {
    this.#edits += 1;
    await this.#stack.connectors.update(ADMINISTRATOR, id, {
      name: `${id} ${this.#edits}`,
      config: {},
      secrets: client === undefined ? undefined : connectorSecrets(client),
    });
  }

  /**
   * Starts an authorization flow.
   * @returns the client of the authorization request
   */
  async startFlow({ user, connector }: Connection): Promise<string | undefined> {
    const { authorizationUrl, state, cookie } = await this.#stack.flow.start({
      principal: principalOf(user),
      connectorId: connector,
      returnUrl: undefined,
    });
    const { searchParams } = new URL(authorizationUrl);
    const client = searchParams.get('client_id') ?? undefined;
    const callback = new URL(searchParams.get('redirect_uri') ?? '').pathname;
    const providerKey = callback.split('/').at(-1);
    this.#flows.set(nameOf({ user, connector }), { state, cookie, client, providerKey });
    return client;
  }

  /** Calls the callback as if the browser came back from the provider. */
  async completeAuthorization(request: Connection & { readonly code: string }): Promise<void> {
    const flow = this.#flows.get(nameOf(request));
    if (flow === undefined) throw new Error('Start the authorization before completing it.');
    const { state, cookie, providerKey } = flow;
    const { failure } = await this.#stack.flow.complete({
      principal: principalOf(request.user),
      remoteAddress: '127.0.0.1',
      cookies: { [cookie.name]: cookie.value },
      state,
      response: {
        code: request.code,
        error: undefined,
        errorDescription: undefined,
        iss: undefined,
        others: {},
        providerKey,
        responseMode: 'query',
      },
    });
    if (failure !== undefined) throw failure;
  }

  /** Revokes grants. Resolves when the job has finished. */
  async massRevoke({ user, connector }: Partial<Connection>, signal: AbortSignal): Promise<void> {
    const { revocationJobs } = this.#stack;
    const scope =
      user !== undefined
        ? ({ type: 'user', profileUid: user } as const)
        : connector !== undefined
          ? ({ type: 'connector', connectorId: connector } as const)
          : ({ type: 'all' } as const);
    const { id } = await revocationJobs.startJob(scope, {
      reason: 'mass_revoke',
      actor: undefined,
    });
    await revocationJobs.workOn(id, signal);
    const { counts, job } = await revocationJobs.get(id);
    if (job.state === 'running' || counts.failed > 0)
      throw new Error(
        `Revocation job [${id}] has not finished: ${job.state}, ${counts.failed} failed`,
      );
  }

  /**
   * Ends the grants of a user. Two processes that remove the same user share one job. The process
   * that does not get the job continues immediately, so this method waits for the job of the other
   * one.
   */
  async removeUser(user: string, timeoutMs: number): Promise<void> {
    const { revocationJobs } = this.#stack;
    const signal = AbortSignal.timeout(timeoutMs);
    await revocationJobs.revokeForUser(user, 'user_removed', signal);
    const hasFinished = async () => !(await this.#isBeingRemoved(user));
    await waitUntil('the end of the job', hasFinished, { timeoutMs });
  }

  async #isBeingRemoved(profileUid: string): Promise<boolean> {
    const query = { page: 1, perPage: 100, profileUid, state: 'running' } as const;
    const { views } = await this.#stack.revocationJobs.list(query);
    return views.some(({ job }) => job.reason === 'user_removed');
  }

  /** Returns the status of these connections according to this process. */
  async observe(connections: readonly Connection[]): Promise<Observation[]> {
    const { tokens, hasOutboxEntry } = this.#stack;
    const observations: Observation[] = [];
    for (const { user, connector } of connections) {
      const key = { scope: 'per-user', connectorId: connector, profileUid: user } as const;
      const views = await tokens.connections.ofUser(user, [{ id: connector }]);
      const view = views.get(connector);
      observations.push({
        status: view?.status ?? 'unknown',
        lastError: view?.lastError?.code,
        inOutbox: await hasOutboxEntry(grantId(key)),
      });
    }
    return observations;
  }
}

function nameOf({ user, connector }: Connection): string {
  return `${user} ${connector}`;
}
