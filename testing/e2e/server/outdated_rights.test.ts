import { createServer, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { waitUntil } from '@latchkey/core/server/wait_until';
import {
  createConnector,
  createUser,
  listenUntilTheEnd,
  TestUser,
} from '@latchkey/test-environment';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startBeforeAll } from '../support/start_before_all.ts';

const environment = startBeforeAll({
  build: new URL('../builds/reports_waiting_executions_build.ts', import.meta.url),
  settings: { 'xpack.actions.maxConcurrentExecutionsPerUser': 1 },
});
const KEYS = '/internal/security/api_key';
const ROLE = 'all_of_this';
const PASSWORD = 'a-password-7c41';

/** Creates a user and signs them in. */
async function aUser(username: string, roles: readonly string[] = [ROLE]): Promise<TestUser> {
  const { admin, first } = environment;
  const user = new TestUser({ username, password: PASSWORD });
  await createUser(admin, first, user, roles);
  expect((await user.logIn(first)).status).toBe(200);
  return user;
}
const asAdmin = (route: Parameters<TestUser['json']>[1], body?: object) =>
  environment.admin.json(environment.first, route, body);

beforeAll(async () => {
  const feature = { actions: ['read'], workflows: ['all'], api_keys: ['all'] };
  await asAdmin(`PUT /api/security/role/${ROLE}`, { kibana: [{ feature, spaces: ['*'] }] });
});

/** Signs the user in and returns the header line with the cookie of the new session. */
async function sessionOf(user: TestUser): Promise<string> {
  const { headers } = await user.logIn(environment.first);
  const cookies = (headers['set-cookie'] ?? []).map((line) => line.split(';')[0]);
  return `cookie: ${cookies.join('; ')}`;
}

/**
 * Sends a request without the last byte of its body. Resolves when the server has read the headers.
 */
async function hold(path: string, credentials: string, body: object) {
  const { hostname, port } = new URL(environment.first.url);
  const text = JSON.stringify(body);
  const socket = connect(Number(port), hostname);
  const received = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<string>();
  let response = '';
  socket.on('data', (chunk) => {
    response += chunk.toString('latin1');
    if (response.startsWith('HTTP/1.1 100 ')) received.resolve();
  });
  socket.on('close', () => closed.resolve(response.replace(/^HTTP\/1\.1 100 .*?\r\n\r\n/s, '')));
  socket.on('error', closed.reject);
  const headers = [
    ...[`POST ${path} HTTP/1.1`, `host: ${hostname}:${port}`, 'connection: close', credentials],
    ...['kbn-xsrf: x', 'x-elastic-internal-origin: x', 'content-type: application/json'],
    ...[`content-length: ${text.length}`, 'expect: 100-continue'],
  ];
  socket.write(`${headers.join('\r\n')}\r\n\r\n`);
  await received.promise;
  socket.write(text.slice(0, -1));
  return {
    /** Sends the last byte. Resolves to the response. */
    finish: (): Promise<string> => {
      socket.write(text.slice(-1));
      return closed.promise;
    },
  };
}

describe('F148: a request whose last byte arrives after its user lost all rights', () => {
  it('creates no user when its user was a superuser and has been deleted', async () => {
    const former = await aUser('former', ['superuser']);
    const held = await hold(
      '/internal/security/users/backdoor',
      `authorization: ${former.basicAuthorization}`,
      { password: PASSWORD, roles: ['superuser'] },
    );
    await asAdmin('DELETE /internal/security/users/former');
    expect(await held.finish()).toMatch(/^HTTP\/1\.1 401 /);
    const backdoor = new TestUser({ username: 'backdoor', password: PASSWORD });
    expect((await backdoor.logIn(environment.first)).status).toBe(401);
  });

  it.each(['ended all sessions', 'changed the password'])(
    'creates no API key when its user has %s',
    async (what) => {
      const { first } = environment;
      const user = await aUser(`victim-of-${what.length}`);
      const held = await hold(KEYS, await sessionOf(user), { name: 'persistence' });
      const path = `/internal/security/users/${user.username}/password` as const;
      const response =
        what === 'ended all sessions'
          ? await user.callWithPassword(first, 'POST /internal/security/sessions/_end', {
              sessions: 'all',
            })
          : await user.callWithPassword(first, `POST ${path}`, {
              password: PASSWORD,
              newPassword: 'another-strong-password-91',
              invalidateApiKeys: true,
            });
      expect(response.status).toBe(204);
      expect(await held.finish()).toMatch(/^HTTP\/1\.1 401 /);
      const found = await asAdmin(`GET ${KEYS}`);
      expect(JSON.stringify(found)).not.toContain('persistence');
    },
  );
});

it('a request whose last byte arrives late is handled when its user has lost no rights', async () => {
  const user = await aUser('slow-sender');
  const held = await hold(KEYS, await sessionOf(user), { name: 'slowly' });
  expect(await held.finish()).toMatch(/^HTTP\/1\.1 200 /);
});

describe('F79: an action that waits for a slot while its user loses rights', () => {
  const held: ServerResponse[] = [];
  let called: string[];
  let connector: string;
  beforeAll(async () => {
    const service = createServer(({ url = '' }, response) => {
      called.push(url);
      if (url === '/slow') held.push(response);
      else response.end('{}');
    });
    called = [];
    connector = await createConnector(environment.admin, environment.first, {
      name: 'HTTP',
      connector_type_id: '.http',
      config: { url: await listenUntilTheEnd(service), hasAuth: false },
      secrets: {},
    });
  });

  const call = async (user: TestUser, path: string, headers = {}) =>
    user.call(environment.first, {
      method: 'POST',
      path: `/api/actions/connector/${connector}/_execute`,
      body: { params: { method: 'GET', path } },
      headers,
    });
  /** Number of executions that have waited for a slot so far. */
  const waits = (): number =>
    environment.first.output().split('An execution waits for a slot').length - 1;
  /**
   * Sends a request, and resolves when its execution waits. The result is a function, because the
   * response would be awaited otherwise.
   */
  const callAndWait = async (...request: Parameters<typeof call>) => {
    const before = waits();
    const response = call(...request);
    await waitUntil('the execution to wait', () => waits() > before);
    return () => response;
  };
  const untilSlow = () => waitUntil('the slow call', async () => held.length > 0);
  const respond = () => {
    for (const response of held.splice(0)) response.end('{}');
  };

  it.each([
    [
      'disabled',
      (user: TestUser) => asAdmin(`POST /internal/security/users/${user.username}/_disable`),
    ],
    ['without roles', (user: TestUser) => asAdmin(...withoutRoles(user))],
    [
      'without sessions',
      (user: TestUser) =>
        user.callWithPassword(environment.first, 'POST /internal/security/sessions/_end', {
          sessions: 'all',
        }),
    ],
  ])('is not executed when the user is %s', async (what, loseRights) => {
    const user = await aUser(`user-${what.length}`);
    const slow = call(user, '/slow');
    await untilSlow();
    const waiting = await callAndWait(user, `/waiting-${what.length}`);
    await loseRights(user);
    respond();
    expect((await slow).status).toBe(200);
    expect((await waiting()).status).toBe(403);
    expect(called).not.toContain(`/waiting-${what.length}`);
  });

  it('is not executed when its API key is invalidated', async () => {
    const { first } = environment;
    const user = await aUser('key-owner');
    const created = z
      .looseObject({ id: z.string(), encoded: z.string() })
      .parse(await user.json(first, `POST ${KEYS}`, { name: 'stolen' }));
    const program = new TestUser({ username: 'a program', password: '' });
    const slow = call(user, '/slow');
    await untilSlow();
    const authorization = `ApiKey ${created.encoded}`;
    const waiting = await callAndWait(program, '/by-key', { authorization });
    await user.json(first, `POST ${KEYS}/invalidate`, {
      apiKeys: [{ id: created.id, name: 'stolen' }],
      isAdmin: false,
    });
    respond();
    expect((await slow).status).toBe(200);
    expect((await waiting()).status).toBe(403);
    expect(called).not.toContain('/by-key');
  });

  it('is executed when the user has lost no rights', async () => {
    const user = await aUser('patient');
    const slow = call(user, '/slow');
    await untilSlow();
    const waiting = await callAndWait(user, '/patient');
    respond();
    expect([(await slow).status, (await waiting()).status]).toEqual([200, 200]);
    expect(called).toContain('/patient');
  });

  it('is not executed as a step of a workflow when the user has no roles any more', async () => {
    const { first } = environment;
    const user = await aUser('author');
    const run = async (path: string) => {
      const yaml = `name: call\ntriggers: [{ type: manual }]\nsteps: [{ name: c, type: http, connector-id: ${connector}, with: { path: ${path}, method: GET } }]`;
      const { id } = z
        .looseObject({ id: z.string() })
        .parse(await user.json(first, 'POST /api/workflows/workflow', { yaml }));
      const started = await user.json(first, `POST /api/workflows/workflow/${id}/run`, {});
      return z.looseObject({ workflowExecutionId: z.string() }).parse(started).workflowExecutionId;
    };
    const read = async (id: string) =>
      z
        .looseObject({
          status: z.string(),
          stepExecutions: z.array(z.looseObject({ status: z.string() })),
        })
        .parse(await asAdmin(`GET /api/workflows/executions/${id}`));
    await run('/slow');
    await untilSlow();
    const waiting = await run('/step');
    await waitUntil('the step to begin', async () =>
      (await read(waiting)).stepExecutions.some(({ status }) => status === 'running'),
    );
    await asAdmin(...withoutRoles(user));
    respond();
    await waitUntil('the run to end', async () => (await read(waiting)).status === 'failed');
    expect(called).not.toContain('/step');
  });
});

const withoutRoles = ({ username }: TestUser) =>
  [`POST /internal/security/users/${username}`, { roles: [] }] as const;
