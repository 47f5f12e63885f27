import { waitUntil } from '@latchkey/core/server/wait_until';
import type { TestUser } from '@latchkey/test-environment';
import {
  createConnector,
  filesOwner,
  strictFiles,
  strictFilesOfOtherApp,
  strictOwner,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { expect, it } from 'vitest';
import { listFilesAtOnce, mustAuthorize } from '../support/executions.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

const CALLERS = 50;

onEachStore((store) => {
  const environment = startBeforeAll({ store });

  it('D61: a store restored from yesterday’s backup makes only those users authorize again whose tokens changed since then, after one token request each', async () => {
    const { admin, ana, ben, strict, first: yesterday } = environment;
    const files = await createConnector(admin, yesterday, strictFiles(environment));
    const archive = await createConnector(admin, yesterday, archiveFiles());
    await ana.connect(yesterday, files);
    await ben.connect(yesterday, files);
    await ben.connect(yesterday, archive);
    await yesterday.stop();
    const backup = await store.backup(environment);

    // After the backup, Ana's tokens are renewed and Ben disconnects from the archive. Then the
    // store is lost.
    const today = await environment.addServer();
    strict.expireAccessTokens('ana');
    expect(await filesOwner(ana, today, files)).toBe('ana@example.com');
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
    const callFromAll = (user: TestUser, connector: string) =>
      listFilesAtOnce(user, servers, { connector, count: CALLERS });
    const [anas, bens, bensArchive] = await Promise.all([
      callFromAll(ana, files),
      callFromAll(ben, files),
      callFromAll(ben, archive),
    ]);

    for (const response of [...anas, ...bensArchive]) {
      expect(response).toMatchObject({
        ...mustAuthorize('token_revoked'),
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
    expect(await ben.connectionStatus(server, files)).toBe('connected');
    // The outdated tokens were sent once: one token request per grant, however many calls arrived.
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
    await callFromAll(ana, files);
    await callFromAll(ben, archive);
    expect(outcomes()).toEqual(once);
    expect(await filesOwner(ben, server, files)).toBe('ben@example.com');

    // Ana authorizes again, and nothing else is needed.
    const callback = await ana.callbackPath(server, files, { publicServer: yesterday });
    await ana.call(server, `GET ${callback}`);
    expect(await filesOwner(ana, server, files)).toBe('ana@example.com');
  });

  /**
   * Body of a connector with its own client, so that revoking its grants ends no grant of another
   * connector, and with a provider that can revoke.
   */
  const archiveFiles = () => {
    const { revocationEndpoint: revocationUrl } = environment.strict;
    return strictFilesOfOtherApp(environment, { revocationUrl });
  };
});
