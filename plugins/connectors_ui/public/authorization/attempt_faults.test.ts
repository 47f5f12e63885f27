import { HttpClientError } from '@latchkey/core/public';
import { describe, expect, it } from 'vitest';
import type { AuthorizeOptions } from './attempt_run.ts';
import { browserFixture, type FakeFlows, settle } from './attempts.mock.ts';

const POPUP: AuthorizeOptions = { mode: 'popup', windowText: 'Connecting to Drive…' };
const SUCCESS = { status: 'succeeded', account: 'ana@example.com', accountChanged: false } as const;
const KEY = 'latchkey:attempt:/s/default/ana:drive';
const HOUR_MS = 3_600_000;
const DOWN = new HttpClientError('server_unreachable', 'down');

async function waitingTab() {
  const browser = browserFixture();
  const tab = browser.openTab();
  tab.attempts.authorize('drive', POPUP);
  await settle();
  return { ...browser, tab, state: () => tab.attempts.get('drive') };
}

/** Holds the responses to one kind of request until the test releases them. */
function hold(flows: FakeFlows, method: 'start' | 'outcome') {
  const original = flows[method].bind(flows) as (...args: unknown[]) => Promise<unknown>;
  const held: ((failure?: Error) => void)[] = [];
  Object.assign(flows, {
    [method]: async (...args: unknown[]) => {
      const response = await original(...args);
      const failure = await new Promise<Error | undefined>((resolve) => held.push(resolve));
      if (failure !== undefined) throw failure;
      return response;
    },
  });
  return held;
}

describe('a start of an attempt that the user cancels', () => {
  async function startedTwice() {
    const { flows, openTab, ...browser } = browserFixture();
    const held = hold(flows, 'start');
    const { attempts, windows } = openTab();
    attempts.authorize('drive', POPUP);
    attempts.cancel('drive');
    attempts.authorize('drive', POPUP);
    await settle();
    const [first, second] = held;
    if (first === undefined || second === undefined) throw new Error('there were no two requests');
    return { ...browser, flows, attempts, windows, first, second };
  }

  it('closes its window immediately, even if the server has not responded', async () => {
    const { windows } = await startedTwice();
    expect(windows.map(({ isOpen }) => isOpen)).toEqual([false, true]);
  });

  it('does not end the next attempt when its own error arrives late', async () => {
    const { attempts, windows, first, second } = await startedTwice();
    first(DOWN);
    await settle();
    expect(attempts.get('drive').status).toBe('starting');
    second();
    await settle();
    expect(attempts.get('drive').status).toBe('waiting');
    expect(windows[1]?.url).toBe('https://provider.example/flow-2');
  });

  it('is cancelled on the server when its response arrives during the next start', async () => {
    const { flows, attempts, first, second } = await startedTwice();
    first();
    await settle();
    expect(flows.cancelled).toEqual(['flow-1']);
    second();
    await settle();
    expect(attempts.get('drive').status).toBe('waiting');
    expect(flows.cancelled).toEqual(['flow-1']);
  });
});

describe('a page on a computer that slept until after the deadline', () => {
  it('shows the success that the server stored', async () => {
    const { clock, flows, state } = await waitingTab();
    flows.outcomes.set('flow-1', SUCCESS);
    clock.jump(3 * HOUR_MS);
    await clock.advance(1000);
    expect(state()).toEqual(SUCCESS);
  });

  it('waits for the network before it shows that the attempt expired', async () => {
    const { clock, flows, state } = await waitingTab();
    flows.outcomes.set('flow-1', SUCCESS);
    flows.failure = DOWN;
    clock.jump(3 * HOUR_MS);
    await clock.advance(20_000);
    expect(state().status).toBe('waiting');
    flows.failure = undefined;
    await clock.advance(6000);
    expect(state()).toEqual(SUCCESS);
  });

  it('shows a late success even if it had to end the attempt before the server responded', async () => {
    const { clock, flows, tab, state } = await waitingTab();
    flows.failure = DOWN;
    flows.outcomes.set('flow-1', SUCCESS);
    await clock.advance(700_000);
    expect(state().status).toBe('expired');
    flows.failure = undefined;
    tab.attempts.askAll();
    await settle();
    expect(state()).toEqual(SUCCESS);
  });
});

describe('a correction of the browser clock', () => {
  it.each([3 * HOUR_MS, -3 * HOUR_MS])(
    'by %d ms ends no attempt and stops no status requests',
    async (ms) => {
      const { clock, flows, state } = await waitingTab();
      clock.jump(ms);
      const expiresAt = clock.now() + 590_000;
      flows.outcomes.set('flow-1', { status: 'pending', expiresAt });
      await clock.advance(2000);
      expect(state()).toMatchObject({ status: 'waiting', expiresAt });
      flows.outcomes.set('flow-1', SUCCESS);
      await clock.advance(6000);
      expect(state()).toEqual(SUCCESS);
    },
  );
});

it('a status request without a response does not prevent the next status requests', async () => {
  const { clock, flows, state } = await waitingTab();
  const held = hold(flows, 'outcome');
  await clock.advance(2000);
  expect(held).toHaveLength(1);
  flows.outcomes.set('flow-1', SUCCESS);
  await clock.advance(20_000);
  held.at(-1)?.();
  await settle();
  expect(state()).toEqual(SUCCESS);
});

it('a cancellation that did not reach the server is sent again when the network is available', async () => {
  const { clock, flows, tab } = await waitingTab();
  flows.failure = DOWN;
  tab.attempts.cancel('drive');
  await clock.advance(120_000);
  flows.failure = undefined;
  tab.attempts.askAll();
  await settle();
  expect(flows.cancelled).toEqual(['flow-1']);
  expect(tab.attempts.get('drive').status).toBe('cancelled');
});

it('the final result is shown when the user cancels while the server requests the token', async () => {
  const { clock, flows, tab, state } = await waitingTab();
  const completing = flows.outcomes.get('flow-1');
  if (completing === undefined) throw new Error('The attempt is not open');
  tab.attempts.cancel('drive');
  flows.outcomes.set('flow-1', completing);
  Object.assign(flows, { cancel: async () => undefined });
  await settle();
  expect(state()).toEqual({ status: 'cancelled' });
  flows.outcomes.set('flow-1', SUCCESS);
  await clock.advance(5000);
  expect(state()).toEqual(SUCCESS);
});

it.each([
  '{"flowId":',
  '{"version":9}',
  JSON.stringify({ flowId: 'x', connectorId: 'mail', expiresAt: 9e15 }),
])(
  'the damaged record %s of an earlier page load starts nothing and causes no error',
  async (record) => {
    const { flows, storage, openTab } = browserFixture();
    storage.setItem(KEY, record);
    const { attempts } = openTab();
    attempts.resume();
    attempts.storageChanged(KEY);
    await settle();
    expect(attempts.get('drive').status).toBe('idle');
    expect(flows.asked).toBe(0);
    attempts.authorize('drive', POPUP);
    await settle();
    expect(attempts.get('drive').status).toBe('waiting');
  },
);

it('attempts of two connectors are continued by a page load, and each gets its own outcome', async () => {
  const { clock, flows, openTab, tab } = await waitingTab();
  tab.attempts.authorize('mail', POPUP);
  await settle();
  const reloaded = openTab();
  reloaded.attempts.resume();
  flows.outcomes.set('flow-1', SUCCESS);
  flows.outcomes.set('flow-2', { status: 'failed', reason: 'provider_refused' });
  await clock.advance(2000);
  expect(reloaded.attempts.get('drive')).toEqual(SUCCESS);
  expect(reloaded.attempts.get('mail')).toEqual({ status: 'failed', reason: 'provider_refused' });
});
