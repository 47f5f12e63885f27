import { describe, expect, it } from 'vitest';
import type { AuthorizeOptions } from './attempt_run.ts';
import { browserFixture, settle } from './attempts.mock.ts';

const POPUP: AuthorizeOptions = { mode: 'popup', windowText: 'Connecting to Drive…' };
const SUCCESS = { status: 'succeeded', account: 'ana@example.com', accountChanged: false } as const;

describe('a window that returned without an OAuth state that the server knows', () => {
  it('ends its attempt in the page and on the server', async () => {
    const { flows, openTab } = browserFixture();
    const { attempts, windows } = openTab();
    attempts.authorize('drive', POPUP);
    await settle();
    expect(windows[0]?.attempt).toEqual({ connectorId: 'drive', flowId: 'flow-1' });
    attempts.endUnknown('drive', 'flow-1', 'state_missing');
    await settle();
    expect(attempts.get('drive')).toEqual({ status: 'failed', reason: 'state_missing' });
    expect(flows.cancelled).toEqual(['flow-1']);
  });

  it('ends no other attempt, and no attempt whose outcome the server knows', async () => {
    const { flows, openTab } = browserFixture();
    const { attempts } = openTab();
    attempts.authorize('drive', POPUP);
    await settle();
    attempts.endUnknown('drive', 'flow-0', 'state_missing');
    await settle();
    expect(attempts.get('drive')).toMatchObject({ status: 'waiting' });
    flows.outcomes.set('flow-1', SUCCESS);
    attempts.endUnknown('drive', 'flow-1', 'state_missing');
    await settle();
    expect(attempts.get('drive')).toEqual(SUCCESS);
    expect(flows.cancelled).toEqual([]);
  });
});

describe('a redirect', () => {
  it('leaves the page, and returns to it', async () => {
    const { clock, flows, openTab } = browserFixture();
    const tab = openTab();
    tab.attempts.authorize('drive', { ...POPUP, mode: 'redirect' });
    await settle();
    expect(tab.windows).toHaveLength(0);
    expect(tab.leftTo).toEqual(['https://provider.example/flow-1']);
    expect(flows.started[0]?.returnUrl).toBe('/app/my_connections?connector=drive#top');
    flows.outcomes.set('flow-1', SUCCESS);
    const returned = openTab();
    returned.attempts.resume();
    await clock.advance(0);
    expect(returned.attempts.get('drive')).toEqual(SUCCESS);
  });

  it('shows its outcome even if another tab received it first', async () => {
    const { clock, flows, openTab } = browserFixture();
    const [tab, other] = [openTab(), openTab()];
    tab.attempts.authorize('drive', { ...POPUP, mode: 'redirect' });
    await settle();
    other.attempts.resume();
    flows.outcomes.set('flow-1', { status: 'failed', reason: 'provider_refused' });
    await clock.advance(2000);
    expect(other.attempts.get('drive')).toMatchObject({ status: 'failed' });
    const returned = openTab();
    returned.attempts.resume();
    expect(returned.attempts.get('drive')).toEqual({ status: 'idle' });
    returned.attempts.resumeReturned({ connectorId: 'drive', flowId: 'flow-1' });
    await settle();
    const failed = { status: 'failed', reason: 'provider_refused' };
    expect(returned.attempts.get('drive')).toEqual(failed);
  });

  it('does not mention another window when the user returns without an outcome', async () => {
    const { openTab } = browserFixture();
    const tab = openTab();
    tab.attempts.authorize('drive', { ...POPUP, mode: 'redirect' });
    await settle();
    // When the user goes back, the browser may restore the page in the state in which the user left
    // it.
    const waiting = { status: 'waiting', windowSeen: false, isRedirect: true };
    expect(tab.attempts.get('drive')).toMatchObject(waiting);
    const loaded = openTab();
    loaded.attempts.resume();
    expect(loaded.attempts.get('drive')).toMatchObject(waiting);
  });
});
