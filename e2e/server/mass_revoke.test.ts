import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createConnector, listStrictFiles, strictFiles } from '../support/connectors.ts';
import { createUser, type Installation, twoUsers } from '../support/installation.ts';
import { stopEverything } from '../support/start_server.ts';
import { onEachStore } from '../support/stores.ts';
import { TestUser } from '../support/test_user.ts';
import { waitUntil } from '../support/wait_until.ts';

/** What a dead process was about to revoke is due again half a minute after it began. */
const TAKEOVER_TIMEOUT_MS = 120_000;
const RUNS = '/api/actions/grants/_revoke';
const run = z.looseObject({
  id: z.string(),
  state: z.string(),
  is_settled: z.boolean(),
  ended: z.number(),
  revocation: z.record(z.string(), z.number()),
});

onEachStore((store) => {
  let environment: Installation;
  beforeAll(async () => {
    environment = await twoUsers({
      store,
      settings: {
        'xpack.task_manager.poll_interval': '200ms',
        'xpack.task_manager.claim_duration': '2s',
      },
    });
  });
  afterAll(stopEverything);

  describe('ending everybody’s authorizations', () => {
    it('F80: is not for whoever may only manage connectors', async () => {
      const { admin, servers } = environment;
      const editor = new TestUser({ username: 'editor', password: 'editor-password-5b2' });
      await createUser(admin, servers[0], editor, ['editor']);
      await editor.logIn(servers[0]);
      const connector = await createConnector(
        editor,
        servers[0],
        strictFiles(environment.providers),
      );
      const body = { scope: { type: 'connector', connector_id: connector } };
      const responses = [
        await editor.call(servers[0], { method: 'POST', path: RUNS, body }),
        await editor.call(servers[0], { method: 'GET', path: RUNS }),
        await editor.call(servers[0], {
          method: 'GET',
          path: `/api/actions/connector/${connector}/grants`,
        }),
      ];
      expect(responses.map(({ status }) => status)).toEqual([403, 403, 403]);
    });

    it('F81: goes on in another process when the one that works on it is killed, and tells how far it is', async () => {
      const { admin, ana, ben, providers, servers } = environment;
      const { strict } = providers;
      const [first] = servers;
      const { revocationEndpoint: revocationUrl } = strict;
      const connector = await createConnector(
        admin,
        first,
        strictFiles(providers, { revocationUrl }),
      );
      for (const testUser of [ana, ben]) await testUser.connect(first, connector);
      strict.failNext({ endpoint: 'revoke', fault: { kind: 'hang' }, times: 2 });
      const response = await admin.call(first, {
        method: 'POST',
        path: RUNS,
        body: { scope: { type: 'connector', connector_id: connector } },
      });
      expect(response.status).toBe(202);
      const { id } = run.parse(JSON.parse(response.text));
      // There is no other process yet, so it is the first one that works on it.
      const asked = () => strict.requests({ endpoint: 'revoke' });
      await waitUntil('the first revocations', () => asked().length === 2);
      const second = await environment.addServer();
      const look = async () =>
        run.parse(await admin.json(second, { method: 'GET', path: `${RUNS}/${id}` }));
      expect(await look()).toMatchObject({
        ended: 2,
        is_settled: false,
        revocation: { revoked: 0, waiting: 2 },
      });
      expect(asked().map(({ state }) => state)).toEqual(['pending', 'pending']);
      await first.kill9();
      await waitUntil(
        'the run is settled',
        async () => (await look()).is_settled,
        TAKEOVER_TIMEOUT_MS,
      );
      expect(await look()).toMatchObject({
        state: 'completed',
        ended: 2,
        revocation: { revoked: 2, waiting: 0, failed: 0, unsupported: 0, replaced: 0 },
      });
      expect([strict.isGrantAlive('ana'), strict.isGrantAlive('ben')]).toEqual([false, false]);
      expect(await ana.execute(second, connector, listStrictFiles)).toMatchObject({
        status: 'error',
        authorization_reason: 'no_token',
      });
    });
  });
});
