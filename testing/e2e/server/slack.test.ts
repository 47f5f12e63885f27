import { type EmulatorServer, startEmulatorServer } from '@latchkey/dev-providers/fake-server';
import { type QuirkServer, startQuirkServer } from '@latchkey/dev-providers/quirks';
import { providers } from '@latchkey/oauth-providers';
import { createConnector, type Installation, type TestUser } from '@latchkey/test-environment';
import { createEmulator, type Emulator } from 'emulate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { documentedOutputs } from '../support/documented_output.ts';
import { startBeforeAll } from '../support/start_before_all.ts';
import {
  connectAtEmulator,
  FORM,
  forwardedHeaders,
  settingsWithEmulator,
} from '../support/vendor_emulator.ts';

/**
 * Settings of servers that use Slack at another origin.
 * @param origin origin of the emulator; called when the servers start
 */
const slackAt = (origin: () => string) => ({
  providerSettings: settingsWithEmulator(['https://slack.com'], origin),
});

const slackConnector = (client: { readonly id: string; readonly secret: string }) => ({
  name: 'Slack',
  connector_type_id: '.slack2',
  secrets: {
    authType: 'oauth_authorization_code',
    clientId: client.id,
    clientSecret: client.secret,
  },
});

const isRaw = (input: unknown) => z.object({ raw: z.literal(true) }).safeParse(input).success;

/**
 * Returns functions that execute actions of a connector. `run` returns the whole response; `data`
 * returns its data, and throws when the execution failed or when the data differ from the API
 * description of the server.
 */
const actionsOf = (environment: Installation, connector: () => string) => {
  let problemsIn: ReturnType<typeof documentedOutputs> | undefined;
  const run = (user: TestUser, subAction: string, subActionParams: unknown = {}) =>
    user.execute(environment.first, connector(), { subAction, subActionParams });
  const data = async (user: TestUser, subAction: string, input: unknown = {}) => {
    const result = await run(user, subAction, input);
    if (result.status !== 'ok') throw new Error(`${subAction}: ${JSON.stringify(result)}`);
    problemsIn ??= documentedOutputs(user, environment.first);
    const problems = isRaw(input) ? [] : (await problemsIn)(`slack2_${subAction}`, result.data);
    if (problems.length > 0) throw new Error(`${subAction}: ${JSON.stringify(problems)}`);
    return result.data;
  };
  return { run, data };
};

describe('the Slack connector, with an emulator that others maintain,', () => {
  let emulator: Emulator;
  let gateway: EmulatorServer;
  beforeAll(async () => {
    emulator = await createEmulator({
      service: 'slack',
      port: 0,
      seed: {
        slack: {
          users: ['ana', 'ben'].map((name) => ({ name, email: `${name}@example.com` })),
          channels: [{ name: 'plans' }],
          strict_scopes: true,
        },
      },
    });
    gateway = await startGateway(emulator.url);
  });
  afterAll(async () => {
    await gateway.controls.stop();
    await emulator.close();
  });
  const environment = startBeforeAll(slackAt(() => gateway.origin));
  let connector: string;
  beforeAll(async () => {
    const body = slackConnector({ id: 'development-client', secret: 'development-secret' });
    connector = await createConnector(environment.admin, environment.first, body);
  });
  const { run, data } = actionsOf(environment, () => connector);

  const connect = (user: TestUser) =>
    connectAtEmulator(user, environment.first, { connector, formText: `${user.account}@` });

  it('connects two users, each with their own account', async () => {
    const { ana, ben, first } = environment;
    for (const user of [ana, ben]) {
      expect((await connect(user)).status).toBeLessThan(400);
      expect(await user.status(first, connector)).toMatchObject({ account: user.account });
      expect(await data(user, 'whoAmI')).toMatchObject({ user: user.account });
    }
  });

  it('finds users and channels, page by page', async () => {
    const { ana } = environment;
    const email = 'ben@example.com';
    expect(await data(ana, 'lookupUserByEmail', { email })).toMatchObject({
      user: { name: 'ben', profile: { email } },
    });
    expect(await data(ana, 'listUsers', { limit: 1, all: true })).toMatchObject({
      members: expect.arrayContaining([expect.objectContaining({ name: 'ben' })]),
      hasMore: false,
    });
    const channels = { channels: [{ name: 'general' }, { name: 'random' }, { name: 'plans' }] };
    expect(await data(ana, 'listChannels')).toMatchObject(channels);
    expect(await data(ana, 'listChannels', { limit: 1, all: true })).toMatchObject(channels);
    expect(await data(ana, 'resolveChannelId', { name: '#plans', limit: 1 })).toMatchObject({
      found: true,
      name: 'plans',
      pagesFetched: 3,
    });
  });

  it('writes, replies, changes and reads messages as the user', async () => {
    const { ana, ben } = environment;
    const { id: channel } = z
      .object({ id: z.string() })
      .parse(await data(ana, 'resolveChannelId', { name: 'plans' }));
    const text = 'Ship <it> & rest?\n*now*';
    const sent = z.object({ ts: z.string() });
    const { ts } = sent.parse(await data(ana, 'sendMessage', { channel, text }));
    await data(ben, 'sendMessage', { channel, text: 'Yes', threadTs: ts, unfurlLinks: false });
    expect(await data(ana, 'updateMessage', { channel, ts, text: `${text}!` })).toMatchObject({
      ts,
      text: `${text}!`,
    });
    expect(await data(ben, 'getConversationHistory', { channel, limit: 5 })).toMatchObject({
      messages: [{ ts, text: `${text}!` }],
      hasMore: false,
    });
    expect(await run(ben, 'updateMessage', { channel, ts, text: 'No' })).toMatchObject({
      status: 'error',
      message: 'Slack API error (200): cant_update_message',
      retry: false,
      errorSource: 'user',
    });
  });

  it('creates a private channel, which another user sees after the invitation', async () => {
    const { ana, ben } = environment;
    const created = await data(ana, 'createConversation', { name: 'secret', isPrivate: true });
    const { channel } = z.object({ channel: z.object({ id: z.string() }) }).parse(created);
    const secret = { channel: channel.id };
    expect(await run(ben, 'getConversationInfo', secret)).toMatchObject({
      status: 'error',
      message: 'Slack API error (200): not_in_channel',
      errorSource: 'user',
    });
    const { user_id: users } = z.object({ user_id: z.string() }).parse(await data(ben, 'whoAmI'));
    await data(ana, 'inviteToConversation', { ...secret, users });
    expect(await data(ben, 'getConversationInfo', secret)).toMatchObject({
      channel: { name: 'secret', is_private: true, is_member: true },
    });
    expect(await data(ben, 'getConversationInfo', { ...secret, raw: true })).toMatchObject({
      ok: true,
    });
    expect(await data(ana, 'listFiles', secret)).toMatchObject({ files: [], hasMore: false });
    expect(await run(ana, 'getFileInfo', { file: 'F1' })).toMatchObject({
      message: 'Slack API error (200): file_not_found',
    });
  });

  it('documents outputs so that other data do not match them', async () => {
    const { ana, first } = environment;
    const problemsIn = await documentedOutputs(ana, first);
    const found = await data(ana, 'whoAmI');
    expect(problemsIn('slack2_whoAmI', found)).toEqual([]);
    expect(problemsIn('slack2_listUsers', found)).not.toEqual([]);
  });

  it('disconnects one user and keeps the other connected', async () => {
    const { ana, ben, first } = environment;
    expect((await ana.disconnect(first, connector)).status).toBe(204);
    expect(await run(ana, 'whoAmI')).toMatchObject({ authorization_reason: 'no_token' });
    expect(await data(ben, 'whoAmI')).toMatchObject({ user: 'ben' });
  });
});

describe('the Slack connector, with token rotation,', () => {
  let slack: QuirkServer;
  beforeAll(async () => {
    slack = await startQuirkServer({
      entry: providers.slack,
      apiBody: () => ({ ok: true, user_id: 'U1', user: 'ana', team_id: 'T1', team: 'Acme' }),
    });
  });
  afterAll(() => slack.stop());
  const environment = startBeforeAll(slackAt(() => slack.origin));
  let connector: string;
  beforeAll(async () => {
    const { admin, ana, first } = environment;
    connector = await createConnector(admin, first, slackConnector(slack.client));
    expect((await ana.connect(first, connector)).status).toBe(200);
  });
  const { run, data } = actionsOf(environment, () => connector);

  const refreshes = () => slack.requests({ endpoint: 'token', grantType: 'refresh_token' }).length;

  it('refreshes a token that Slack rejects in a response with status 200, and repeats the call once', async () => {
    const { ana, first } = environment;
    expect(await data(ana, 'whoAmI')).toMatchObject({ user: 'ana' });
    slack.clearRequests();
    expect(slack.expireAccessTokens()).toBeGreaterThan(0);
    expect(await data(ana, 'whoAmI')).toMatchObject({ user: 'ana' });
    expect(slack.counts()).toEqual({ api: 2, token: 1 });
    expect(await ana.status(first, connector)).toMatchObject({ user_auth_status: 'connected' });
  });

  it('reports a rate limit and a missing scope that arrive with status 200, and does not refresh', async () => {
    const { ana } = environment;
    slack.clearRequests();
    slack.signalNext('rate_limited', { waitSeconds: 30 });
    expect(await run(ana, 'whoAmI')).toMatchObject({
      status: 'error',
      message: 'Slack API rate limit (200): ratelimited',
      retry: expect.stringMatching(/^\d{4}-/),
    });
    slack.signalNext('forbidden');
    expect(await run(ana, 'whoAmI')).toMatchObject({
      status: 'error',
      authorization_reason: 'missing_scope',
      service_message: expect.stringContaining('your authorization lacks a scope'),
      retry: false,
      errorSource: 'user',
    });
    expect(refreshes()).toBe(0);
  });

  it('asks the user to authorize again when Slack rejects the refresh token too', async () => {
    const { ana, first } = environment;
    slack.expireAccessTokens();
    slack.failNext({
      endpoint: 'token',
      fault: {
        kind: 'status',
        status: 200,
        when: 'before_acting',
        body: { ok: false, error: 'invalid_refresh_token' },
      },
    });
    expect(await run(ana, 'whoAmI')).toMatchObject({
      status: 'error',
      authorization_reason: 'token_revoked',
    });
    expect(await ana.status(first, connector)).toMatchObject({
      user_auth_status: 'not_connected',
      connection_status: 'needs_reauth',
      last_error: { code: 'token_revoked' },
    });
  });
});

/**
 * Starts a proxy in front of the emulator, which accepts most reads only by POST, because Slack's
 * SDK sends them so. Slack itself accepts both methods; the proxy converts GET to POST.
 */
async function startGateway(emulatorUrl: string): Promise<EmulatorServer> {
  return startEmulatorServer({
    name: 'slack',
    port: 0,
    now: () => new Date(),
    endpointOf: (_, path) => path,
    handle: async ({ method, url, request, body, response }) => {
      const isRead = method === 'GET' && url.pathname.startsWith('/api/');
      const query = url.searchParams.toString();
      const { authorization, 'content-type': type = FORM } = request.headers;
      const received = await fetch(`${emulatorUrl}${url.pathname}${isRead ? '' : url.search}`, {
        method: isRead ? 'POST' : method,
        redirect: 'manual',
        headers: {
          'content-type': isRead ? FORM : type,
          ...(authorization === undefined ? {} : { authorization }),
        },
        ...(method === 'GET' && !isRead ? {} : { body: isRead ? query : body.toString('utf8') }),
      });
      response.writeHead(received.status, forwardedHeaders(received)).end(await received.text());
    },
  });
}
