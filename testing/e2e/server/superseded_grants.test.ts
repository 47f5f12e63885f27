import { waitUntil } from '@latchkey/core/server/wait_until';
import type { FaultPlan } from '@latchkey/dev-providers';
import {
  createConnector,
  createUser,
  driveByOwnApp,
  revocableStrictFiles,
  TestUser,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { describe, expect, it } from 'vitest';
import {
  type CountingProvider,
  type ProviderTraits,
  startCountingProvider,
} from '../support/counting_provider.ts';
import { MINUTE_TASKS_RUN_OFTEN } from '../support/minute_tasks.ts';
import { openHeldCallback, openPage, press } from '../support/pages.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

/** The outbox retries 30 seconds after the first attempt; busy machines take longer. */
const NEXT_ATTEMPT_WITHIN_MS = 400_000;
/** A number of failures that is larger than the number of requests of a test. */
const ALWAYS = 1_000;
const WITH_ID_TOKEN = { account: 'id_token', revokes: 'grant' } as const;
const WITHOUT_ID_TOKEN = { account: 'nowhere', revokes: 'grant' } as const;
const IN_RESPONSE = { account: 'token_response', revokes: 'grant' } as const;
const AT_USERINFO = { account: 'userinfo', revokes: 'grant' } as const;
const LIKE_GOOGLE = { account: 'id_token', revokes: 'account' } as const;

onEachStore((store) => {
  const environment = startBeforeAll({ store, processes: 2, ...MINUTE_TASKS_RUN_OFTEN });

  async function aConnectorAt(traits: ProviderTraits) {
    const provider = await startCountingProvider(traits);
    const { admin, first } = environment;
    return { provider, connector: await createConnector(admin, first, provider.connector) };
  }

  async function authorizeAs(
    provider: CountingProvider,
    connector: string,
    account: string,
  ): Promise<void> {
    provider.account = account;
    expect((await environment.ana.connect(environment.first, connector)).status).toBe(200);
  }

  const statusOf = (connector: string) => environment.ana.status(environment.second, connector);
  const connectionOf = async (connector: string) => (await statusOf(connector))?.connection_status;
  const untilEnded = (provider: CountingProvider) =>
    waitUntil('the end of all grants', () => provider.active().length === 0);
  const callWhoAmI = { subAction: 'request', subActionParams: { method: 'GET', path: '/whoami' } };

  describe.each<[string, ProviderTraits]>([
    ['with id_token', WITH_ID_TOKEN],
    ['without id_token', WITHOUT_ID_TOKEN],
    ['that names accounts at its userinfo endpoint', AT_USERINFO],
    ['that ends all grants of an account together', LIKE_GOOGLE],
  ])('the server, with a provider %s,', (_title, traits) => {
    it('H110: leaves no active grant after two authorizations and a disconnect', async () => {
      const { ana, second } = environment;
      const { provider, connector } = await aConnectorAt(traits);
      await authorizeAs(provider, connector, 'ana');
      await authorizeAs(provider, connector, 'ana');
      expect(provider.active()).toEqual(['ana', 'ana']);
      expect(await ana.execute(second, connector, callWhoAmI)).toMatchObject({ status: 'ok' });
      expect((await ana.disconnect(second, connector)).status).toBe(204);
      await untilEnded(provider);
      await waitUntil(
        'the status',
        async () => (await connectionOf(connector)) === 'not_connected',
      );
      expect((await statusOf(connector))?.last_error).toBeUndefined();
    });
  });

  it('H110: leaves no active grant of either account after a change of account that the provider does not report', async () => {
    const { provider, connector } = await aConnectorAt(WITHOUT_ID_TOKEN);
    await authorizeAs(provider, connector, 'ana');
    await authorizeAs(provider, connector, 'ben');
    expect((await environment.ana.disconnect(environment.first, connector)).status).toBe(204);
    await untilEnded(provider);
  });

  describe.each<[string, ProviderTraits]>([
    ['at its userinfo endpoint', AT_USERINFO],
    ['in its token response', IN_RESPONSE],
  ])('the server, with a provider that names accounts %s,', (_title, traits) => {
    it('A33: shows the new account, and revokes the grants of the former account when the user confirms the change', async () => {
      const { ana, first } = environment;
      const { provider, connector } = await aConnectorAt(traits);
      await authorizeAs(provider, connector, 'ana');
      expect(await statusOf(connector)).toMatchObject({ account: 'ana@example.com' });
      await authorizeAs(provider, connector, 'ana');
      expect(provider.active()).toEqual(['ana', 'ana']);
      provider.account = 'ben';
      const callback = await ana.callbackPath(first, connector);
      const page = await openPage(ana, first, await openHeldCallback(ana, first, callback));
      expect(page.text).toContain('Change to ben@example.com');
      expect(provider.active()).toEqual(['ana', 'ana', 'ben']);
      expect((await press(ana, first, page, { button: 'change' })).status).toBe(200);
      await waitUntil('the end of both grants', () => provider.active().join() === 'ben');
      expect(await statusOf(connector)).toMatchObject({ account: 'ben@example.com' });
      expect((await ana.disconnect(first, connector)).status).toBe(204);
      await untilEnded(provider);
    });
  });

  it.each<[string, FaultPlan['fault']]>([
    ['fails', { kind: 'status', status: 500, body: {} }],
    ['names nobody', { kind: 'status', status: 200, body: { data: {} } }],
    [
      'returns HTTP 200 with an error',
      { kind: 'status', status: 200, body: { ok: false, error: 'no_scope' } },
    ],
    ['never responds', { kind: 'hang' }],
  ])(
    'a grant whose account is unknown is kept when the userinfo endpoint %s',
    async (_title, fault) => {
      const { provider, connector } = await aConnectorAt(AT_USERINFO);
      provider.failNext({ endpoint: 'userinfo', times: ALWAYS, fault });
      await authorizeAs(provider, connector, 'ana');
      const status = await statusOf(connector);
      expect(status).toMatchObject({ connection_status: 'connected' });
      expect(status).not.toHaveProperty('account');
      expect(provider.counts()['userinfo']).toBe(1);
      expect(
        await environment.ana.execute(environment.second, connector, callWhoAmI),
      ).toMatchObject({
        status: 'ok',
      });
    },
  );

  it('H114: a userinfo URL at an origin that receives no token cannot be saved', async () => {
    const { admin, first } = environment;
    const { connector } = await startCountingProvider(AT_USERINFO);
    const { origin } = await startCountingProvider(AT_USERINFO);
    const secrets = { ...connector.secrets, userinfoUrl: `${origin}/userinfo` };
    const body = { ...connector, secrets };
    const response = await admin.call(first, 'POST /api/actions/connector', body);
    expect(response.status).toBe(400);
    expect(response.text).toContain('userinfo_url_refused');
  });

  it.each<[string, (connector: string, provider: CountingProvider) => Promise<unknown>]>([
    [
      'the deletion of the connector',
      (connector) =>
        environment.admin.json(environment.first, `DELETE /api/actions/connector/${connector}`),
    ],
    [
      'a mass revocation',
      (connector) =>
        environment.admin.json(environment.first, 'POST /api/actions/grants/_revoke', {
          scope: { type: 'connector', connector_id: connector },
        }),
    ],
    [
      'an edit that moves the API',
      async (connector, { connector: body, origin }) => {
        const { name, secrets } = body;
        const config = { url: `${origin.replace('127.0.0.1', 'localhost')}/api` };
        const { admin, first } = environment;
        await admin.json(first, `PUT /api/actions/connector/${connector}`, {
          name,
          config,
          secrets,
        });
      },
    ],
  ])('H110: no active grant is left after %s', async (_title, end) => {
    const { provider, connector } = await aConnectorAt(WITHOUT_ID_TOKEN);
    for (let times = 0; times < 3; times += 1) await authorizeAs(provider, connector, 'ana');
    expect(provider.active()).toHaveLength(3);
    await end(connector, provider);
    await untilEnded(provider);
  });

  it('H110: no active grant is left after the user has been deleted', async () => {
    const { admin, first } = environment;
    const { provider, connector } = await aConnectorAt(WITHOUT_ID_TOKEN);
    const cara = { username: 'cara', password: 'cara-password-5512', account: 'ana' } as const;
    const removedUser = new TestUser(cara);
    await createUser(admin, first, removedUser);
    await removedUser.logIn(first);
    for (let times = 0; times < 2; times += 1)
      expect((await removedUser.connect(first, connector)).status).toBe(200);
    expect(provider.active()).toHaveLength(2);
    await admin.json(first, 'DELETE /internal/security/users/cara');
    await waitUntil('the end', () => provider.active().length === 0, {
      timeoutMs: NEXT_ATTEMPT_WITHIN_MS,
    });
  });

  it('H110: no active grant is left at the strict server and at the emulator of Google', async () => {
    const { ana, admin, strict, google, first } = environment;
    for (const { body, isAlive } of [
      {
        body: revocableStrictFiles(environment),
        isAlive: () => strict.isGrantAlive('ana'),
      },
      { body: driveByOwnApp(environment), isAlive: () => google.isGrantAlive('ana') },
    ]) {
      const connector = await createConnector(admin, first, body);
      for (let times = 0; times < 2; times += 1)
        expect((await ana.connect(first, connector)).status).toBe(200);
      expect(isAlive()).toBe(true);
      expect((await ana.disconnect(first, connector)).status).toBe(204);
      await waitUntil('the end of the grant', () => !isAlive());
    }
  });

  it('H111: a pending revocation is still performed after a new authorization, and the new grant is kept', async () => {
    const { ana, first, second } = environment;
    const { provider, connector } = await aConnectorAt(WITHOUT_ID_TOKEN);
    await authorizeAs(provider, connector, 'ana');
    const fault = { kind: 'status', status: 503, body: {} } as const;
    provider.failNext({ endpoint: 'revoke', times: ALWAYS, fault });
    expect((await ana.disconnect(first, connector)).status).toBe(204);
    expect(await connectionOf(connector)).toBe('revocation_pending');
    await authorizeAs(provider, connector, 'ana');
    provider.clearFaults();
    await waitUntil('the revocation', () => provider.active().length === 1, {
      timeoutMs: NEXT_ATTEMPT_WITHIN_MS,
    });
    expect(await connectionOf(connector)).toBe('connected');
    expect(await ana.execute(second, connector, callWhoAmI)).toMatchObject({ status: 'ok' });
    expect((await ana.disconnect(first, connector)).status).toBe(204);
    await untilEnded(provider);
  });

  it.each([
    { status: 200, body: { ok: false, error: 'not_authed' } },
    { status: 401, body: { error: 'invalid_client' } },
  ])(
    'H111: a revocation that was refused with %j is repeated as soon as an administrator corrects the connector',
    async (refusal) => {
      const { admin, ana, first, second } = environment;
      const { provider, connector } = await aConnectorAt(WITH_ID_TOKEN);
      await authorizeAs(provider, connector, 'ana');
      const fault = { kind: 'status', ...refusal } as const;
      provider.failNext({ endpoint: 'revoke', times: ALWAYS, fault });
      expect((await ana.disconnect(first, connector)).status).toBe(204);
      expect(await connectionOf(connector)).toBe('revocation_pending');
      expect(provider.active()).toEqual(['ana']);
      provider.clearFaults();
      const { connector_type_id: _, ...body } = provider.connector;
      await admin.json(second, `PUT /api/actions/connector/${connector}`, body);
      await untilEnded(provider);
      await waitUntil(
        'the end of the notice',
        async () => (await connectionOf(connector)) === 'not_connected',
      );
      expect((await statusOf(connector))?.last_error).toBeUndefined();
    },
  );
});
