import { HttpClientError } from '@latchkey/core/public';
import { coreStartMock } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { act, fireEvent, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { browserFixture, settle } from './attempts.mock.ts';
import type { Attempts } from './attempts.ts';
import { type AuthorizeHookOptions, useAuthorizeWith } from './use_oauth_authorize.ts';
import { useDisconnectWith } from './use_oauth_disconnect.ts';

const SUCCESS = { status: 'succeeded', account: 'ana@example.com', accountChanged: false } as const;

/** A component that shows the attempts of the connector. */
function View({ attempts, ...options }: AuthorizeHookOptions & { readonly attempts: Attempts }) {
  const { attempt, authorize, cancel } = useAuthorizeWith(attempts, options);
  return (
    <>
      <p>{`${options.connectorId}: ${attempt.status}`}</p>
      {attempt.status === 'failed' && <p>{attempt.message}</p>}
      <button type="button" onClick={authorize}>
        Authorize
      </button>
      <button type="button" onClick={cancel}>
        Cancel
      </button>
    </>
  );
}

/** A button, as in another plugin, that disconnects. */
function Disconnect(
  props: Parameters<typeof useDisconnectWith>[1] & { readonly changed: () => void },
) {
  const { disconnect, isDisconnecting } = useDisconnectWith(props.changed, props);
  return (
    <button type="button" onClick={() => void disconnect()}>
      {isDisconnecting ? 'Disconnecting' : 'Disconnect'}
    </button>
  );
}

function setUp(options: Partial<AuthorizeHookOptions> = {}) {
  const browser = browserFixture();
  const tab = browser.openTab();
  const callbacks = {
    onSuccess: vi.fn<NonNullable<AuthorizeHookOptions['onSuccess']>>(),
    onError: vi.fn<NonNullable<AuthorizeHookOptions['onError']>>(),
  };
  const view = (changes: Partial<AuthorizeHookOptions> = {}) => (
    <View attempts={tab.attempts} connectorId="drive" {...callbacks} {...options} {...changes} />
  );
  const rendered = renderWithCore(view());
  const click = (name: string) =>
    act(async () => {
      fireEvent.click(screen.getByRole('button', { name }));
      await settle();
    });
  const wait = (ms: number) => act(() => browser.clock.advance(ms));
  return { ...browser, tab, ...callbacks, ...rendered, view, click, wait };
}

describe('the hook that authorizes', () => {
  it('is idle at first, and uses a popup by default', async () => {
    const { tab, flows, click } = setUp({ returnUrl: '/app/elsewhere' });
    expect(screen.getByText('drive: idle')).toBeVisible();
    await click('Authorize');
    expect(screen.getByText('drive: waiting')).toBeVisible();
    expect(tab.windows).toHaveLength(1);
    expect(flows.started).toEqual([{ connectorId: 'drive', returnUrl: undefined }]);
  });

  it('leaves the page in the mode `redirect`, with the given return URL', async () => {
    const { tab, flows, click } = setUp({ mode: 'redirect', returnUrl: '/app/x?a=1#b' });
    await click('Authorize');
    expect(tab.windows).toHaveLength(0);
    expect(tab.leftTo).toEqual(['https://provider.example/flow-1']);
    expect(flows.started).toEqual([{ connectorId: 'drive', returnUrl: '/app/x?a=1#b' }]);
  });

  it('calls the latest `onSuccess` once with the account', async () => {
    const { flows, onSuccess, onError, click, wait, rerender, view } = setUp();
    await click('Authorize');
    const latest = vi.fn();
    rerender(view({ onSuccess: latest }));
    flows.outcomes.set('flow-1', SUCCESS);
    await wait(10_000);
    rerender(view({ onSuccess: latest }));
    expect(latest.mock.calls).toEqual([[{ account: 'ana@example.com', accountChanged: false }]]);
    expect(onSuccess).not.toHaveBeenCalled();
    expect(onError).not.toHaveBeenCalled();
  });

  it('calls `onError` once with a text for the user, which never comes from the server', async () => {
    const { flows, onError, click } = setUp();
    flows.failure = new HttpClientError('request_failed', 'SQLITE_BUSY at 10.0.0.3', {
      status: 500,
      body: { statusCode: 500, error: 'x', message: 'SQLITE_BUSY at 10.0.0.3' },
    });
    await click('Authorize');
    expect(onError).toHaveBeenCalledTimes(1);
    const [error] = onError.mock.calls[0] ?? [];
    expect(error?.message).toMatch(/\.$/);
    expect(error?.message).not.toContain('SQLITE');
    expect(screen.getByText(error?.message ?? '')).toBeVisible();
  });

  it.each([
    ['cancelled', 'The authorization was cancelled.'],
    ['expired', 'The authorization was not finished in time.'],
  ])('calls `onError` when the attempt was %s', async (status, text) => {
    const { flows, onError, click, wait } = setUp();
    await click('Authorize');
    if (status === 'cancelled') await click('Cancel');
    else flows.outcomes.set('flow-1', { status: 'expired' });
    await wait(2000);
    expect(onError.mock.calls.map(([error]) => error.message)).toEqual([text]);
  });

  it('shows a waiting attempt again after the view was closed and opened', async () => {
    const { flows, tab, click, wait, unmount, view } = setUp();
    await click('Authorize');
    unmount();
    await wait(5000);
    const { onSuccess } = { onSuccess: vi.fn() };
    renderWithCore(view({ onSuccess }));
    expect(screen.getByText('drive: waiting')).toBeVisible();
    flows.outcomes.set('flow-1', SUCCESS);
    await wait(2000);
    expect(screen.getByText('drive: succeeded')).toBeVisible();
    expect(onSuccess).toHaveBeenCalledTimes(1);
    expect(tab.windows).toHaveLength(1);
  });

  it('shows an outcome that arrived while there was no view, but calls no callback for it', async () => {
    const { flows, click, wait, unmount, view } = setUp();
    await click('Authorize');
    unmount();
    flows.outcomes.set('flow-1', SUCCESS);
    await wait(2000);
    const onSuccess = vi.fn();
    renderWithCore(view({ onSuccess }));
    expect(screen.getByText('drive: succeeded')).toBeVisible();
    expect(onSuccess).not.toHaveBeenCalled();
  });

  it('does not report a success of an earlier connector for the connector that the view shows next', async () => {
    const { flows, tab, onSuccess, click, wait, rerender, view } = setUp();
    tab.attempts.authorize('mail', { mode: 'popup', windowText: '' });
    await act(settle);
    flows.outcomes.set('flow-1', SUCCESS);
    await wait(2000);
    rerender(view({ connectorId: 'mail' }));
    expect(screen.getByText('mail: succeeded')).toBeVisible();
    expect(onSuccess).not.toHaveBeenCalled();
    await click('Authorize');
    flows.outcomes.set('flow-2', SUCCESS);
    await wait(2000);
    expect(onSuccess).toHaveBeenCalledTimes(1);
  });

  it('announces the start to screen readers', async () => {
    const { core, click } = setUp({ connectorName: 'Team Drive' });
    await click('Authorize');
    expect(core.announcements).toEqual(['Connecting to Team Drive…']);
  });
});

describe('the hook that disconnects', () => {
  it.each([
    [200, { revocation: 'unsupported' }, 'success unsupported'],
    [403, { statusCode: 403, error: 'x', message: 'x' }, 'error connected'],
    [500, { statusCode: 500, error: 'x', message: 'x' }, 'error unknown'],
  ])('reports the result of a response with status %d once', async (status, body, expected) => {
    const urls: string[] = [];
    const core = coreStartMock({
      fetch: async (url) => {
        urls.push(url);
        return {
          status,
          headers: { get: () => 'application/json' },
          text: async () => JSON.stringify(body),
        };
      },
    });
    const reports: string[] = [];
    const changed = vi.fn();
    renderWithCore(
      <Disconnect
        connectorId="a/b"
        changed={changed}
        onSuccess={(result) => reports.push(`success ${result}`)}
        onError={(_, state) => reports.push(`error ${state}`)}
      />,
      { core },
    );
    fireEvent.click(screen.getByRole('button', { name: 'Disconnect' }));
    expect(screen.getByRole('button', { name: 'Disconnecting' })).toBeVisible();
    expect(await screen.findByRole('button', { name: 'Disconnect' })).toBeVisible();
    expect(reports).toEqual([expected]);
    expect(changed).toHaveBeenCalledTimes(1);
    const disconnects = '/internal/actions/connector/a%2Fb/_oauth_disconnect?with_outcome=true';
    const asksForState = '/internal/actions/connectors/_me/auth_status';
    expect(urls).toEqual(status === 500 ? [disconnects, asksForState] : [disconnects]);
  });
});
