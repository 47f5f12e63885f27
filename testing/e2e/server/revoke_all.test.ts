import { waitUntil } from '@latchkey/core/server/wait_until';
import {
  createConnector,
  createUser,
  listStrictFiles,
  type Reachable,
  revocableStrictFiles,
  strictFiles,
  TestUser,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { mustAuthorize } from '../support/executions.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

/** Revocations that a killed process had started are due again 30 seconds after they started. */
const TAKEOVER_TIMEOUT_MS = 240_000;
const JOBS = '/api/actions/grants/_revoke';
const job = z.looseObject({
  id: z.string(),
  state: z.string(),
  is_settled: z.boolean(),
  ended: z.number(),
  revocation: z.record(z.string(), z.number()),
});

onEachStore((store) => {
  const environment = startBeforeAll({
    store,
    settings: {
      'xpack.task_manager.poll_interval': '200ms',
      'xpack.task_manager.claim_duration': '5s',
    },
  });

  describe('revoking all authorizations', () => {
    it('F80: is refused to a user who may only manage connectors', async () => {
      const { admin, first } = environment;
      const editor = new TestUser({ username: 'editor', password: 'editor-password-5b2' });
      await createUser(admin, first, editor, ['editor']);
      await editor.logIn(first);
      const connector = await createConnector(editor, first, strictFiles(environment));
      const body = { scope: { type: 'connector', connector_id: connector } };
      const responses = [
        await editor.call(first, `POST ${JOBS}`, body),
        await editor.call(first, `GET ${JOBS}`),
        await editor.call(first, `GET /api/actions/connector/${connector}/grants`),
      ];
      expect(responses.map(({ status }) => status)).toEqual([403, 403, 403]);
    });

    it('F81: continues in another process when the process that works on it is killed, and reports progress', async () => {
      const { admin, ana, ben, strict, first } = environment;
      const connector = await createConnector(admin, first, revocableStrictFiles(environment));
      for (const testUser of [ana, ben]) await testUser.connect(first, connector);
      strict.failNext({ endpoint: 'revoke', fault: { kind: 'hang' }, times: 2 });
      const response = await admin.call(first, `POST ${JOBS}`, {
        scope: { type: 'connector', connector_id: connector },
      });
      expect(response.status).toBe(202);
      const { id } = job.parse(JSON.parse(response.text));
      // Only the first process exists so far, so this process works on the job.
      const asked = () => strict.requests({ endpoint: 'revoke' });
      await waitUntil('the first revocations', () => asked().length === 2);
      const getJob = async (server: Reachable) =>
        job.parse(await admin.json(server, `GET ${JOBS}/${id}`));
      const begun = await waitUntil('the local end of both grants', async () => {
        const found = await getJob(first);
        return found.ended === 2 && found;
      });
      expect(begun).toMatchObject({ is_settled: false, revocation: { revoked: 0, waiting: 2 } });
      expect(asked().map(({ state }) => state)).toEqual(['pending', 'pending']);
      await first.kill9();
      // The second process starts only now: on a busy machine its start takes so long that the
      // first process would try the revocations again meanwhile.
      const second = await environment.addServer();
      await waitUntil('the end of the job', async () => (await getJob(second)).is_settled, {
        timeoutMs: TAKEOVER_TIMEOUT_MS,
      });
      expect(await getJob(second)).toMatchObject({
        state: 'completed',
        ended: 2,
        revocation: { revoked: 2, waiting: 0, failed: 0, unsupported: 0, replaced: 0 },
      });
      expect([strict.isGrantAlive('ana'), strict.isGrantAlive('ben')]).toEqual([false, false]);
      expect(await ana.execute(second, connector, listStrictFiles)).toMatchObject(
        mustAuthorize('no_token'),
      );
    });
  });
});
