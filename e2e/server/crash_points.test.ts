import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  createConnector,
  listStrictFiles,
  strictFiles,
  strictOwner,
} from '../support/connectors.ts';
import { letTokenExpire } from '../support/expired_token.ts';
import { type Installation, twoUsers } from '../support/installation.ts';
import { LIVENESS_VARIANTS } from '../support/liveness_variants.ts';
import { type ServerProcess, stopEverything } from '../support/start_server.ts';
import type { Separation } from '../support/store_trouble.ts';
import { onEachStore } from '../support/stores.ts';
import { waitUntil, within } from '../support/wait_until.ts';

const TIMEOUT_MS = 60_000;

interface Victim {
  readonly victim: ServerProcess;
  readonly connector: string;
  /** Of this process alone. */
  readonly separation: Separation;
}

onEachStore((store) => {
  let environment: Installation;
  let survivor: ServerProcess;
  beforeAll(async () => {
    environment = await twoUsers({ store });
    [survivor] = environment.servers;
  });
  afterAll(stopEverything);

  /** A process that is going to die, and a connector to which Ana is connected with a token that is over. */
  async function aVictim(build?: URL): Promise<Victim> {
    const { admin, ana, providers } = environment;
    const separation = await store.separation();
    const victim = await environment.addServer(separation.settings, build);
    const connector = await createConnector(admin, survivor, strictFiles(providers));
    await ana.connect(survivor, connector);
    await letTokenExpire(providers.strict, ana, { server: survivor, connector });
    providers.strict.clearRequests();
    return { victim, connector, separation };
  }

  /**
   * Ana's call through the survivor, and how long after `sinceMs` it is answered. `calledAfterMs`: when the survivor called the provider, which is what
   * a lease decides; what comes after it is up to the machine.
   */
  async function responseAfter(sinceMs: number, connector: string) {
    const call = environment.ana.execute(survivor, connector, listStrictFiles);
    const response = await within('an answer of the other process', TIMEOUT_MS, call);
    const called = environment.providers.strict.tokenRequests().at(-1);
    if (called === undefined) throw new Error('Nobody called the provider');
    const calledAfterMs = called.at.getTime() - sinceMs;
    return { response, afterMs: Date.now() - sinceMs, calledAfterMs };
  }

  it.each(LIVENESS_VARIANTS)(
    'G85: a process $of, killed before the call, costs no more than the life of its lease',
    async ({ diesBeforeCall, recoveryMs }) => {
      const { ana, providers } = environment;
      const { strict } = providers;
      const { victim, connector } = await aVictim(diesBeforeCall);
      const dying = ana.execute(victim, connector, listStrictFiles).catch(() => 'cut');
      expect((await victim.exited).signal).toBe('SIGKILL');
      const killedAtMs = Date.now();
      expect(await dying).toBe('cut');
      expect(strict.tokenRequests()).toEqual([]);
      const { response, afterMs, calledAfterMs } = await responseAfter(killedAtMs, connector);
      expect(strictOwner(response)).toBe('ana@example.com');
      expect(afterMs).toBeGreaterThanOrEqual(recoveryMs.least);
      expect(calledAfterMs).toBeLessThanOrEqual(recoveryMs.highest);
      expect(strict.tokenRequests().map(({ error }) => error)).toEqual([undefined]);
      expect(await ana.status(survivor, connector)).toMatchObject({
        connection_status: 'connected',
      });
    },
  );

  it('G85: killed after the write, costs nothing', async () => {
    const { ana, providers } = environment;
    const { strict } = providers;
    const { victim, connector } = await aVictim();
    strict.failNext({ endpoint: 'api', fault: { kind: 'hang' } });
    const dying = ana.execute(victim, connector, listStrictFiles).catch(() => 'cut');
    await waitUntil(
      'the call with the new token',
      () => strict.requests({ endpoint: 'api' }).length === 1,
    );
    await victim.kill9();
    expect(await dying).toBe('cut');
    expect(strictOwner(await ana.execute(survivor, connector, listStrictFiles))).toBe(
      'ana@example.com',
    );
    expect(strict.tokenRequests()).toHaveLength(1);
    expect(await ana.status(survivor, connector)).toMatchObject({ connection_status: 'connected' });
  });

  it.each(LIVENESS_VARIANTS)(
    'G85: a process $of, killed after the call and before the write, has that person asked to authorize within the life of its lease, and says why',
    async ({ build, recoveryMs }) => {
      const { ana, ben, providers } = environment;
      const { strict } = providers;
      const { victim, connector, separation } = await aVictim(build);
      await ben.connect(survivor, connector);
      strict.clearRequests();
      const lost = strict.holdNext({ endpoint: 'token', when: 'after_acting' });
      const served = ana.execute(victim, connector, listStrictFiles).catch(() => 'cut');
      await waitUntil('the token call', () => lost.isHolding);
      await separation.cut(victim);
      lost.release();
      await served;
      await victim.says('could not be stored');
      const killedAtMs = Date.now();
      await victim.kill9();

      const { response, afterMs, calledAfterMs } = await responseAfter(killedAtMs, connector);
      // The call of the victim, and that of the survivor.
      expect(strict.tokenRequests()).toHaveLength(2);
      expect(afterMs).toBeGreaterThanOrEqual(recoveryMs.least);
      expect(calledAfterMs).toBeLessThanOrEqual(recoveryMs.highest);
      expect(response).toMatchObject({
        status: 'error',
        retry: false,
        errorSource: 'user',
        authorization_reason: 'token_revoked',
      });
      // Honest: nobody took the grant away.
      expect(await ana.status(survivor, connector)).toMatchObject({
        connection_status: 'needs_reauth',
        last_error: { code: 'refresh_response_lost' },
      });
      expect(strictOwner(await ben.execute(survivor, connector, listStrictFiles))).toBe(
        'ben@example.com',
      );
      expect((await ana.connect(survivor, connector)).status).toBe(200);
    },
  );
});
