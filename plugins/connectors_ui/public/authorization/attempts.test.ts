import { HttpClientError } from '@latchkey/core/public';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuthorizeOptions } from './attempt_run.ts';
import { browserFixture, settle } from './attempts.mock.ts';

const POPUP: AuthorizeOptions = { mode: 'popup', windowText: 'Connecting to Drive…' };
const SUCCESS = { status: 'succeeded', account: 'ana@example.com', accountChanged: false } as const;
const KEY = 'latchkey:attempt:/s/default/ana:drive';

async function waitingTab() {
  const browser = browserFixture();
  const tab = browser.openTab();
  tab.attempts.authorize('drive', POPUP);
  await settle();
  const [window] = tab.windows;
  if (window === undefined) throw new Error('no window was opened');
  return { ...browser, tab, window, state: () => tab.attempts.get('drive') };
}

describe('an authorization in a window', () => {
  it('opens the window inside the click, and goes to the provider after the start', async () => {
    const { openTab, clock } = browserFixture();
    const { attempts, windows, texts } = openTab();
    attempts.authorize('drive', POPUP);
    expect(texts).toEqual(['Connecting to Drive…']);
    expect(attempts.get('drive').status).toBe('starting');
    await settle();
    expect(windows[0]?.url).toBe('https://provider.example/flow-1');
    expect(attempts.get('drive')).toEqual({
      status: 'waiting',
      windowSeen: true,
      expiresAt: clock.now() + 600_000,
    });
  });

  it('succeeds only when the server reports success', async () => {
    const { clock, flows, tab, state } = await waitingTab();
    tab.attempts.ask('drive');
    await settle();
    expect(state().status).toBe('waiting');
    flows.outcomes.set('flow-1', SUCCESS);
    await clock.advance(1500);
    expect(state()).toEqual(SUCCESS);
  });

  it('requests the outcome every 1.5 seconds in the first minute of a visible page, then every 5 seconds', async () => {
    const { clock, flows } = await waitingTab();
    await clock.advance(59_000);
    expect(flows.asked).toBe(39);
    await clock.advance(60_000);
    expect(flows.asked).toBe(51);
  });

  it('requests the outcome every 5 seconds while the page is in the background', async () => {
    const { clock, flows, tab } = await waitingTab();
    tab.settings.isVisible = false;
    await clock.advance(60_000);
    expect(flows.asked).toBe(12);
  });

  it('continues to wait when the window seems to be closed, and shows this after 3 seconds', async () => {
    const { clock, flows, window, state } = await waitingTab();
    window.isSevered = true;
    await clock.advance(2500);
    expect(state()).toMatchObject({ status: 'waiting', windowSeen: true });
    await clock.advance(1500);
    expect(state()).toMatchObject({ status: 'waiting', windowSeen: false });
    flows.outcomes.set('flow-1', SUCCESS);
    await clock.advance(1500);
    expect(state().status).toBe('succeeded');
  });

  it('continues when the server does not respond for a while', async () => {
    const { clock, flows, state } = await waitingTab();
    flows.failure = new HttpClientError('server_unreachable', 'down');
    await clock.advance(120_000);
    expect(state().status).toBe('waiting');
    flows.failure = undefined;
    flows.outcomes.set('flow-1', SUCCESS);
    await clock.advance(5000);
    expect(state().status).toBe('succeeded');
  });

  it('closes the window and gives the reason when the start fails', async () => {
    const { flows, openTab } = browserFixture();
    const { attempts, windows } = openTab();
    flows.failure = new HttpClientError('request_failed', 'no', {
      status: 500,
      body: {
        statusCode: 500,
        error: 'x',
        message: 'x',
        attributes: { code: 'public_base_url_missing' },
      },
    });
    attempts.authorize('drive', POPUP);
    await settle();
    expect(attempts.get('drive')).toEqual({ status: 'failed', reason: 'public_base_url_missing' });
    expect(windows[0]?.isOpen).toBe(false);
  });

  it('expires when the server reports that it has expired', async () => {
    const { clock, flows, state } = await waitingTab();
    await clock.advance(600_000);
    flows.outcomes.set('flow-1', { status: 'expired' });
    await clock.advance(5000);
    expect(state().status).toBe('expired');
  });

  it('expires 30 seconds after the deadline when the server does not respond', async () => {
    const { clock, flows, state } = await waitingTab();
    flows.failure = new HttpClientError('server_unreachable', 'down');
    await clock.advance(629_000);
    expect(state().status).toBe('waiting');
    await clock.advance(2000);
    expect(state().status).toBe('expired');
  });

  it('ends after `timeoutMs`, and is cancelled on the server', async () => {
    const { clock, flows, openTab } = browserFixture();
    const { attempts } = openTab();
    attempts.authorize('drive', { ...POPUP, timeoutMs: 20_000 });
    await clock.advance(21_000);
    expect(attempts.get('drive').status).toBe('expired');
    expect(flows.cancelled).toEqual(['flow-1']);
  });
});

describe('a blocked window', () => {
  it('offers a link with which the user can connect', async () => {
    const { clock, flows, openTab } = browserFixture();
    const { attempts, settings } = openTab();
    settings.blocksWindows = true;
    attempts.authorize('drive', POPUP);
    await settle();
    expect(attempts.get('drive')).toMatchObject({
      status: 'blocked',
      url: 'https://provider.example/flow-1',
    });
    attempts.followLink('drive');
    expect(attempts.get('drive')).toMatchObject({ status: 'waiting', windowSeen: false });
    flows.outcomes.set('flow-1', SUCCESS);
    await clock.advance(1500);
    expect(attempts.get('drive').status).toBe('succeeded');
  });
});

describe('several clicks on the button to connect', () => {
  it('start only one attempt when the user clicks five times', async () => {
    const { clock, flows, openTab } = browserFixture();
    const { attempts, windows } = openTab();
    for (let click = 0; click < 3; click += 1) attempts.authorize('drive', POPUP);
    await clock.advance(300);
    for (let click = 0; click < 2; click += 1) attempts.authorize('drive', POPUP);
    await settle();
    expect(flows.started).toHaveLength(1);
    expect(windows).toHaveLength(1);
    expect(windows[0]?.focused).toBe(2);
  });

  it('start another attempt when the window cannot be seen, and cancel the earlier one', async () => {
    const { clock, flows, tab, window, state } = await waitingTab();
    window.isSevered = true;
    await clock.advance(5000);
    tab.attempts.authorize('drive', POPUP);
    await settle();
    expect(flows.cancelled).toEqual(['flow-1']);
    flows.outcomes.set('flow-2', SUCCESS);
    await clock.advance(1500);
    expect(state()).toEqual(SUCCESS);
  });

  it('do not affect each other when they are for two connectors', async () => {
    const { clock, flows, tab, state } = await waitingTab();
    tab.attempts.authorize('mail', POPUP);
    await settle();
    flows.outcomes.set('flow-2', { status: 'failed', reason: 'provider_refused' });
    await clock.advance(1500);
    expect(tab.attempts.get('mail')).toEqual({ status: 'failed', reason: 'provider_refused' });
    expect(state().status).toBe('waiting');
  });
});

describe('a cancellation of an attempt', () => {
  it('ends the attempt in the page and on the server, and closes the window', async () => {
    const { flows, tab, window, state } = await waitingTab();
    tab.attempts.cancel('drive');
    expect(state()).toEqual({ status: 'cancelled' });
    await settle();
    expect(flows.cancelled).toEqual(['flow-1']);
    expect(window.isOpen).toBe(false);
  });

  it('is reported a second time when the server has ended the attempt', async () => {
    const { clock, flows, tab } = await waitingTab();
    const confirmed: string[] = [];
    tab.attempts.onConfirmed(() => confirmed.push(flows.cancelled.join()));
    flows.failure = new HttpClientError('server_unreachable', 'down');
    tab.attempts.cancel('drive');
    await clock.advance(1000);
    expect(confirmed).toEqual([]);
    flows.failure = undefined;
    await clock.advance(5000);
    expect(confirmed).toEqual(['flow-1']);
  });

  it('is sent again until the server has received it', async () => {
    const { clock, flows, tab } = await waitingTab();
    flows.failure = new HttpClientError('server_unreachable', 'down');
    tab.attempts.cancel('drive');
    await clock.advance(1000);
    flows.failure = undefined;
    await clock.advance(5000);
    expect(flows.cancelled).toEqual(['flow-1']);
  });

  it('cancels the attempt that the server starts when the user cancels during the start', async () => {
    const { flows, openTab } = browserFixture();
    const { attempts, windows } = openTab();
    attempts.authorize('drive', POPUP);
    attempts.cancel('drive');
    await settle();
    expect(attempts.get('drive').status).toBe('cancelled');
    expect(flows.cancelled).toEqual(['flow-1']);
    expect(windows[0]?.isOpen).toBe(false);
  });

  it('shows the success that the server has stored when the cancellation came too late', async () => {
    const { flows, tab, state } = await waitingTab();
    flows.outcomes.set('flow-1', SUCCESS);
    tab.attempts.cancel('drive');
    await settle();
    expect(state()).toEqual(SUCCESS);
  });
});

describe('a page load', () => {
  it('continues the attempt that an earlier page load has started', async () => {
    const { clock, flows, openTab, storage } = await waitingTab();
    expect(storage.getItem(KEY)).not.toContain('state');
    const reloaded = openTab();
    reloaded.attempts.resume();
    expect(reloaded.attempts.get('drive')).toMatchObject({ status: 'waiting', windowSeen: false });
    flows.outcomes.set('flow-1', SUCCESS);
    await clock.advance(1500);
    expect(reloaded.attempts.get('drive')).toEqual(SUCCESS);
    expect(storage.getItem(KEY)).toBeNull();
  });

  it('can cancel the attempt that an earlier page load has started', async () => {
    const { flows, openTab } = await waitingTab();
    const reloaded = openTab();
    reloaded.attempts.resume();
    reloaded.attempts.cancel('drive');
    await settle();
    expect(flows.cancelled).toEqual(['flow-1']);
  });

  it('removes an attempt whose outcome the server no longer knows', async () => {
    const { clock, openTab, storage } = await waitingTab();
    storage.setItem(
      KEY,
      JSON.stringify({ flowId: 'old', connectorId: 'drive', expiresAt: clock.now() - 3_700_000 }),
    );
    const reloaded = openTab();
    reloaded.attempts.resume();
    expect(reloaded.attempts.get('drive').status).toBe('idle');
    expect(storage.getItem(KEY)).toBeNull();
  });
});

describe('two tabs', () => {
  it('share one attempt: the second tab shows that it waits, and starts none', async () => {
    const { clock, flows, openTab, tab } = await waitingTab();
    const second = openTab();
    second.attempts.storageChanged(KEY);
    expect(second.attempts.get('drive').status).toBe('waiting');
    second.attempts.storageChanged(KEY);
    flows.outcomes.set('flow-1', SUCCESS);
    await clock.advance(2000);
    expect(second.attempts.get('drive')).toEqual(SUCCESS);
    expect(tab.attempts.get('drive')).toEqual(SUCCESS);
    expect(flows.started).toHaveLength(1);
  });

  it('have only one attempt even if the second tab starts without knowing that of the first', async () => {
    const { flows, openTab } = await waitingTab();
    const second = openTab();
    second.attempts.authorize('drive', POPUP);
    await settle();
    expect(flows.started).toHaveLength(1);
    expect(second.windows).toHaveLength(0);
  });

  it('B39: get one result each when they authorize two connectors', async () => {
    const { clock, flows, openTab, tab } = await waitingTab();
    const second = openTab();
    second.attempts.authorize('mail', POPUP);
    await settle();
    flows.outcomes.set('flow-2', SUCCESS);
    await clock.advance(2000);
    expect(second.attempts.get('mail')).toEqual(SUCCESS);
    expect(tab.attempts.get('drive').status).toBe('waiting');
  });

  it('follow an attempt that the other tab has replaced', async () => {
    const { clock, flows, openTab, tab } = await waitingTab();
    const second = openTab();
    second.attempts.resume();
    await clock.advance(100);
    second.attempts.authorize('drive', POPUP);
    await settle();
    tab.attempts.storageChanged(KEY);
    await settle();
    flows.outcomes.set('flow-2', SUCCESS);
    await clock.advance(2000);
    expect(tab.attempts.get('drive')).toEqual(SUCCESS);
  });
});

it('attempts tell listeners about every change, and other tabs about the end', async () => {
  const { clock, flows, openTab } = browserFixture();
  const { attempts } = openTab();
  const seen: string[] = [];
  const ended: string[] = [];
  const stop = attempts.subscribe(() => seen.push(attempts.get('drive').status));
  attempts.onEnd((connectorId, { status }) => ended.push(`${connectorId} ${status}`));
  attempts.authorize('drive', POPUP);
  await settle();
  flows.outcomes.set('flow-1', SUCCESS);
  await clock.advance(1500);
  stop();
  attempts.dismiss('drive');
  expect(seen).toEqual(['starting', 'waiting', 'succeeded']);
  expect(ended).toEqual(['drive succeeded']);
});

it('no order of events makes an attempt successful while the server has no success', async () => {
  const hint = fc.constantFrom(
    'ask',
    'storage',
    'close',
    'sever',
    'wait',
    'click',
    'cancel',
    'reload',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(hint, { maxLength: 12 }), async (hints) => {
      const browser = await waitingTab();
      let { tab } = browser;
      for (const one of hints) {
        const [window] = tab.windows.slice(-1);
        if (one === 'ask') tab.attempts.askAll();
        if (one === 'storage') tab.attempts.storageChanged(KEY);
        if (one === 'close') window?.close();
        if (one === 'sever' && window !== undefined) window.isSevered = true;
        if (one === 'wait') await browser.clock.advance(4000);
        if (one === 'click') tab.attempts.authorize('drive', POPUP);
        if (one === 'cancel') tab.attempts.cancel('drive');
        if (one === 'reload') {
          tab = browser.openTab();
          tab.attempts.resume();
        }
        await settle();
        expect(tab.attempts.get('drive').status).not.toBe('succeeded');
      }
    }),
    { numRuns: 60 },
  );
});
