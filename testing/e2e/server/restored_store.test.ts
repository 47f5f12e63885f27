import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Execution, TestUser } from '@latchkey/test-environment';
import {
  createConnector,
  type Installation,
  listStrictFiles,
  type ServerProcess,
  stopEverything,
  strictFiles,
  strictFilesOfOtherApp,
  strictOwner,
  twoUsers,
  waitUntil,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';

const CALLERS = 50;

onEachStore((store) => {
  let environment: Installation;
  beforeAll(async () => {
    environment = await twoUsers({ store });
  });
  afterAll(stopEverything);

  it('D61: restored from yesterday, asks only users whose tokens changed since then to authorize, after one request each', async () => {
    const { admin, ana, ben, providers } = environment;
    const { strict } = providers;
    const [yesterday] = environment.servers;
    const files = await createConnector(admin, yesterday, strictFiles(providers));
    const archive = await createConnector(admin, yesterday, archiveFiles());
    await ana.connect(yesterday, files);
    await ben.connect(yesterday, files);
    await ben.connect(yesterday, archive);
    await yesterday.stop();
    const backup = await store.backup(environment);

    // Today Ana's tokens are renewed, and Ben disconnects from the archive. Then the store is lost.
    const today = await environment.addServer();
    strict.expireAccessTokens('ana');
    expect(strictOwner(await ana.execute(today, files, listStrictFiles))).toBe('ana@example.com');
    expect((await ben.disconnect(today, archive)).status).toBe(204);
    await waitUntil(
      'the revocation of the archive',
      () => !strict.isGrantAlive('ben', strict.clients.basic.clientId),
    );
    await today.stop();
    await backup.restore();

    const servers = [await environment.addServer(), await environment.addServer()];
    const [server = today] = servers;
    strict.expireAccessTokens();
    strict.clearRequests();
    const [anas, bens, bensArchive] = await Promise.all([
      callFromAll(ana, servers, files),
      callFromAll(ben, servers, files),
      callFromAll(ben, servers, archive),
    ]);

    for (const response of [...anas, ...bensArchive]) {
      expect(response).toMatchObject({
        status: 'error',
        retry: false,
        errorSource: 'user',
        authorization_reason: 'token_revoked',
        service_message: expect.stringMatching(/authorize/i),
      });
    }
    for (const [testUser, connector] of [
      [ana, files],
      [ben, archive],
    ] as const) {
      expect(await testUser.status(server, connector)).toMatchObject({
        user_auth_status: 'not_connected',
        connection_status: 'needs_reauth',
      });
    }
    expect(new Set(bens.map(strictOwner))).toEqual(new Set(['ben@example.com']));
    expect(await ben.status(server, files)).toMatchObject({ connection_status: 'connected' });
    // One token request per grant, however many calls arrived: outdated tokens were presented once.
    const outcomes = () =>
      strict
        .tokenRequests()
        .map(({ clientId, error = 'renewed' }) => `${clientId} ${error}`)
        .sort();
    const { basic, post } = strict.clients;
    const once = [
      `${basic.clientId} invalid_grant`,
      `${post.clientId} invalid_grant`,
      `${post.clientId} renewed`,
    ];
    expect(outcomes()).toEqual(once);
    await callFromAll(ana, servers, files);
    await callFromAll(ben, servers, archive);
    expect(outcomes()).toEqual(once);
    expect(strictOwner(await ben.execute(server, files, listStrictFiles))).toBe('ben@example.com');

    // A new authorization is all that is needed.
    const { authorizationUrl } = await ana.startFlow(server, files);
    const callback = await ana.consent(yesterday, authorizationUrl);
    await ana.call(server, { method: 'GET', path: `${callback.pathname}${callback.search}` });
    expect(strictOwner(await ana.execute(server, files, listStrictFiles))).toBe('ana@example.com');
  });

  /**
   * A connector with its own client, so that revoking its grants ends no other grant, and with a
   * provider that can revoke.
   */
  const archiveFiles = () =>
    strictFilesOfOtherApp(environment.providers, {
      revocationUrl: environment.providers.strict.revocationEndpoint,
    });

  const callFromAll = (
    testUser: TestUser,
    servers: readonly ServerProcess[],
    connector: string,
  ): Promise<Execution[]> =>
    Promise.all(
      servers.flatMap((server) =>
        Array.from({ length: CALLERS / servers.length }, () =>
          testUser.execute(server, connector, listStrictFiles),
        ),
      ),
    );
});
