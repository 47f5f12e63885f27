import { waitUntil } from '@latchkey/core/server/wait_until';
import {
  createConnector,
  listStrictFiles,
  strictFiles,
  strictOwner,
  within,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { describe, expect, it } from 'vitest';
import { listFilesAtOnce, mustAuthorize } from '../support/executions.ts';
import { letTokenExpire } from '../support/expired_token.ts';
import { LIVENESS_VARIANTS } from '../support/liveness_variants.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

const TIMEOUT_MS = 240_000;

onEachStore((store) => {
  describe.each(LIVENESS_VARIANTS)('with a process $of,', ({ of, build, others, recoveryMs }) => {
    const environment = startBeforeAll({ store, build: others });

    it(`G85: a process ${of} that dies is replaced within a lease, and only the user with a lost response must authorize`, async () => {
      const { admin, ana, ben, strict, first: second } = environment;
      const first = await environment.addServer({}, build);
      const connector = await createConnector(admin, second, strictFiles(environment));
      for (const user of [ana, ben]) {
        await user.connect(second, connector);
        await letTokenExpire(strict, user, { server: second, connector });
      }
      strict.clearRequests();
      // Ana's token call never reaches the provider. Ben's does, but its response is lost.
      const dying = [];
      for (const [user, when] of [
        [ana, 'before_acting'],
        [ben, 'after_acting'],
      ] as const) {
        strict.failNext({ endpoint: 'token', fault: { kind: 'hang', when } });
        const already = strict.tokenRequests().length;
        dying.push(user.execute(first, connector, listStrictFiles).catch(() => 'cut'));
        await waitUntil('the token call', () => strict.tokenRequests().length === already + 1);
      }
      await waitUntil(
        'the lost response',
        () => strict.tokenRequests({ account: 'ben@example.com' }).length === 1,
      );
      const waiting = [ana, ben].map((user) =>
        listFilesAtOnce(user, [second], { connector, count: 20 }),
      );

      const killedAtMs = Date.now();
      await first.kill9();
      expect(await Promise.all(dying)).toEqual(['cut', 'cut']);

      const [anas = [], bens = []] = await within(
        'the callers of the other process',
        TIMEOUT_MS,
        Promise.all(waiting),
      );
      expect(Date.now() - killedAtMs).toBeGreaterThanOrEqual(recoveryMs.least);
      // The killed process made two calls, and there is one for each surviving refresh. The lease
      // decides when the latter are made; how fast the last of forty callers gets its response
      // depends on the machine.
      const calls = strict.tokenRequests();
      expect(calls).toHaveLength(4);
      for (const { at } of calls.slice(2))
        expect(at.getTime() - killedAtMs).toBeLessThanOrEqual(recoveryMs.highest);
      expect(new Set(anas.map(strictOwner))).toEqual(new Set(['ana@example.com']));
      for (const response of bens) {
        expect(response).toMatchObject(mustAuthorize('token_revoked'));
      }
      expect(await ana.connectionStatus(second, connector)).toBe('connected');
      // The status is correct: neither Ben nor the provider ended the grant.
      expect(await ben.status(second, connector)).toMatchObject({
        connection_status: 'needs_reauth',
        last_error: { code: 'refresh_response_lost' },
      });
      expect(strict.tokenRequests()).toHaveLength(4);
    });
  });
});
