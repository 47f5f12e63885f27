import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createConnector, listStrictFiles, strictFiles, strictOwner } from '../rig/connectors.ts';
import { letTokenExpire } from '../rig/expired_token.ts';
import { type Installation, twoPeople } from '../rig/installation.ts';
import { SIGHTS } from '../rig/sight.ts';
import { type ServerProcess, stopEverything } from '../rig/start_server.ts';
import { onEachStore } from '../rig/stores.ts';
import { waitUntil, within } from '../rig/wait_until.ts';

const PATIENCE_MS = 60_000;

onEachStore((store) => {
  let house: Installation;
  let second: ServerProcess;
  beforeAll(async () => {
    house = await twoPeople({ store });
    [second] = house.servers;
  });
  afterAll(stopEverything);

  it.each(SIGHTS)(
    'G85: survives, within the life of a lease, the death of a process $of in the middle of two refreshes, and asks only that person to authorize whose answer was lost',
    async ({ build, recoveryMs }) => {
      const { admin, ana, ben, providers } = house;
      const { strict } = providers;
      const first = await house.addServer({}, build);
      const connector = await createConnector(admin, second, strictFiles(providers));
      for (const person of [ana, ben]) {
        await person.connect(second, connector);
        await letTokenExpire(strict, person, { server: second, connector });
      }
      strict.clearRequests();
      // Ana's token call never reached the provider; Ben's did, but nobody will hear the answer.
      const dying = [];
      for (const [person, when] of [
        [ana, 'before_acting'],
        [ben, 'after_acting'],
      ] as const) {
        strict.failNext({ endpoint: 'token', fault: { kind: 'hang', when } });
        const already = strict.tokenRequests().length;
        dying.push(person.execute(first, connector, listStrictFiles).catch(() => 'cut'));
        await waitUntil('the token call', () => strict.tokenRequests().length === already + 1);
      }
      await waitUntil(
        'the lost answer',
        () => strict.tokenRequests({ account: 'ben@example.com' }).length === 1,
      );
      const waiting = [ana, ben].map((person) =>
        Promise.all(
          Array.from({ length: 20 }, () => person.execute(second, connector, listStrictFiles)),
        ),
      );

      const killedAtMs = Date.now();
      await first.kill9();
      expect(await Promise.all(dying)).toEqual(['cut', 'cut']);

      const [anas = [], bens = []] = await within(
        'the callers of the other process',
        PATIENCE_MS,
        Promise.all(waiting),
      );
      expect(Date.now() - killedAtMs).toBeGreaterThanOrEqual(recoveryMs.least);
      // Two calls of the dead process, one each of the survivor. When it makes them is what a lease decides; how soon the last of forty callers is
      // answered is up to the machine.
      const calls = strict.tokenRequests();
      expect(calls).toHaveLength(4);
      for (const { at } of calls.slice(2))
        expect(at.getTime() - killedAtMs).toBeLessThanOrEqual(recoveryMs.most);
      expect(new Set(anas.map(strictOwner))).toEqual(new Set(['ana@example.com']));
      for (const answer of bens) {
        expect(answer).toMatchObject({
          status: 'error',
          retry: false,
          errorSource: 'user',
          authorization_reason: 'token_revoked',
        });
      }
      expect(await ana.status(second, connector)).toMatchObject({ connection_status: 'connected' });
      // Honest: neither Ben nor the provider took the grant away.
      expect(await ben.status(second, connector)).toMatchObject({
        connection_status: 'needs_reauth',
        last_error: { code: 'refresh_answer_lost' },
      });
      expect(strict.tokenRequests()).toHaveLength(4);
    },
  );
});
