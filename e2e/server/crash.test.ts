import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createConnector, listStrictFiles, strictFiles, strictOwner } from '../rig/connectors.ts';
import { letTokenExpire } from '../rig/expired_token.ts';
import { type Installation, twoPeople } from '../rig/installation.ts';
import { type ServerProcess, stopEverything } from '../rig/start_server.ts';
import { onEachStore } from '../rig/stores.ts';
import { waitUntil, within } from '../rig/wait_until.ts';

onEachStore((store) => {
  /** The life of a lease, and what busy machines add. */
  const RECOVERY_MS = 10_000 + 15_000;

  let house: Installation;
  let first: ServerProcess;
  let second: ServerProcess;
  beforeAll(async () => {
    house = await twoPeople({ store, processes: 2 });
    const [one, other = one] = house.servers;
    [first, second] = [one, other];
  });
  afterAll(async () => {
    await house.stop();
    await stopEverything();
  });

  it('G85: survives the death of a process in the middle of two refreshes, and asks only that person to authorize whose answer was lost', async () => {
    const { admin, ana, ben, providers } = house;
    const { strict } = providers;
    const connector = await createConnector(admin, first, strictFiles(providers));
    for (const person of [ana, ben]) {
      await person.connect(first, connector);
      await letTokenExpire(strict, person, { server: first, connector });
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

    await first.kill9();
    expect(await Promise.all(dying)).toEqual(['cut', 'cut']);

    const [anas = [], bens = []] = await within(
      'the callers of the other process',
      RECOVERY_MS,
      Promise.all(waiting),
    );
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
    // Two calls of the dead process, one each of the survivor.
    expect(strict.tokenRequests()).toHaveLength(4);
  });
});
