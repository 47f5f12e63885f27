import { waitUntil } from '@latchkey/core/server/wait_until';
import {
  filesOwner,
  type Installation,
  listStrictFiles,
  type ServerProcess,
  strictOwner,
  within,
} from '@latchkey/test-environment';
import type { Separation } from '@latchkey/test-environment/stores';
import { onEachStore } from '@latchkey/test-environment/stores';
import { describe, expect, it } from 'vitest';
import { mustAuthorize } from '../support/executions.ts';
import { connectWithExpiredToken } from '../support/expired_token.ts';
import { LIVENESS_VARIANTS } from '../support/liveness_variants.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

const TIMEOUT_MS = 240_000;

interface Target {
  readonly target: ServerProcess;
  readonly connector: string;
  /** Proxies that can separate only this process from the store. */
  readonly separation: Separation;
}

onEachStore((store) => {
  /**
   * Starts a process that will be killed, and creates a connector for which Ana has an expired
   * token.
   */
  async function aTarget(environment: Installation, build?: URL): Promise<Target> {
    const separation = await store.separation();
    const target = await environment.addServer(separation.settings, build);
    return { target, connector: await connectWithExpiredToken(environment), separation };
  }

  /**
   * Calls as Ana through the surviving process. Returns the response, and how long after `sinceMs`
   * it arrives. `calledAfterMs`: when this process called the provider, which the lease decides;
   * the time after that depends on the machine.
   */
  async function responseAfter(
    { ana, first, strict }: Installation,
    { sinceMs, connector }: { readonly sinceMs: number; readonly connector: string },
  ) {
    const call = ana.execute(first, connector, listStrictFiles);
    const response = await within('a response of the other process', TIMEOUT_MS, call);
    const called = strict.tokenRequests().at(-1);
    if (called === undefined) throw new Error('The provider was not called');
    const calledAfterMs = called.at.getTime() - sinceMs;
    return { response, afterMs: Date.now() - sinceMs, calledAfterMs };
  }

  describe.each(LIVENESS_VARIANTS)('with a process $of,', (variant) => {
    const { of, build, others, diesBeforeCall, recoveryMs } = variant;
    const environment = startBeforeAll({ store, build: others });

    it(`G85: a process ${of} that is killed before the call delays others by at most one lease`, async () => {
      const { ana, strict, first: survivor } = environment;
      const { target, connector } = await aTarget(environment, diesBeforeCall);
      const dying = ana.execute(target, connector, listStrictFiles).catch(() => 'cut');
      expect((await target.exited).signal).toBe('SIGKILL');
      const killedAtMs = Date.now();
      expect(await dying).toBe('cut');
      expect(strict.tokenRequests()).toEqual([]);
      const { response, afterMs, calledAfterMs } = await responseAfter(environment, {
        sinceMs: killedAtMs,
        connector,
      });
      expect(strictOwner(response)).toBe('ana@example.com');
      expect(afterMs).toBeGreaterThanOrEqual(recoveryMs.least);
      expect(calledAfterMs).toBeLessThanOrEqual(recoveryMs.highestForNew);
      expect(strict.tokenRequests().map(({ error }) => error)).toEqual([undefined]);
      expect(await ana.connectionStatus(survivor, connector)).toBe('connected');
    });

    it(`G85: after a process ${of} is killed between call and write, that user must authorize within a lease, and sees the reason`, async () => {
      const { ana, ben, strict, first: survivor } = environment;
      const { target, connector, separation } = await aTarget(environment, build);
      await ben.connect(survivor, connector);
      strict.clearRequests();
      const lost = strict.holdNext({ endpoint: 'token', when: 'after_acting' });
      const served = ana.execute(target, connector, listStrictFiles).catch(() => 'cut');
      await waitUntil('the token call', () => lost.isHolding);
      await separation.cut(target);
      lost.release();
      await served;
      await target.waitForOutput('could not be stored');
      const killedAtMs = Date.now();
      await target.kill9();

      const { response, afterMs, calledAfterMs } = await responseAfter(environment, {
        sinceMs: killedAtMs,
        connector,
      });
      // These are the call of the killed process and that of the surviving one.
      expect(strict.tokenRequests()).toHaveLength(2);
      expect(afterMs).toBeGreaterThanOrEqual(recoveryMs.least);
      expect(calledAfterMs).toBeLessThanOrEqual(recoveryMs.highestForNew);
      expect(response).toMatchObject(mustAuthorize('token_revoked'));
      // The status is correct: the grant was not revoked.
      expect(await ana.status(survivor, connector)).toMatchObject({
        connection_status: 'needs_reauth',
        last_error: { code: 'refresh_response_lost' },
      });
      expect(await filesOwner(ben, survivor, connector)).toBe('ben@example.com');
      expect((await ana.connect(survivor, connector)).status).toBe(200);
    });
  });

  describe('with a process of the product,', () => {
    const environment = startBeforeAll({ store });

    it('G85: a process that is killed after the write causes no delay and no second call', async () => {
      const { ana, strict, first: survivor } = environment;
      const { target, connector } = await aTarget(environment);
      strict.failNext({ endpoint: 'api', fault: { kind: 'hang' } });
      const dying = ana.execute(target, connector, listStrictFiles).catch(() => 'cut');
      await waitUntil(
        'the call with the new token',
        () => strict.requests({ endpoint: 'api' }).length === 1,
      );
      await target.kill9();
      expect(await dying).toBe('cut');
      expect(await filesOwner(ana, survivor, connector)).toBe('ana@example.com');
      expect(strict.tokenRequests()).toHaveLength(1);
      expect(await ana.connectionStatus(survivor, connector)).toBe('connected');
    });
  });
});
