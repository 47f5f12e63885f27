import { type EmulatorServer, startEmulatorServer } from '@latchkey/dev-providers/fake-server';
import { createConnector, type TestUser } from '@latchkey/test-environment';
import { createEmulator, type Emulator } from 'emulate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startBeforeAll } from '../support/start_before_all.ts';
import {
  connectAtEmulator,
  FORM,
  forwardedHeaders,
  settingsWithEmulator,
} from '../support/vendor_emulator.ts';

// The tests run against a copy of Linear's API that keeps state and that others maintain. The copy
// checks PKCE, rotates refresh tokens and validates GraphQL against a part of Linear's schema,
// without attachments and members of teams.
const LINEAR = ['https://linear.app', 'https://api.linear.app'];
const client = { client_id: 'development-client', client_secret: 'development-secret' };

/**
 * GraphQL arguments that the emulator lacks, so the gateway removes them. Another test checks these
 * arguments against Linear's schema.
 */
const UNKNOWN_ARGUMENTS = [
  ', $orderBy: PaginationOrderBy',
  ', orderBy: $orderBy',
  ', $includeDisabled: Boolean',
  ', includeDisabled: $includeDisabled',
  ', $teamId: ID!',
  ', filter: { team: { id: { eq: $teamId } } }',
  /, \$filter: \w+/,
  ', filter: $filter',
  ', includeArchived: true',
];

let gateway: EmulatorServer;
let emulator: Emulator | undefined;
/** Values of `grant_type` in the token requests so far, oldest first. */
const tokenRequests: (string | null)[] = [];
let lastAccessToken = '';

const emulatorUrl = (path: string) => {
  if (emulator === undefined) throw new Error('the emulator was not started');
  return `${emulator.url}${path}`;
};
/** Field of a project that the emulator lacks. It has the deprecated field `state` instead. */
const STATUS = 'status { name type }';
const adapted = (text: string): string => {
  const { query, ...rest } = JSON.parse(text);
  const document = UNKNOWN_ARGUMENTS.reduce<string>((found, one) => found.replace(one, ''), query);
  return JSON.stringify({ ...rest, query: document.replace(STATUS, 'state') });
};
const withStatus = (text: string): string =>
  text.replace(/"state":"(\w+)"/g, '"status":{"name":"$1","type":"$1"}');

beforeAll(async () => {
  gateway = await startEmulatorServer({
    name: 'linear',
    port: 0,
    now: () => new Date(),
    endpointOf: (_, path) => path,
    handle: async ({ method, url, request, body, response }) => {
      const { authorization, 'content-type': type = FORM } = request.headers;
      const text = body.toString('utf8');
      const isApi = url.pathname === '/graphql';
      if (isApi) lastAccessToken = String(authorization).replace('Bearer ', '');
      if (url.pathname === '/oauth/token')
        tokenRequests.push(new URLSearchParams(text).get('grant_type'));
      const received = await fetch(emulatorUrl(`${url.pathname}${url.search}`), {
        method,
        redirect: 'manual',
        headers: { 'content-type': type, ...(authorization && { authorization }) },
        ...(method === 'GET' ? {} : { body: isApi ? adapted(text) : text }),
      });
      const receivedText = await received.text();
      response
        .writeHead(received.status, forwardedHeaders(received))
        .end(text.includes(STATUS) ? withStatus(receivedText) : receivedText);
    },
  });
});
afterAll(async () => {
  await gateway.controls.stop();
  await emulator?.close();
});

describe('the Linear connector, with an emulator that others maintain,', () => {
  const environment = startBeforeAll({
    providerSettings: settingsWithEmulator(LINEAR, () => gateway.origin),
  });
  let connector: string;
  beforeAll(async () => {
    const { admin, ana, first } = environment;
    connector = await createConnector(admin, first, {
      name: 'Linear',
      connector_type_id: '.linear',
      secrets: {
        authType: 'oauth_authorization_code',
        clientId: client.client_id,
        clientSecret: client.client_secret,
      },
    });
    // The redirect URI is registered only here, because the URL of the server is known only now.
    const { authorizationUrl } = await ana.startFlow(first, connector);
    const redirectUri = new URL(authorizationUrl).searchParams.get('redirect_uri') ?? '';
    emulator = await createEmulator({
      service: 'linear',
      port: 0,
      seed: {
        linear: {
          users: ['ana', 'ben'].map((name) => ({ name, email: `${name}@example.com` })),
          teams: [
            {
              key: 'SHOP',
              name: 'Shop',
              states: [{ name: 'Todo' }, { name: 'Building', type: 'started' }],
            },
          ],
          labels: ['bug', 'idea'].map((name) => ({ name, team: 'SHOP' })),
          projects: [{ name: 'Checkout', team: 'SHOP' }],
          cycles: [{ number: 7, team: 'SHOP', name: 'Spring' }],
          oauth_apps: [
            {
              ...client,
              name: 'Latchkey',
              redirect_uris: [redirectUri],
              scopes: ['read', 'write'],
            },
          ],
          strict_scopes: true,
        },
      },
    });
  });

  const connect = (user: TestUser) =>
    connectAtEmulator(user, environment.first, { connector, formText: `${user.account}@` });

  const run = (user: TestUser, subAction: string, subActionParams: unknown = {}) =>
    user.execute(environment.first, connector, { subAction, subActionParams });
  const data = async (user: TestUser, subAction: string, input: unknown = {}) => {
    const result = await run(user, subAction, input);
    if (result.status !== 'ok') throw new Error(`${subAction}: ${JSON.stringify(result)}`);
    return result.data;
  };
  const list = z.object({ items: z.array(z.looseObject({ id: z.string(), name: z.string() })) });
  const idOf = async (subAction: string, name: string, input: unknown = {}) => {
    const { items } = list.parse(await data(environment.ana, subAction, input));
    const found = items.find((item) => item.name === name);
    if (found === undefined) throw new Error(`${subAction} has no [${name}]`);
    return found.id;
  };

  it('connects two users with PKCE, each with their own scopes', async () => {
    const { ana, ben, first } = environment;
    for (const user of [ana, ben]) {
      expect((await connect(user)).status).toBeLessThan(400);
      expect(await user.status(first, connector)).toMatchObject({
        user_auth_status: 'connected',
        scopes: ['read', 'write'],
      });
    }
    expect(tokenRequests).toEqual(['authorization_code', 'authorization_code']);
  });

  it('creates an issue with values from the lists, changes it and reads it', async () => {
    const { ana, ben } = environment;
    const teamId = await idOf('listTeams', 'Shop');
    const ids = {
      assigneeId: await idOf('listUsers', 'ben'),
      projectId: await idOf('listProjects', 'Checkout', { teamId }),
      cycleId: await idOf('listCycles', 'Spring', { teamId }),
      labelIds: [await idOf('listIssueLabels', 'bug', { teamId })],
    };
    const fields = { teamId, title: 'Crash', description: '**At start**', priority: 1 };
    expect(await data(ana, 'createIssue', { ...fields, ...ids })).toMatchObject({
      issueCreate: {
        success: true,
        issue: {
          identifier: 'SHOP-1',
          title: 'Crash',
          priority: 1,
          assignee: { name: 'ben' },
          project: { name: 'Checkout' },
          cycle: { number: 7 },
          labels: { nodes: [{ name: 'bug' }] },
        },
      },
    });
    const stateId = await idOf('listWorkflowStates', 'Building', { teamId, first: 100 });
    const change = { id: 'SHOP-1', stateId, assigneeId: null, labelIds: [] };
    await data(ben, 'updateIssue', change);
    await data(ben, 'createComment', { issueId: 'SHOP-1', body: 'Seen' });
    expect(await data(ana, 'getIssue', { id: 'SHOP-1' })).toMatchObject({
      issue: { assignee: null, state: { name: 'Building' }, labels: { nodes: [] } },
    });
  });

  it('reads all pages of a list', async () => {
    const { ana } = environment;
    const teamId = await idOf('listTeams', 'Shop');
    for (const title of ['Typo', 'Idea']) await data(ana, 'createIssue', { teamId, title });
    const page = z.object({ items: z.array(z.object({ title: z.string() })) });
    const titles = async (input: object) => {
      const { items } = page.parse(await data(ana, 'listIssues', { first: 1, ...input }));
      return items.map(({ title }) => title);
    };
    expect(await titles({})).toHaveLength(1);
    expect(await titles({ all: true })).toEqual(expect.arrayContaining(['Crash', 'Typo', 'Idea']));
  });

  it("returns the provider's message when a call fails with status 400", async () => {
    const call = { teamId: 'missing', title: 'Crash' };
    expect(await run(environment.ana, 'createIssue', call)).toMatchObject({
      status: 'error',
      message: 'Linear API error (400): Team not found: missing',
      retry: false,
      errorSource: 'user',
    });
  });

  it('replaces a rejected access token with the rotating refresh token, several times', async () => {
    const { ana } = environment;
    tokenRequests.length = 0;
    for (const _ of [1, 2]) {
      await data(ana, 'getIssue', { id: 'SHOP-1' });
      const body = new URLSearchParams({ token: lastAccessToken }).toString();
      await fetch(emulatorUrl('/oauth/revoke'), {
        method: 'POST',
        headers: { 'content-type': FORM },
        body,
      });
      expect(await data(ana, 'getIssue', { id: 'SHOP-1' })).toMatchObject({
        issue: { identifier: 'SHOP-1' },
      });
    }
    expect(tokenRequests).toEqual(['refresh_token', 'refresh_token']);
  });

  it('requests and gets only the scopes of the enabled actions', async () => {
    const { admin, ben, first } = environment;
    const url = `/api/actions/connector/${connector}`;
    const enable = (config: object) =>
      admin.call(first, { method: 'PUT', path: url, body: { name: 'Linear', config } });
    expect((await enable({ enabledActions: ['listIssues', 'listTeams'] })).status).toBe(200);
    // Ben's grant covers all actions, so it also suffices for fewer actions.
    expect(await ben.status(first, connector)).not.toHaveProperty('missing_scopes');
    const { authorizationUrl } = await ben.startFlow(first, connector);
    expect(new URL(authorizationUrl).searchParams.get('scope')).toBe('read');
    expect((await connect(ben)).status).toBeLessThan(400);
    expect(await ben.status(first, connector)).toMatchObject({ scopes: ['read'] });
    expect(await data(ben, 'listTeams')).toMatchObject({ items: expect.any(Array) });
    expect(
      await ben.call(first, {
        method: 'POST',
        path: `${url}/_execute`,
        body: {
          params: { subAction: 'createIssue', subActionParams: { teamId: 't', title: 'x' } },
        },
      }),
    ).toMatchObject({ status: 403, text: expect.stringContaining('action_not_enabled') });
    await enable({});
    expect(await ben.status(first, connector)).toMatchObject({ missing_scopes: ['write'] });
    await connect(ben);
    expect(await ben.status(first, connector)).not.toHaveProperty('missing_scopes');
  });

  it('disconnects one user and keeps the other connected', async () => {
    const { ana, ben, first } = environment;
    expect((await ana.disconnect(first, connector)).status).toBe(204);
    expect(await run(ana, 'listTeams')).toMatchObject({ authorization_reason: 'no_token' });
    expect(await data(ben, 'listTeams')).toMatchObject({ items: expect.any(Array) });
  });
});
