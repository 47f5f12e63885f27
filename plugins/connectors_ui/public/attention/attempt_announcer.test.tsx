import { renderWithCore } from '@latchkey/core/public/testing';
import { act } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { browserFixture, settle } from '../authorization/attempts.mock.ts';
import type { Outcome } from '../authorization/index.ts';
import { ConnectionChanges } from '../connection_status/index.ts';
import { ConnectorUsesRegistry } from '../connector_uses/index.ts';
import { ServicesContext } from '../services.ts';
import { useAttemptAnnouncer } from './attempt_announcer.ts';

const POPUP = { mode: 'popup', windowText: '' } as const;

function Announcer() {
  useAttemptAnnouncer();
  return null;
}

/** @param isShown `true`: a view of the page shows the attempts of the connector */
async function setUp({ isShown = true, blocks = false } = {}) {
  const browser = browserFixture();
  const tab = browser.openTab();
  tab.settings.blocksWindows = blocks;
  if (isShown) tab.attempts.show('drive');
  const changes = new ConnectionChanges(() => undefined);
  const { core } = renderWithCore(
    <ServicesContext.Provider
      value={{ attempts: tab.attempts, changes, uses: new ConnectorUsesRegistry() }}
    >
      <Announcer />
    </ServicesContext.Provider>,
  );
  tab.attempts.authorize('drive', POPUP);
  await settle();
  changes.stop();
  const end = async (outcome: Outcome) => {
    browser.flows.outcomes.set('flow-1', outcome);
    await act(() => browser.clock.advance(2000));
  };
  return { ...browser, tab, core, end };
}

describe('the announcement of an authorization attempt to screen readers', () => {
  it.each<[Outcome, string]>([
    [
      { status: 'succeeded', account: 'ana@example.com', accountChanged: false },
      'Connected as ana@example.com',
    ],
    [{ status: 'succeeded', account: undefined, accountChanged: false }, 'Connected'],
    [{ status: 'failed', reason: 'provider_refused' }, 'Access was denied at the provider.'],
    [{ status: 'expired' }, 'The sign-in was not finished in time'],
    [{ status: 'cancelled' }, 'Connecting was cancelled'],
  ])('with the outcome %j, is %s', async (outcome, text) => {
    const { core, end } = await setUp();
    await end(outcome);
    expect(core.announcements).toEqual([text]);
    expect(core.toasts).toEqual([]);
  });

  it('says that the browser blocked the window, and that a link opens it', async () => {
    const { core } = await setUp({ blocks: true });
    expect(core.announcements).toEqual([
      'Your browser blocked the window. A link on this page opens it.',
    ]);
  });

  it('says only once that this page cannot see the window any more', async () => {
    const { core, clock, tab } = await setUp();
    const [window] = tab.windows;
    if (window === undefined) throw new Error('no window was opened');
    window.isSevered = true;
    await act(() => clock.advance(30_000));
    expect(core.announcements).toEqual(['Finish in the other window, or start again']);
  });

  it('says only once that the user has to decide about another account', async () => {
    const { core, clock, end } = await setUp();
    await end({
      status: 'pending',
      expiresAt: clock.now() + 500_000,
      accountChange: {
        flowId: 'flow-1',
        connectedAccount: 'ana@example.com',
        newAccount: 'ben@example.com',
        canChange: true,
      },
    });
    await act(() => clock.advance(10_000));
    expect(core.announcements).toEqual([
      'You signed in with another account. Decide which one to use.',
    ]);
  });
});

it('a toast is shown when an attempt ends because its connector was deleted', async () => {
  const { core, end } = await setUp();
  await end({ status: 'failed', reason: 'connector_deleted' });
  expect(core.toasts).toEqual([{ title: 'The connector no longer exists.', color: 'danger' }]);
  expect(core.announcements).toEqual([]);
});

it('the end of an attempt is shown as a toast when no view shows the attempt', async () => {
  const { core, end } = await setUp({ isShown: false });
  await end({ status: 'failed', reason: 'provider_refused' });
  expect(core.toasts).toEqual([{ title: 'Access was denied at the provider.', color: 'danger' }]);
  expect(core.announcements).toEqual([]);
});
