import type { Server } from '@latchkey/core/server/lifecycle';
import { CookieJar } from '@latchkey/dev-providers/fake-server';
import { waitUntil } from '@latchkey/test-environment/wait_until';
import { z } from 'zod';
import type { Connection } from '../history/events.ts';
import { PROVIDER_ORIGIN } from '../provider/provider_server.ts';
import { connectorSecrets } from './chaos_connector.ts';
import { ADMINISTRATOR } from './server_settings.ts';

const USERS = '/internal/security/users';
const ROLE = 'connector_user';
const CONNECTORS = '/api/actions/connector';
const JOBS = '/api/actions/grants/_revoke';

const flow = z.object({ authorizationUrl: z.url() });
const job = z.object({ id: z.string(), state: z.string(), failed: z.number() });
const userSchema = z.object({ profile_uid: z.string() });
const statuses = z.record(
  z.string(),
  z.object({
    connection_status: z.string().optional(),
    last_error: z.object({ code: z.string() }).optional(),
  }),
);

/** A request of one user to this server. */
interface Ask {
  readonly as: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly cookies?: CookieJar;
  readonly signal?: AbortSignal;
}

/** A successful response. */
interface Responded {
  readonly status: number;
  readonly text: string;
}

/** A connection as its owner sees it. */
interface Seen extends Connection {
  readonly status: string;
  readonly lastError: string | undefined;
}

/** An authorization that was started and not completed. */
interface Flow {
  readonly callback: string;
  readonly state: string;
  readonly cookies: CookieJar;
}

/** A response that is not a success. */
class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;

  constructor(status: number, path: string) {
    super(`${path}: status ${status}`);
    this.status = status;
  }
}

/** The users of a run and their administrator, at this server. */
export class ServerUsers {
  readonly #server: Server;
  readonly #users: readonly string[];
  readonly #connectors: readonly string[];
  readonly #flows = new Map<string, Flow>();
  readonly #profileUids = new Map<string, string>();

  constructor(
    server: Server,
    members: { readonly users: readonly string[]; readonly connectors: readonly string[] },
  ) {
    this.#server = server;
    this.#users = members.users;
    this.#connectors = members.connectors;
  }

  async createConnector(id: string, client: string): Promise<void> {
    await this.#makeUsers();
    const body = { ...connectorBody(id, client), connector_type_id: '.custom_api' };
    await this.#administer('POST', `${CONNECTORS}/${id}`, body);
  }

  /** @param client `undefined`: only the name changes */
  async editConnector(id: string, client: string | undefined): Promise<void> {
    const { name, config, secrets } = connectorBody(id, client ?? '');
    const body =
      client === undefined ? { name: `${name}, renamed`, config } : { name, config, secrets };
    await this.#administer('PUT', `${CONNECTORS}/${id}`, body);
  }

  /** @returns the client of the authorization request */
  async startFlow({ user, connector }: Connection): Promise<string | undefined> {
    const path = `/internal/actions/connector/${connector}/_start_oauth_flow`;
    const cookies = new CookieJar();
    const response = await this.ask({ as: user, method: 'POST', path, body: {}, cookies });
    if (response.status !== 200) throw new RefusedError(response.status, path);
    const url = new URL(flow.parse(JSON.parse(response.text)).authorizationUrl);
    const callback = new URL(url.searchParams.get('redirect_uri') ?? '').pathname;
    const state = url.searchParams.get('state') ?? '';
    this.#flows.set(nameOf({ user, connector }), { callback, state, cookies });
    return url.searchParams.get('client_id') ?? undefined;
  }

  /** Requests the callback as if the browser came back from the provider. */
  async completeAuthorization({
    user,
    connector,
    code,
  }: Connection & { readonly code: string }): Promise<void> {
    const begun = this.#flows.get(nameOf({ user, connector }));
    if (begun === undefined) throw new Error('the flow was not started');
    const { callback, state, cookies } = begun;
    const path = `${callback}?${new URLSearchParams({ code, state })}`;
    const response = await this.ask({ as: user, method: 'GET', path, cookies });
    if (response.status !== 200) throw new RefusedError(response.status, callback);
  }

  async disconnect({ user, connector }: Connection): Promise<void> {
    const path = `/internal/actions/connector/${connector}/_oauth_disconnect`;
    const { status } = await this.ask({ as: user, method: 'POST', path, body: {} });
    if (status >= 300) throw new RefusedError(status, path);
  }

  /** Resolves when the job has finished. */
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

  /** Statuses of all users for every connector. */
  async statuses(): Promise<readonly Seen[]> {
    const path = '/internal/actions/connectors/_me/auth_status';
    const all = await Promise.all(
      this.#users.map(async (user) => {
        const body = { connector_ids: this.#connectors };
        const response = await this.ask({ as: user, method: 'POST', path, body });
        if (response.status !== 200) throw new RefusedError(response.status, path);
        const own = statuses.parse(JSON.parse(response.text));
        return this.#connectors.map((connector): Seen => {
          const seen = own[connector];
          const status = seen?.connection_status ?? 'unknown';
          return { user, connector, status, lastError: seen?.last_error?.code };
        });
      }),
    );
    return all.flat();
  }

  /** The id never changes, so it is requested once. */
  async profileUid(user: string): Promise<string> {
    const known = this.#profileUids.get(user);
    if (known !== undefined) return known;
    const { profile_uid: uid } = userSchema.parse(
      await this.#administer('GET', `${USERS}/${user}`),
    );
    this.#profileUids.set(user, uid);
    return uid;
  }

  async isAvailable(): Promise<boolean> {
    const { status } = await this.ask({
      as: ADMINISTRATOR.username,
      method: 'GET',
      path: '/api/status',
    });
    return status === 200;
  }

  /** One request over a socket, as that user. */
  async ask({ as, method, path, body, cookies, signal }: Ask): Promise<Responded> {
    const password = as === ADMINISTRATOR.username ? ADMINISTRATOR.password : passwordOf(as);
    const url = new URL(`${this.#server.url}${path}`);
    const cookie = cookies?.headerFor(url);
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: {
        authorization: `Basic ${Buffer.from(`${as}:${password}`).toString('base64')}`,
        'kbn-xsrf': 'true',
        'x-elastic-internal-origin': 'chaos',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(cookie === undefined ? {} : { cookie }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    cookies?.store(url, response.headers.getSetCookie());
    return { status: response.status, text: await response.text() };
  }

  async #administer(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await this.ask({ as: ADMINISTRATOR.username, method, path, body });
    if (response.status >= 300) throw new RefusedError(response.status, path);
    return JSON.parse(response.text);
  }

  async #makeUsers(): Promise<void> {
    const role = { kibana: [{ feature: { actions: ['read'] }, spaces: ['*'] }] };
    await this.ask({
      as: ADMINISTRATOR.username,
      method: 'PUT',
      path: `/api/security/role/${ROLE}`,
      body: role,
    });
    for (const user of this.#users)
      await this.#administer('POST', `${USERS}/${user}`, {
        password: passwordOf(user),
        roles: [ROLE],
      });
  }
}

function connectorBody(id: string, client: string) {
  return {
    name: id,
    config: { url: `${PROVIDER_ORIGIN}/api` },
    secrets: connectorSecrets(client),
  };
}

function passwordOf(user: string): string {
  return `development-only-password-of-${user}`;
}

function nameOf({ user, connector }: Connection): string {
  return `${user} ${connector}`;
}
