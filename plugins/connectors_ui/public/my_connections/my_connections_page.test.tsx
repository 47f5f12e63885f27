import type { FetchResponse } from '@latchkey/core/public';
import { coreStartMock } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { act, fireEvent, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { browserFixture, settle } from '../authorization/attempts.mock.ts';
import { ConnectionChanges } from '../connection_status/index.ts';
import { ConnectorUsesRegistry } from '../connector_uses/index.ts';
import { CONNECTED, connectorBody, overviewBody, typeBody } from '../fake_server.mock.ts';
import { ServicesContext } from '../services.ts';
import { MyConnectionsPage } from './my_connections_page.tsx';

const connector = {
  id: 'drive',
  name: 'Team documents',
  connector_type_id: '.google_drive',
  is_preconfigured: false,
  is_deprecated: false,
  is_system_action: false,
  is_connector_type_deprecated: false,
  auth_mode: 'per-user',
  referenced_by_count: 0,
};
const mail = { ...connector, id: 'mail', name: 'Mail' };
const failed = { error: { code: 'store_unavailable', message: 'down' } };
const types = [typeBody('.google_drive')];
const empty = { connectors: [], types, status: {}, capabilities: [], attention: [] };

function renderPage(overview: object | undefined, path = '/app/my_connections') {
  const core = coreStartMock({ fetch: async () => json(overview) });
  const browser = browserFixture();
  const tab = browser.openTab();
  const changes = new ConnectionChanges(() => undefined);
  renderWithCore(
    <ServicesContext.Provider
      value={{ attempts: tab.attempts, changes, uses: new ConnectorUsesRegistry() }}
    >
      <MyConnectionsPage />
    </ServicesContext.Provider>,
    { core, path },
  );
  return { core, tab, changes, ...browser };
}

const json = (body: object | undefined): FetchResponse => ({
  status: body === undefined ? 500 : 200,
  headers: { get: () => 'application/json' },
  text: async () =>
    JSON.stringify(body ?? { statusCode: 500, error: 'x', message: 'secret detail' }),
});

const click = (element: HTMLElement): Promise<void> =>
  act(async () => {
    fireEvent.click(element);
    await settle();
  });

describe('the page My connections', () => {
  it('says who creates connectors when there are none', async () => {
    renderPage(empty);
    expect(await screen.findByText(/An administrator creates them/)).toBeVisible();
  });

  it('offers to try again when loading failed, and does not show the error of the server', async () => {
    renderPage(undefined);
    expect(await screen.findByRole('button', { name: 'Try again' })).toBeVisible();
    expect(screen.queryByText(/secret detail/)).toBeNull();
  });

  it('says that access is missing when the user may no longer see connectors', async () => {
    const forbidden = { error: { code: 'forbidden', message: 'secret detail' } };
    renderPage({ ...empty, connectors: forbidden, status: forbidden, attention: forbidden });
    expect(await screen.findByText(/Ask an administrator for access/)).toBeVisible();
  });

  it('shows the connector of an invitation link first', async () => {
    renderPage({ ...empty, connectors: [mail, connector] }, '/app/my_connections?connector=drive');
    await screen.findByRole('heading', { name: 'Invitation' });
    const names = screen.getAllByRole('heading', { level: 3 }).map((one) => one.textContent);
    expect(names).toEqual(['Team documents', 'Mail']);
  });

  it('shows the connector of an invitation link when there are no other connectors', async () => {
    renderPage({ ...empty, connectors: [connector] }, '/app/my_connections?connector=drive');
    await screen.findByRole('heading', { name: 'Team documents' });
    expect(screen.queryByText('No connector contains this text')).toBeNull();
  });

  it('says that the connector of an invitation link does not exist in this space', async () => {
    renderPage({ ...empty, connectors: [connector] }, '/app/my_connections?connector=other');
    expect(await screen.findByText('The connector of this link is not here')).toBeVisible();
  });

  it('keeps showing the connectors when the status could not be read', async () => {
    renderPage({ ...empty, connectors: [connector], status: failed, attention: failed });
    expect(await screen.findByRole('heading', { name: 'Team documents' })).toBeVisible();
    expect(screen.getByText('Unknown')).toBeVisible();
    expect(screen.getAllByText(/could not be read/).length).toBeGreaterThan(0);
  });

  it('connects after a click, and shows the attempt', async () => {
    const status = {
      drive: {
        user_auth_status: 'not_connected',
        connection_status: 'not_connected',
        next_step: 'authorize',
      },
    };
    const path = '/app/my_connections?connector=drive';
    const { tab } = renderPage({ ...empty, connectors: [connector], status }, path);
    await click(await screen.findByRole('button', { name: 'Connect Team documents' }));
    expect(tab.texts).toEqual(['Connecting to Team documents…']);
    expect(await screen.findByText('Finish in the other window')).toBeVisible();
    expect(screen.getByText('You were asked to connect this')).toBeVisible();
  });

  it('offers the sites when a connection lacks only the choice of one', async () => {
    const status = {
      drive: {
        user_auth_status: 'not_connected',
        connection_status: 'needs_site',
        next_step: 'choose_site',
      },
      mail: { ...CONNECTED, site: { id: 'a', label: 'https://acme.example.com' } },
    };
    const attention = [{ connector_id: 'drive', reason: 'choose_site' }];
    renderPage({ ...empty, connectors: [connector, mail], status, attention });
    expect(
      await screen.findByRole('button', { name: 'Choose site for Team documents' }),
    ).toBeVisible();
    expect(screen.queryByRole('button', { name: /^(Connect|Reconnect) Team/ })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'More actions for Mail' }));
    expect(await screen.findByText('Change site')).toBeInTheDocument();
  });

  it('guides the user through all connections that require an action', async () => {
    const needed = {
      user_auth_status: 'not_connected',
      connection_status: 'needs_reauth',
      next_step: 'reconnect',
    };
    const { tab, flows, clock } = renderPage({
      ...empty,
      connectors: [connector, mail],
      status: { drive: needed, mail: needed },
      attention: [
        { connector_id: 'drive', reason: 'reconnect' },
        { connector_id: 'mail', reason: 'reconnect' },
      ],
    });
    fireEvent.click(await screen.findByRole('button', { name: 'Reconnect 2' }));
    expect(screen.getByText('1 of 2: Team documents')).toBeVisible();
    const [guided] = screen.getAllByRole('button', { name: 'Reconnect Team documents' });
    if (guided === undefined) throw new Error('the guide has no button');
    await click(guided);
    expect(tab.attempts.get('drive').status).toBe('waiting');
    flows.outcomes.set('flow-1', {
      status: 'succeeded',
      account: 'ana@example.com',
      accountChanged: false,
    });
    await act(() => clock.advance(1500));
    expect(await screen.findByText('2 of 2: Mail')).toBeVisible();
    fireEvent.click(screen.getByRole('button', { name: 'Skip' }));
    expect(screen.getByText('1 connection works again')).toBeVisible();
  });

  it('offers no guide through all connections while a search is active', async () => {
    const ids = ['c1', 'c2', 'c3'];
    const reconnect = { ...CONNECTED, connection_status: 'needs_reauth', next_step: 'reconnect' };
    renderPage(
      overviewBody({
        connectors: ids.map((id) => connectorBody(id)),
        status: Object.fromEntries(ids.map((id) => [id, reconnect])),
        attention: ids.map((id) => ({ connector_id: id, reason: 'reconnect' })),
      }),
      '/app/my_connections?q=c2',
    );
    expect(await screen.findByRole('button', { name: 'Reconnect Drive c2' })).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Reconnect 3' })).toBeNull();
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: '' } });
    expect(await screen.findByRole('button', { name: 'Reconnect 3' })).toBeVisible();
  });

  it('says why an unavailable connector cannot be connected, and offers no button', async () => {
    const reconnect = {
      ...CONNECTED,
      connection_status: 'needs_reauth',
      next_step: 'reconnect',
    };
    renderPage(
      overviewBody({
        connectors: [
          connectorBody('1', { connector_type_id: '.off' }),
          connectorBody('2'),
          connectorBody('3', { connector_type_id: '.gone' }),
        ],
        types: [typeBody('.drive'), typeBody('.off', { enabled: false })],
        status: { '1': reconnect, '2': reconnect, '3': reconnect },
        attention: ['1', '2', '3'].map((id) => ({ connector_id: id, reason: 'reconnect' })),
      }),
    );
    await screen.findByRole('button', { name: 'Reconnect Drive 2' });
    expect(screen.getAllByText(/^Not available on this server/)).toHaveLength(2);
    // There is no guide, because only one of the three can be connected.
    expect(screen.getAllByRole('button', { name: /^Reconnect/ })).toHaveLength(1);
    fireEvent.click(screen.getByRole('button', { name: 'More actions for Drive 1' }));
    expect((await screen.findAllByRole('menuitem')).map((one) => one.textContent)).toEqual([
      'Disconnect',
    ]);
  });

  it('shows 50 of many connectors, and 50 more after each click', async () => {
    const connectors = Array.from({ length: 120 }, (_, index) => connectorBody(`c${index}`));
    renderPage(overviewBody({ connectors, status: {} }));
    fireEvent.click(await screen.findByRole('button', { name: 'Show 50 more of 120' }));
    expect(screen.getAllByRole('heading', { level: 3 })).toHaveLength(100);
    expect(screen.getAllByRole('group')[50]).toHaveFocus();
    fireEvent.click(screen.getByRole('button', { name: 'Show 20 more of 120' }));
    expect(screen.getAllByRole('heading', { level: 3 })).toHaveLength(120);
    expect(screen.queryByRole('button', { name: /^Show/ })).toBeNull();
    expect(screen.getAllByRole('group')[100]).toHaveFocus();
  });

  it('moves the focus to the first shared connector that a click has added', async () => {
    const connectors = Array.from({ length: 60 }, (_, index) =>
      connectorBody(`c${index}`, { auth_mode: 'shared' }),
    );
    renderPage(overviewBody({ connectors, status: {} }));
    fireEvent.click(await screen.findByRole('button', { name: 'Show 10 more of 60' }));
    expect(screen.getAllByRole('listitem')[50]).toHaveFocus();
  });

  it('searches the connectors of all sections, and keeps showing the connector of an invitation', async () => {
    const connectors = Array.from({ length: 120 }, (_, index) =>
      connectorBody(`c${index}`, index % 2 === 0 ? {} : { auth_mode: 'shared' }),
    );
    renderPage(
      overviewBody({ connectors, status: { c8: { ...CONNECTED, account: 'ben@example.com' } } }),
      '/app/my_connections?connector=c2&q=C11',
    );
    expect(await screen.findByText('Drive c119')).toBeVisible();
    const names = () => screen.getAllByRole('heading', { level: 3 }).map((one) => one.textContent);
    expect(names().sort()).toEqual(
      ['c110', 'c112', 'c114', 'c116', 'c118', 'c2'].map((id) => `Drive ${id}`),
    );
    const field = screen.getByRole('searchbox');
    expect(field).toHaveValue('C11');
    fireEvent.change(field, { target: { value: 'nothing has this name' } });
    expect(await screen.findByText('No connector contains this text')).toBeVisible();
    expect(names()).toEqual(['Drive c2']);
  });
});
