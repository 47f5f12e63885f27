import type { Fetch } from '@latchkey/core/public';
import { type CoreStartMock, coreStartMock } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { DisconnectDialog } from '../authorization_views/index.ts';
import { CONNECTED, FakeServer, NOT_CONNECTED } from '../fake_server.mock.ts';
import { ServicesContext } from '../services.ts';
import { startServices } from '../start_services.ts';
import { useDisconnectDialog } from './use_disconnect_dialog.ts';

const DISCONNECT = 'post /internal/actions/connector/c/_oauth_disconnect';
const STATUS = 'post /internal/actions/connectors/_me/auth_status';
const SERVER_ERROR = { status: 500 };
/** Milliseconds after which a dialog certainly can be closed although its request continues. */
const LONG_MS = 60_000;

function Page() {
  const dialog = useDisconnectDialog('c', 'Drive');
  return dialog.phase === 'closed' ? (
    <button type="button" onClick={dialog.open}>
      Open
    </button>
  ) : (
    <DisconnectDialog
      connectorName="Drive"
      account="ana@example.com"
      uses={{ known: undefined, failure: undefined }}
      phase={dialog.phase}
      onDisconnect={dialog.disconnect}
      onClose={dialog.close}
    />
  );
}

/** Opens the dialog and confirms it. */
function disconnect(fetch: Fetch): CoreStartMock {
  const core = coreStartMock({ fetch });
  const services = startServices(core, window);
  renderWithCore(
    <ServicesContext.Provider value={services}>
      <Page />
    </ServicesContext.Provider>,
    { core },
  );
  fireEvent.click(screen.getByRole('button', { name: 'Open' }));
  fireEvent.click(screen.getByRole('button', { name: 'Disconnect' }));
  return core;
}

/** Disconnects, and closes the dialog while the request takes longer than expected. */
function disconnectAndClose(fetch: Fetch): CoreStartMock {
  vi.useFakeTimers();
  try {
    const core = disconnect(fetch);
    act(() => void vi.advanceTimersByTime(LONG_MS));
    fireEvent.click(screen.getAllByRole('button', { name: 'Close' })[0] as HTMLElement);
    return core;
  } finally {
    vi.useRealTimers();
  }
}

describe('the dialog to disconnect, after a response was lost,', () => {
  it.each([
    ['the connection broke', undefined],
    ['the server failed', SERVER_ERROR],
  ])(
    'shows that the user is disconnected when the server confirms it (%s)',
    async (_why, response) => {
      const server = new FakeServer().on(STATUS, { c: NOT_CONNECTED });
      if (response !== undefined) server.on(DISCONNECT, response);
      disconnect(server.fetch);
      expect(await screen.findByRole('heading', { name: 'Drive is disconnected' })).toBeVisible();
      expect(screen.queryByText('You are still connected')).toBeNull();
      expect(server.to(STATUS).map(({ body }) => body)).toEqual([{ connector_ids: ['c'] }]);
    },
  );

  it('shows that the user is still connected only when the server confirms it', async () => {
    const server = new FakeServer().on(DISCONNECT, SERVER_ERROR).on(STATUS, { c: CONNECTED });
    disconnect(server.fetch);
    expect(await screen.findByText('You are still connected')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Disconnect' })).toBeEnabled();
  });

  it('shows that the state is unknown when the server cannot be asked', async () => {
    disconnect(new FakeServer().on(DISCONNECT, SERVER_ERROR).on(STATUS, SERVER_ERROR).fetch);
    expect(await screen.findByText(/not known whether you are still connected/)).toBeVisible();
    expect(screen.queryByText('You are still connected')).toBeNull();
  });
});

it('the dialog to disconnect does not ask for the state after a refusal, because a refused request has no effect', async () => {
  const server = new FakeServer().on(DISCONNECT, { status: 403 });
  disconnect(server.fetch);
  expect(await screen.findByText('You are still connected')).toBeVisible();
  expect(screen.getByText(/Ask an administrator/)).toBeVisible();
  expect(server.to(STATUS)).toEqual([]);
});

it('the dialog to disconnect shows the result of a request in progress when it is opened again', async () => {
  const response = Promise.withResolvers<void>();
  const server = new FakeServer().on(DISCONNECT, { revocation: 'unsupported' });
  const core = disconnectAndClose(async (url, init) => {
    await response.promise;
    return server.fetch(url, init);
  });
  fireEvent.click(screen.getByRole('button', { name: 'Open' }));
  expect(screen.getByRole('alertdialog')).toHaveAttribute('aria-busy', 'true');
  fireEvent.click(screen.getByRole('button', { name: 'Disconnect' }));
  response.resolve();
  expect(await screen.findByRole('heading', { name: 'Drive is disconnected' })).toBeVisible();
  expect(server.to(DISCONNECT)).toHaveLength(1);
  expect(core.toasts).toEqual([]);
});

it('a toast shows the result when the dialog was closed before the response', async () => {
  const response = Promise.withResolvers<void>();
  const server = new FakeServer().on(DISCONNECT, { revocation: 'unsupported' });
  const core = disconnectAndClose(async (url, init) => {
    await response.promise;
    return server.fetch(url, init);
  });
  expect(screen.getByRole('button', { name: 'Open' })).toBeVisible();
  response.resolve();
  await waitFor(() => expect(core.toasts).toHaveLength(1));
  expect(core.toasts[0]).toMatchObject({ title: 'Drive is disconnected', color: 'warning' });
});
