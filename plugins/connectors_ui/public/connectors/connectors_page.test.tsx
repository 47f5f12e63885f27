import { bootDataMock, coreStartMock } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { useLocation } from 'react-router';
import { describe, expect, it } from 'vitest';
import { browserFixture, settle } from '../authorization/attempts.mock.ts';
import { ConnectionChanges, connectionKeys } from '../connection_status/index.ts';
import { ConnectorUsesRegistry } from '../connector_uses/index.ts';
import {
  CONNECTED,
  connectorBody,
  FakeServer,
  NOT_CONNECTED,
  overviewBody,
  SERVER_ERROR,
  typeBody,
} from '../fake_server.mock.ts';
import { ServicesContext } from '../services.ts';
import { ConnectorsPage } from './connectors_page.tsx';

const OVERVIEW = 'post /internal/actions/_me/overview';
const PAGE = '/app/connectors';
const ALL = ['get', 'create', 'update', 'delete', 'execute'].map((name) => `actions:${name}`);
const failed = { error: { code: 'store_unavailable', message: 'secret detail' } };

function Location() {
  const { search } = useLocation();
  return <p>{`Query: ${search}`}</p>;
}

function renderPage(
  overview: object,
  {
    path = PAGE,
    privileges = ALL,
  }: { readonly path?: string; readonly privileges?: string[] } = {},
) {
  const server = new FakeServer().on(OVERVIEW, overview);
  const user = { ...bootDataMock().user, privileges };
  const core = coreStartMock({ fetch: server.fetch, boot: { user } });
  const browser = browserFixture();
  const tab = browser.openTab();
  const changes = new ConnectionChanges(() => undefined);
  changes.stop();
  renderWithCore(
    <ServicesContext.Provider
      value={{ attempts: tab.attempts, changes, uses: new ConnectorUsesRegistry() }}
    >
      <ConnectorsPage />
      <Location />
    </ServicesContext.Provider>,
    { core, path },
  );
  const read = async (next: object) => {
    server.on(OVERVIEW, next);
    await act(() => core.queryClient.invalidateQueries({ queryKey: connectionKeys.all }));
  };
  return { ...browser, tab, core, server, read };
}

const rowOf = (name: string): HTMLElement => {
  const row = screen.getByRole('button', { name }).closest('tr');
  if (row === null) throw new Error(`${name} is in no row`);
  return row;
};
// Not a query by role, which takes seconds in a large table.
const shownRows = (): number => document.querySelectorAll('tbody tr').length;
const searchBox = (): Element => {
  const box = document.querySelector('input[type="search"]');
  if (box === null) throw new Error('the page has no search');
  return box;
};
const search = (value: string) => fireEvent.change(searchBox(), { target: { value } });

describe('the page of connectors', () => {
  it('offers the sites when a connection lacks only the choice of one', async () => {
    const status = {
      '1': { ...NOT_CONNECTED, connection_status: 'needs_site', next_step: 'choose_site' },
    };
    renderPage(overviewBody({ status }));
    fireEvent.click(await screen.findByRole('button', { name: 'Choose site for Drive 1' }));
    expect(await screen.findByRole('heading', { name: 'Choose a site for Drive 1' })).toBeVisible();
  });

  it('invites the user to create the first connector only if the user may', async () => {
    renderPage(overviewBody({ connectors: [] }));
    expect(await screen.findByText('Create your first connector')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Create connector' })).toBeVisible();
  });

  it('shows no create button to a user who may not create connectors', async () => {
    renderPage(overviewBody({ connectors: [] }), { privileges: ['actions:get'] });
    expect(await screen.findByText('There are no connectors in this space')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Create connector' })).toBeNull();
  });

  it('offers to try again when the connectors could not be read', async () => {
    const { server } = renderPage({ ...overviewBody(), connectors: failed });
    const retry = await screen.findByRole('button', { name: 'Try again' });
    expect(screen.queryByText(/secret detail/)).toBeNull();
    server.on(OVERVIEW, overviewBody());
    fireEvent.click(retry);
    expect(await screen.findByRole('button', { name: 'Drive 1' })).toBeVisible();
  });

  it('keeps the table when types or status could not be loaded, or a later request failed', async () => {
    const { read } = renderPage(overviewBody({ types: failed, status: failed, attention: failed }));
    expect(await screen.findByRole('button', { name: 'Drive 1' })).toBeVisible();
    expect(within(rowOf('Drive 1')).getByText('.drive')).toBeVisible();
    expect(screen.getByText('Your connection status could not be loaded')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Connect Drive 1' })).toBeNull();
    await read(overviewBody());
    expect(await screen.findByRole('button', { name: 'Connect Drive 1' })).toBeVisible();
    await read(SERVER_ERROR);
    expect(screen.getByRole('button', { name: 'Connect Drive 1' })).toBeVisible();
  });

  it('treats a connector without an auth mode as one with a service account, and offers no connection', async () => {
    renderPage(
      overviewBody({ connectors: [connectorBody('1', { auth_mode: undefined })], status: {} }),
    );
    await screen.findByRole('button', { name: 'Drive 1' });
    const row = within(rowOf('Drive 1'));
    expect(row.getByText('Service account')).toBeVisible();
    expect(row.queryByRole('button', { name: /Connect Drive/ })).toBeNull();
  });

  it('marks preconfigured connectors, unknown and disabled types, and missing credentials', async () => {
    renderPage(
      overviewBody({
        connectors: [
          connectorBody('1', { is_preconfigured: true }),
          connectorBody('2', { connector_type_id: '.gone' }),
          connectorBody('3', { connector_type_id: '.off' }),
          connectorBody('4', { is_missing_secrets: true }),
          connectorBody('5', { is_missing_secrets: true, connector_type_id: '.off' }),
        ],
        types: [typeBody('.drive'), typeBody('.off', { enabled: false })],
        status: { '2': NOT_CONNECTED, '3': NOT_CONNECTED },
      }),
    );
    await screen.findByRole('button', { name: 'Drive 1' });
    expect(within(rowOf('Drive 1')).getByText('Preconfigured')).toBeVisible();
    expect(within(rowOf('Drive 1')).getByRole('checkbox')).toBeDisabled();
    expect(within(rowOf('Drive 2')).getByText(/does not have this connector type/)).toBeVisible();
    expect(within(rowOf('Drive 2')).getByText('Unknown')).toBeVisible();
    expect(within(rowOf('Drive 2')).getByText('.gone')).toBeVisible();
    expect(within(rowOf('Drive 3')).getByText(/disabled this connector type/)).toBeVisible();
    for (const name of ['Drive 2', 'Drive 3']) {
      expect(within(rowOf(name)).queryByRole('button', { name: /^Connect/ })).toBeNull();
    }
    expect(within(rowOf('Drive 4')).getByText('Credentials missing')).toBeVisible();
    expect(within(rowOf('Drive 4')).getByRole('button', { name: 'Fix Drive 4' })).toBeVisible();
    expect(within(rowOf('Drive 5')).queryByRole('button', { name: 'Fix Drive 5' })).toBeNull();
  });

  it('offers in the menu of a row only what the user may do with this connector', async () => {
    const connectors = [
      connectorBody('1', { is_preconfigured: true }),
      connectorBody('2', { connector_type_id: '.gone' }),
    ];
    renderPage(overviewBody({ connectors, status: { '1': CONNECTED, '2': NOT_CONNECTED } }));
    const entries = async (name: string) => {
      fireEvent.click(await screen.findByRole('button', { name: `More actions for ${name}` }));
      const dialog = await screen.findByRole('dialog', { name: `More actions for ${name}` });
      return within(dialog)
        .getAllByRole('menuitem')
        .map(({ textContent }) => textContent);
    };
    expect(await entries('Drive 1')).toEqual([
      'View settings',
      'Test',
      'Connected users',
      'Copy invitation link',
      'Disconnect my account',
    ]);
    expect(await entries('Drive 2')).toEqual(['View settings', 'Connected users', 'Delete']);
  });
});

it('the page of connectors deletes only chosen rows that are still shown as chosen, even after a search without a match', async () => {
  renderPage(overviewBody({ connectors: [connectorBody('1'), connectorBody('2')] }));
  const boxOf = (name: string) => within(rowOf(name)).getByRole('checkbox');
  await screen.findByRole('button', { name: 'Drive 1' });
  for (const name of ['Drive 1', 'Drive 2']) fireEvent.click(boxOf(name));
  expect(screen.getByRole('button', { name: 'Delete 2 connectors' })).toBeVisible();
  search('nothing like this');
  fireEvent.click(await screen.findByText(/Clear search and filters/));
  await screen.findByRole('button', { name: 'Drive 1' });
  expect(boxOf('Drive 1')).toBeChecked();
  expect(boxOf('Drive 2')).toBeChecked();
  expect(screen.getByRole('button', { name: 'Delete 2 connectors' })).toBeVisible();
  search('Drive 2');
  await waitFor(() => expect(shownRows()).toBe(1));
  expect(screen.getByRole('button', { name: 'Delete 1 connector' })).toBeVisible();
});

it('the page of connectors loads the list again when the response to a deletion was lost, and does not claim that nothing was deleted', async () => {
  const { server } = renderPage(overviewBody());
  server.lose('delete /api/actions/connector/1');
  await screen.findByRole('button', { name: 'Drive 1' });
  fireEvent.click(within(rowOf('Drive 1')).getByRole('checkbox'));
  fireEvent.click(screen.getByRole('button', { name: 'Delete 1 connector' }));
  const dialog = within(await screen.findByRole('alertdialog'));
  const reads = server.to(OVERVIEW).length;
  const confirm = dialog.getByRole('button', { name: 'Delete connector' });
  await waitFor(() => expect(confirm).toBeEnabled());
  fireEvent.click(confirm);
  expect(await screen.findByText('The server did not respond')).toBeVisible();
  expect(screen.getByText(/^It is not known if this was done/)).toBeVisible();
  expect(screen.queryByText(/not deleted/)).toBeNull();
  await waitFor(() => expect(server.to(OVERVIEW).length).toBeGreaterThan(reads));
});

describe('a table of 1,000 connectors', () => {
  const many = overviewBody({
    connectors: Array.from({ length: 1000 }, (_, index) =>
      connectorBody(String(index), { name: `Connector ${index}` }),
    ),
    status: { '777': CONNECTED },
  });

  it('renders one page, and searches all pages after each typed letter', async () => {
    renderPage(many);
    await screen.findByText('Connector 0');
    await waitFor(() => expect(shownRows()).toBe(25));
    search('77');
    await waitFor(() => expect(shownRows()).toBe(19));
    search('777');
    await waitFor(() => expect(shownRows()).toBe(1));
    expect(screen.getByText('Connector 777')).toBeVisible();
    expect(screen.getByText('Connected')).toBeVisible();
    search('nothing like this');
    fireEvent.click(await screen.findByText(/Clear search and filters/));
    await waitFor(() => expect(shownRows()).toBe(25));
  });

  it('keeps its page and filters when the list is loaded again', async () => {
    const { read } = renderPage(many, { path: `${PAGE}?q=connector&page=3` });
    await screen.findByText('Connector 50');
    await read(many);
    expect(screen.getByText('Connector 50')).toBeVisible();
    expect(searchBox()).toHaveValue('connector');
  });
});

describe('an authorization that is in progress while its row is not shown', () => {
  it('shows its result when the row is shown again', async () => {
    const connectors = [connectorBody('1'), connectorBody('2', { name: 'Mail' })];
    const status = { '1': NOT_CONNECTED, '2': NOT_CONNECTED };
    const { tab, flows, clock, read } = renderPage(overviewBody({ connectors, status }));
    const connect = await screen.findByRole('button', { name: 'Connect Drive 1' });
    await act(async () => {
      fireEvent.click(connect);
      await settle();
    });
    expect(screen.getByText('Finish in the other window')).toBeVisible();
    search('mail');
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Drive 1' })).toBeNull());
    expect(tab.attempts.get('1').status).toBe('waiting');
    flows.outcomes.set('flow-1', {
      status: 'succeeded',
      account: 'ben@example.com',
      accountChanged: true,
    });
    await act(() => clock.advance(2000));
    await read(overviewBody({ connectors, status: { ...status, '1': CONNECTED } }));
    search('');
    await screen.findByRole('button', { name: 'Drive 1' });
    expect(within(rowOf('Drive 1')).getByText('Connected')).toBeVisible();
    expect(screen.getByText('Connected as ben@example.com')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Connect Drive 1' })).toBeNull();
  });
});

it('the page of connectors keeps the filters of the URL when its flyout is closed', async () => {
  renderPage(overviewBody(), {
    path: `${PAGE}?q=drive&edit=1&tab=test`,
    privileges: ['actions:get'],
  });
  const dialog = await screen.findByRole('dialog');
  expect(within(dialog).getByRole('heading', { name: 'Drive 1' })).toBeVisible();
  fireEvent.click(within(dialog).getByRole('button', { name: /Close this dialog/ }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(screen.getByText('Query: ?q=drive')).toBeVisible();
});
