import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createConnector, listStrictFiles, strictFiles, strictOwner } from '../rig/connectors.ts';
import { letTokenExpire } from '../rig/expired_token.ts';
import { type Installation, twoPeople } from '../rig/installation.ts';
import { type ServerProcess, stopEverything } from '../rig/start_server.ts';
import type { Separation } from '../rig/store_trouble.ts';
import { onEachStore } from '../rig/stores.ts';
import { waitUntil, within } from '../rig/wait_until.ts';

/** The life of a lease, and what busy machines add. */
const RECOVERY_MS = 10_000 + 20_000;

onEachStore((store) => {
  let house: Installation;
  let separation: Separation;
  let survivor: ServerProcess;
  beforeAll(async () => {
    separation = await store.separation();
    house = await twoPeople({ store });
    [survivor] = house.servers;
  });
  afterAll(async () => {
    await house.stop();
    await stopEverything();
  });

  /** A process that is going to die, and a connector to which Ana is connected with a token that is over. */
  async function aVictim(): Promise<{ victim: ServerProcess; connector: string }> {
    const { admin, ana, providers } = house;
    const victim = await house.addServer(separation.settings);
    const connector = await createConnector(admin, survivor, strictFiles(providers));
    await ana.connect(survivor, connector);
    await letTokenExpire(providers.strict, ana, { server: survivor, connector });
    providers.strict.clearRequests();
    return { victim, connector };
  }

  it('G85: killed after the write, costs nothing', async () => {
    const { ana, providers } = house;
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

  it('G85: killed after the call and before the write, asks that person to authorize, and says why', async () => {
    const { ana, ben, providers } = house;
    const { strict } = providers;
    const { victim, connector } = await aVictim();
    await ben.connect(survivor, connector);
    strict.clearRequests();
    strict.failNext({
      endpoint: 'token',
      fault: { kind: 'delay', delayMs: 1_000, when: 'after_acting' },
    });
    const served = ana.execute(victim, connector, listStrictFiles).catch(() => 'cut');
    await waitUntil('the token call', () => strict.tokenRequests().length === 1);
    await separation.cut(victim);
    await served;
    await waitUntil('the alarm', () => victim.output().includes('could not be stored'));
    await victim.kill9();

    const answer = await within(
      'an answer of the other process',
      RECOVERY_MS,
      ana.execute(survivor, connector, listStrictFiles),
    );
    expect(answer).toMatchObject({
      status: 'error',
      retry: false,
      errorSource: 'user',
      authorization_reason: 'token_revoked',
    });
    // Honest: nobody took the grant away.
    expect(await ana.status(survivor, connector)).toMatchObject({
      connection_status: 'needs_reauth',
      last_error: { code: 'refresh_answer_lost' },
    });
    expect(strictOwner(await ben.execute(survivor, connector, listStrictFiles))).toBe(
      'ben@example.com',
    );
    expect((await ana.connect(survivor, connector)).status).toBe(200);
  });
});
