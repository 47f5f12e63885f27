import { waitUntil } from '@latchkey/core/server/wait_until';
import {
  createUser,
  type HttpResponse,
  type Reachable,
  TestUser,
} from '@latchkey/test-environment';
import { z } from 'zod';
import type { Connection } from '../history/events.ts';
import { PROVIDER_ORIGIN } from '../provider/provider_server.ts';
import { connectorSecrets } from './chaos_connector.ts';
import { ADMINISTRATOR } from './server_settings.ts';

/** Username of the administrator. */
export const ADMINISTRATOR_USER = ADMINISTRATOR.username;

const ROLE = 'connector_user';
const CONNECTORS = '/api/actions/connector';
const JOBS = '/api/actions/grants/_revoke';

const job = z.object({ id: z.string(), state: z.string(), failed: z.number() });
const userSchema = z.object({ profile_uid: z.string() });
const statuses = z.record(
  z.string(),
  z.object({
    connection_status: z.string().optional(),
    last_error: z.object({ code: z.string() }).optional(),
  }),
);

/** A connection as its owner sees it. */
interface Seen extends Connection {
  readonly status: string;
  readonly lastError: string | undefined;
}

/** An authorization that was started and not completed. */
interface Flow {
  readonly callback: string;
  readonly state: string;
}

/** The users of a run and their administrator, at this server. */
export class ServerUsers {
  readonly #server: Reachable;
  readonly #admin = aUser(ADMINISTRATOR_USER);
  readonly #users: ReadonlyMap<string, TestUser>;
  readonly #connectors: readonly string[];
  readonly #flows = new Map<string, Flow>();
  readonly #profileUids = new Map<string, string>();

  constructor(
    server: Reachable,
    members: { readonly users: readonly string[]; readonly connectors: readonly string[] },
  ) {
    this.#server = server;
    this.#users = new Map(members.users.map((name) => [name, aUser(name)]));
    this.#connectors = members.connectors;
  }

  async createConnector(id: string, client: string): Promise<void> {
    const kibana = [{ feature: { actions: ['read'], workflows: ['all'] }, spaces: ['*'] }];
    await this.#administer('PUT', `/api/security/role/${ROLE}`, { kibana });
    for (const user of this.#users.values())
      await createUser(this.#admin, this.#server, user, [ROLE]);
    const body = { ...connectorBody(id, client), connector_type_id: '.custom_api' };
    await this.#administer('POST', `${CONNECTORS}/${id}`, body);
  }

  /**
   * Edits a connector.
   * @param client new client of the connector; `undefined`: only the name changes
   */
  async editConnector(id: string, client: string | undefined): Promise<void> {
    const { name, config, secrets } = connectorBody(id, client ?? '');
    const body =
      client === undefined ? { name: `${name}, renamed`, config } : { name, config, secrets };
    await this.#administer('PUT', `${CONNECTORS}/${id}`, body);
  }

  /**
   * Starts an authorization flow.
   * @returns the client of the authorization request
   */
  async startFlow({ user, connector }: Connection): Promise<string | undefined> {
    const { authorizationUrl, state } = await this.#as(user).startFlow(this.#server, connector);
    const { searchParams } = new URL(authorizationUrl);
    const callback = new URL(searchParams.get('redirect_uri') ?? '').pathname;
    this.#flows.set(nameOf({ user, connector }), { callback, state });
    return searchParams.get('client_id') ?? undefined;
  }

  /** Requests the callback as if the browser came back from the provider. */
  async completeAuthorization(request: Connection & { readonly code: string }): Promise<void> {
    const flow = this.#flows.get(nameOf(request));
    if (flow === undefined) throw new Error('Start the authorization before completing it.');
    const { callback, state } = flow;
    const path = `${callback}?${new URLSearchParams({ code: request.code, state })}`;
    const response = await this.#as(request.user).call(this.#server, { method: 'GET', path });
    if (response.status !== 200)
      throw new Error(`The callback ${callback} responded with status ${response.status}`);
  }

  async disconnect({ user, connector }: Connection): Promise<void> {
    const { status } = await this.#as(user).disconnect(this.#server, connector);
    if (status >= 300) throw new Error(`Disconnecting the user failed with status ${status}`);
  }

  /** Revokes grants. Resolves when the job has finished. */
  async massRevoke({ user, connector }: Partial<Connection>): Promise<void> {
    const scope =
      user !== undefined
        ? { type: 'user', profile_uid: await this.profileUid(user) }
        : connector !== undefined
          ? { type: 'connector', connector_id: connector }
          : { type: 'all' };
    const { id } = job.parse(await this.#administer('POST', JOBS, { scope }));
    const { state, failed } = await waitUntil('the end of the job', async () => {
      const now = job.parse(await this.#administer('GET', `${JOBS}/${id}`));
      return now.state !== 'running' && now;
    });
    if (state !== 'completed' || failed > 0) throw new Error('the job has failed');
  }

  /** Returns the statuses of all users for every connector. */
  async statuses(): Promise<readonly Seen[]> {
    const path = '/internal/actions/connectors/_me/auth_status';
    const body = { connector_ids: this.#connectors };
    const all = await Promise.all(
      [...this.#users].map(async ([user, own]) => {
        const seen = statuses.parse(await own.json(this.#server, { method: 'POST', path, body }));
        return this.#connectors.map((connector): Seen => {
          const status = seen[connector]?.connection_status ?? 'unknown';
          return { user, connector, status, lastError: seen[connector]?.last_error?.code };
        });
      }),
    );
    return all.flat();
  }

  /** Returns the profile uid of a user. It never changes, so it is requested only once. */
  async profileUid(user: string): Promise<string> {
    const known = this.#profileUids.get(user);
    if (known !== undefined) return known;
    const found = await this.#administer('GET', `/internal/security/users/${user}`);
    const { profile_uid: uid } = userSchema.parse(found);
    this.#profileUids.set(user, uid);
    return uid;
  }

  async isAvailable(): Promise<boolean> {
    const request = { method: 'GET', path: '/api/status' };
    return (await this.#admin.call(this.#server, request)).status === 200;
  }

  /**
   * Executes a connector as a user.
   * @param signal aborts the wait for the response
   */
  execute(
    { user, connector }: Connection,
    params: unknown,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const path = `${CONNECTORS}/${connector}/_execute`;
    const request = { method: 'POST', path, body: { params }, signal };
    return this.#as(user).call(this.#server, request);
  }

  #as(user: string): TestUser {
    const known = this.#users.get(user);
    if (known === undefined) throw new RangeError(`There is no user ${user}.`);
    return known;
  }

  #administer(method: string, path: string, body?: unknown): Promise<unknown> {
    return this.#admin.json(this.#server, { method, path, body });
  }
}

/** Returns a user of a run, or the administrator. */
export function aUser(username: string): TestUser {
  const password =
    username === ADMINISTRATOR_USER
      ? ADMINISTRATOR.password
      : `development-only-password-of-${username}`;
  return new TestUser({ username, password, isProgram: true });
}

function connectorBody(id: string, client: string) {
  return {
    name: id,
    config: { url: `${PROVIDER_ORIGIN}/api` },
    secrets: connectorSecrets(client),
  };
}

function nameOf({ user, connector }: Connection): string {
  return `${user} ${connector}`;
}
