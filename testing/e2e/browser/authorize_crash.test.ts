import { waitUntil } from '@latchkey/core/server/wait_until';
import { onEachStore } from '@latchkey/test-environment/stores';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { type CountingProvider, startCountingProvider } from '../support/counting_provider.ts';
import {
  type Connection,
  clickForWindow,
  createConnection,
  LONG_MS,
  useChromium,
  useConnectionEnvironment,
} from './harness/index.ts';

const DIES_BEFORE_OUTCOME = new URL('../builds/dies_before_outcome_build.ts', import.meta.url);

const browser = useChromium();

onEachStore((store) => {
  const environment = useConnectionEnvironment({ store });
  let provider: CountingProvider;
  let number = 0;
  let files: Connection;

  /**
   * The provider revokes as Google does: a disconnect ends all grants of the user. It asks for no
   * consent.
   */
  beforeEach(async () => {
    // While the server is stopped, the proxy responds, to the window as well.
    browser.expectProblems(/^Console: .* status of 502/);
    provider = await startCountingProvider({ account: 'id_token', revokes: 'account' });
    number += 1;
    const name = `Files ${number}`;
    files = await createConnection({ browser, environment }, { ...provider.connector, name });
  });

  /**
   * Restarts the server, and moves the attempt past the time in which the killed server could
   * finish it.
   */
  async function untilTheServerWasLate(page: Page, flow: string): Promise<void> {
    await environment.startAgain();
    await environment.restartCompletion(flow);
    expect(await files.outcomeOf(flow)).toMatchObject({ status: 'pending' });
    await files.waitForText(page, /Finish in the other window/);
    await environment.endCompletion(flow);
  }

  /** Connects after a failure, and disconnects: nothing is left at the provider. */
  async function connectAgain(page: Page): Promise<void> {
    await files.waitForText(page, 'The server stopped before it finished');
    // The mark of the killed server ends with the time of the attempt.
    expect(await files.stored()).toEqual(['ana pending']);
    await clickForWindow(page, files.button(page, 'Try again'));
    await files.waitUntilConnected(page);
    expect(await files.stored()).toEqual(['ana connected']);
  }

  async function disconnect(page: Page): Promise<void> {
    // On a busy machine the confirmation may take longer than the dialog waits for it.
    await files.disconnect(page, /The provider (confirmed|has not confirmed)/);
    await waitUntil('the end of all grants', () => provider.active().length === 0, {
      timeoutMs: LONG_MS,
    });
  }

  describe('a server that is killed between the callback and the outcome', () => {
    it('before the provider issued tokens: the user is told so, connects again, and has one grant', async () => {
      const page = await files.openPage();
      provider.failNext({ endpoint: 'token', fault: { kind: 'hang' } });
      await files.connect(page);
      const flow = await files.flowOf(page);
      await waitUntil(
        'the request for the token',
        () => provider.requests({ endpoint: 'token' }).length === 1,
        { timeoutMs: LONG_MS },
      );
      await environment.kill9();
      await untilTheServerWasLate(page, flow);
      await connectAgain(page);
      expect(await files.outcomeOf(flow)).toMatchObject({ status: 'failed', code: 'interrupted' });
      expect(provider.active()).toEqual(['ana']);
      await disconnect(page);
    });

    it('before the tokens arrived: a disconnect after the next authorization ends the lost grant too', async () => {
      const page = await files.openPage();
      const lost = provider.holdNext({ endpoint: 'token', when: 'after_acting' });
      await files.connect(page);
      const flow = await files.flowOf(page);
      await waitUntil('the tokens', () => lost.isHolding, { timeoutMs: LONG_MS });
      await environment.kill9();
      lost.release();
      expect(provider.active()).toEqual(['ana']);
      await untilTheServerWasLate(page, flow);
      await connectAgain(page);
      await disconnect(page);
    });

    it('the user starts again immediately, even in another browser, and the lost attempt changes nothing later', async () => {
      const page = await files.openPage();
      const lost = provider.holdNext({ endpoint: 'token', when: 'after_acting' });
      await files.connect(page);
      const flow = await files.flowOf(page);
      await waitUntil('the tokens', () => lost.isHolding, { timeoutMs: LONG_MS });
      await environment.kill9();
      lost.release();
      await environment.startAgain();
      await environment.restartCompletion(flow);
      expect(await files.outcomeOf(flow)).toMatchObject({ status: 'pending' });
      expect(await files.stored()).toEqual(['ana pending']);
      // Another browser, which does not know the attempt.
      const other = await files.openPage();
      await files.waitForText(other, 'Not finished');
      await files.connectButton(other).waitFor();
      // This browser, after a reload.
      await page.reload();
      await files.waitForText(page, /Finish in the other window/);
      await clickForWindow(page, files.button(page, 'Start again'));
      await environment.restartCompletion(flow);
      await files.waitUntilConnected(page);
      expect(await files.outcomeOf(flow)).toMatchObject({ status: 'pending' });
      const connected = await files.storedGrants();
      // The time of the lost attempt passes.
      await environment.endCompletion(flow);
      expect(await files.outcomeOf(flow)).toMatchObject({ status: 'failed', code: 'interrupted' });
      await page.reload();
      await files.text(page, 'ana@example.com').waitFor();
      expect(await files.text(page, 'The server stopped before it finished').count()).toBe(0);
      expect(await files.storedGrants()).toEqual(connected);
      await disconnect(page);
    });

    it('after the grant was stored: the user is connected, with one grant', async () => {
      await environment.kill9();
      await environment.startAgain({ build: DIES_BEFORE_OUTCOME });
      const page = await files.openPage();
      await files.connect(page);
      const flow = await files.flowOf(page);
      await environment.ended();
      await untilTheServerWasLate(page, flow);
      await files.waitUntilConnected(page);
      expect(await files.outcomeOf(flow)).toMatchObject({ status: 'succeeded' });
      expect(await files.stored()).toEqual(['ana connected']);
      expect(provider.active()).toEqual(['ana']);
      await disconnect(page);
    });
  });
});
