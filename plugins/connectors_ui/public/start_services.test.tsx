import type { FetchResponse } from '@latchkey/core/public';
import { bootDataMock, type CoreStartMock, coreStartMock } from '@latchkey/core/public/mocks';
import { waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Services } from './services.ts';
import { startServices } from './start_services.ts';

const RESULTS = 'oauth_flow_completed';
const KEY = 'latchkey:attempt:/s/default/ana:drive';
const POPUP = { mode: 'popup', windowText: 'Connecting…' } as const;
const originalChannel = window.BroadcastChannel;
const stops: (() => void)[] = [];

/** A fake server that stores one attempt to authorize the connector "drive". */
class FakeServer {
  outcome: object = {
    status: 'pending',
    connector_id: 'drive',
    expires_at: '2099-01-01T00:00:00Z',
  };
  readonly paths: string[] = [];

  readonly fetch = async (url: string): Promise<FetchResponse> => {
    this.paths.push(url);
    const isCancelled = url.endsWith('_oauth_cancel');
    const body = url.endsWith('_start_oauth_flow')
      ? {
          authorizationUrl: 'https://provider.example/',
          state: 's',
          flowId: 'flow-1',
          expiresAt: '2099-01-01T00:00:00Z',
        }
      : this.outcome;
    return {
      status: isCancelled ? 204 : 200,
      headers: { get: (name) => (name === 'content-type' ? 'application/json' : null) },
      text: async () => (isCancelled ? '' : JSON.stringify(body)),
    };
  };
}

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer();
  localStorage.clear();
  window.open = vi.fn<typeof window.open>(() => null);
});

afterEach(() => {
  window.BroadcastChannel = originalChannel;
  globalThis.BroadcastChannel = originalChannel;
  window.history.replaceState(null, '', '/');
  for (const stop of stops.splice(0)) stop();
});

/** Opens a tab. Its timers never run, so only hints cause requests for the outcome. */
function openTab(username = 'ana'): Services & { readonly core: CoreStartMock } {
  const user = { ...bootDataMock().user, username };
  const core = coreStartMock({ fetch: server.fetch, boot: { user } });
  const clock = { now: () => Date.now(), after: () => () => undefined };
  const services = startServices({ ...core, clock }, window);
  stops.push(services.stop);
  return { ...services, core };
}

const statusOf = ({ attempts }: Services) => attempts.get('drive').status;

/** Waits until the attempt has the status. */
const reached = (services: Services, status: string): Promise<void> =>
  waitFor(() => expect(statusOf(services)).toBe(status));

async function start(tab: Services): Promise<void> {
  tab.attempts.authorize('drive', POPUP);
  await reached(tab, 'blocked');
}

/** Sends a message as the result page does. */
function sendResult(message: unknown): void {
  const channel = new BroadcastChannel(RESULTS);
  channel.postMessage(message);
  channel.close();
}

/** Waits until another request for the outcome was sent, and the page has received the response. */
const asked = (before: number): Promise<void> =>
  waitFor(() => expect(server.paths.length).toBeGreaterThan(before));

const SUCCEEDED = {
  connector_id: 'drive',
  status: 'succeeded',
  account: 'ana@example.com',
  account_changed: false,
};

describe('a message of the result page', () => {
  it('makes the page request the outcome from the server, and only this outcome counts', async () => {
    const tab = openTab();
    await start(tab);
    server.outcome = SUCCEEDED;
    sendResult({ connectorId: 'drive', status: 'error', statusCode: 400, error: 'denied' });
    await reached(tab, 'succeeded');
  });

  it('does not end the attempt when the message is forged', async () => {
    const tab = openTab();
    await start(tab);
    const before = server.paths.length;
    sendResult({ connectorId: 'drive', status: 'success', statusCode: 200, flowId: 'flow-1' });
    await asked(before);
    expect(statusOf(tab)).toBe('blocked');
  });

  it('causes no request when the message has another form, or names another connector', async () => {
    const tab = openTab();
    await start(tab);
    const before = server.paths.length;
    for (const message of ['drive', null, { connectorId: 7 }, { connectorId: 'mail' }])
      sendResult(message);
    server.outcome = SUCCEEDED;
    sendResult({ connectorId: 'drive' });
    await reached(tab, 'succeeded');
    expect(server.paths).toHaveLength(before + 1);
  });
});

describe('a cancellation', () => {
  it('makes the page load the status of the connector again when the server has ended the attempt', async () => {
    const tab = openTab();
    await start(tab);
    const cancelled: boolean[] = [];
    vi.spyOn(tab.core.queryClient, 'invalidateQueries').mockImplementation(async () => {
      cancelled.push(server.paths.some((path) => path.includes('_cancel')));
    });
    server.outcome = { connector_id: 'drive', status: 'cancelled' };
    tab.attempts.cancel('drive');
    await waitFor(() => expect(cancelled.at(-1)).toBe(true));
  });
});

describe('a browser without BroadcastChannel', () => {
  it('learns the outcome when the user returns to the page', async () => {
    Object.assign(window, { BroadcastChannel: undefined });
    Object.assign(globalThis, { BroadcastChannel: undefined });
    const tab = openTab();
    await start(tab);
    server.outcome = SUCCEEDED;
    window.dispatchEvent(new Event('focus'));
    await reached(tab, 'succeeded');
  });

  it('shares the attempt of one tab with another tab through the storage', async () => {
    Object.assign(window, { BroadcastChannel: undefined });
    Object.assign(globalThis, { BroadcastChannel: undefined });
    const [tab, other] = [openTab(), openTab()];
    await start(tab);
    window.dispatchEvent(new StorageEvent('storage', { key: KEY }));
    await reached(other, 'waiting');
    server.outcome = SUCCEEDED;
    window.dispatchEvent(new StorageEvent('storage', { key: KEY }));
    await reached(other, 'succeeded');
    await reached(tab, 'succeeded');
    expect(server.paths.filter((path) => path.endsWith('_start_oauth_flow'))).toHaveLength(1);
  });
});

it.each(['focus', 'pageshow', 'online'])(
  'the event %s makes the page request the outcome',
  async (event) => {
    const tab = openTab();
    await start(tab);
    server.outcome = { status: 'expired', connector_id: 'drive' };
    window.dispatchEvent(new Event(event));
    await reached(tab, 'expired');
  },
);

it('an attempt of one user is not continued for another user of the browser', async () => {
  await start(openTab('ana'));
  expect(localStorage.getItem(KEY)).toContain('flow-1');
  expect(statusOf(openTab('ben'))).toBe('idle');
  expect(statusOf(openTab('ana'))).toBe('waiting');
});

it('the end of an attempt makes other tabs load the connections again', async () => {
  const [tab, other] = [openTab(), openTab()];
  const read = vi.spyOn(other.core.queryClient, 'invalidateQueries');
  await start(tab);
  const heard = new Promise((resolve) => read.mockImplementation(async () => resolve(undefined)));
  server.outcome = SUCCEEDED;
  tab.attempts.ask('drive');
  await reached(tab, 'succeeded');
  await heard;
  expect(read).toHaveBeenCalledWith({ queryKey: ['connectorsUi', 'connections'] });
});

describe('a page to which a redirect returned', () => {
  it('removes the result from its URL, and reports it to other tabs', async () => {
    const tab = openTab();
    await start(tab);
    server.outcome = SUCCEEDED;
    const result = 'oauth_authorization=success&connector_id=drive&status_code=200';
    window.history.replaceState(null, '', `/app/connectors?q=a&${result}&edit=drive#top`);
    openTab();
    expect(window.location.href).toMatch(/\/app\/connectors\?q=a&edit=drive#top$/);
    await reached(tab, 'succeeded');
  });

  it('closes itself only if it was opened for the result', () => {
    const close = vi.spyOn(window, 'close').mockImplementation(() => undefined);
    const result = '/?oauth_authorization=error&connector_id=drive&error=denied';
    window.history.replaceState(null, '', result);
    openTab();
    expect(close).not.toHaveBeenCalled();
    window.history.replaceState(null, '', `${result}&auto_close=true`);
    openTab();
    expect(close).toHaveBeenCalledTimes(1);
  });
});

it('an authorization works in a browser whose storage is forbidden', async () => {
  const forbidden = vi.spyOn(window, 'localStorage', 'get').mockImplementation(() => {
    throw new DOMException('forbidden', 'SecurityError');
  });
  const tab = openTab();
  await start(tab);
  server.outcome = SUCCEEDED;
  tab.attempts.ask('drive');
  await reached(tab, 'succeeded');
  forbidden.mockRestore();
});
