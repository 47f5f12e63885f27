import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createConnector, listStrictFiles, strictFiles, strictOwner } from '../rig/connectors.ts';
import { type Installation, twoPeople } from '../rig/installation.ts';
import type { Execution, Person } from '../rig/person.ts';
import { type ServerProcess, stopEverything } from '../rig/start_server.ts';
import { onEachStore } from '../rig/stores.ts';

const CALLERS = 50;

onEachStore((store) => {
  let house: Installation;
  beforeAll(async () => {
    house = await twoPeople({ store });
  });
  afterAll(async () => {
    await house.stop();
    await stopEverything();
  });

  it('D61: restored from yesterday, asks those to authorize whose tokens were renewed or ended since, one by one and without a storm, and nobody else', async () => {
    const { admin, ana, ben, providers } = house;
    const { strict } = providers;
    const [yesterday] = house.servers;
    const files = await createConnector(admin, yesterday, strictFiles(providers));
    const archive = await createConnector(admin, yesterday, strictFiles(providers));
    await ana.connect(yesterday, files);
    await ben.connect(yesterday, files);
    await ben.connect(yesterday, archive);
    await yesterday.stop();
    const backup = await store.backup(house);

    // Today: Ana's tokens are renewed, Ben ends his authorization of the archive. Then the store is lost.
    const today = await house.addServer();
    strict.expireAccessTokens('ana');
    expect(strictOwner(await ana.execute(today, files, listStrictFiles))).toBe('ana@example.com');
    expect((await ben.disconnect(today, archive)).status).toBe(204);
    await today.stop();
    await backup.restore();

    const servers = [await house.addServer(), await house.addServer()];
    const [server = today] = servers;
    strict.expireAccessTokens();
    strict.clearRequests();
    const [anas, bens] = await Promise.all([
      callFromAll(ana, servers, files),
      callFromAll(ben, servers, files),
    ]);

    for (const answer of anas) {
      expect(answer).toMatchObject({
        status: 'error',
        retry: false,
        errorSource: 'user',
        authorization_reason: 'token_revoked',
      });
    }
    expect(await ana.status(server, files)).toMatchObject({
      user_auth_status: 'not_connected',
      connection_status: 'needs_reauth',
    });
    expect(new Set(bens.map(strictOwner))).toEqual(new Set(['ben@example.com']));
    expect(await ben.status(server, files)).toMatchObject({ connection_status: 'connected' });
    // One token request for each of them, however many calls came in, and Ana's stale token was shown once.
    expect(strict.tokenRequests().map(({ error }) => error ?? 'renewed')).toHaveLength(2);
    expect(strict.tokenRequests({ account: 'ben@example.com' })).toHaveLength(1);
    await callFromAll(ana, servers, files);
    expect(strict.tokenRequests()).toHaveLength(2);

    // Authorizing again is all it takes.
    const { authorizationUrl } = await ana.startFlow(server, files);
    const callback = await ana.consent(yesterday, authorizationUrl);
    await ana.call(server, { method: 'GET', path: `${callback.pathname}${callback.search}` });
    expect(strictOwner(await ana.execute(server, files, listStrictFiles))).toBe('ana@example.com');
  });

  const callFromAll = (
    person: Person,
    servers: readonly ServerProcess[],
    connector: string,
  ): Promise<Execution[]> =>
    Promise.all(
      servers.flatMap((server) =>
        Array.from({ length: CALLERS / servers.length }, () =>
          person.execute(server, connector, listStrictFiles),
        ),
      ),
    );
});
