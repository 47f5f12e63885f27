import type { Fetch } from '@latchkey/core/public';
import { bootDataMock, coreStartMock } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { type ReactElement, Suspense } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { ConnectorsUiPlugin } from './plugin.ts';
import type { ConnectorsUiStart } from './types.ts';

const CONNECTOR = {
  id: 'c1',
  name: 'Status page',
  connector_type_id: '.page',
  is_preconfigured: false,
  is_deprecated: false,
  is_system_action: false,
  is_connector_type_deprecated: false,
  auth_mode: 'shared',
  referenced_by_count: 0,
};
const TYPE = {
  id: '.page',
  name: 'Page',
  description: 'Reads a page.',
  enabled: true,
  enabled_in_config: true,
  enabled_in_license: true,
  minimum_license_required: 'basic',
  supported_feature_ids: [],
  is_experimental: false,
  is_testable: false,
  source: 'spec',
  is_system_action_type: false,
  is_deprecated: false,
  auth_types: [],
  supports_personal: false,
};
const SPEC = {
  metadata: {
    id: '.page',
    display_name: 'Page',
    description: '',
    minimum_license: 'basic',
    is_technical_preview: false,
    supported_feature_ids: [],
  },
  schema: {
    properties: { config: { properties: {} }, secrets: { properties: {}, label: 'None' } },
  },
  is_https_required: true,
  scope_labels: {},
  is_testable: false,
  is_inbound_only: false,
  actions: {},
};
const FORM = {
  ...CONNECTOR,
  auth_type: 'none',
  is_editable: true,
  config: {},
  secrets: {},
  credentials: {},
};
const RESPONSES: readonly (readonly [RegExp, object])[] = [
  [
    /overview$/,
    { connectors: [CONNECTOR], types: [TYPE], status: {}, capabilities: [], attention: [] },
  ],
  [/spec$/, SPEC],
  [/form$/, FORM],
  [/_validate$/, { issues: [], warnings: [] }],
  // The browser chooses the id of a new connector.
  [/connector\/[^/]+$/, CONNECTOR],
];

/** Renders a component of the contract, as a page of another plugin does. */
function renderContract(render: (contract: ConnectorsUiStart) => ReactElement) {
  const fetch: Fetch = async (path) => {
    const [, body] = RESPONSES.find(([pattern]) => pattern.test(path)) ?? [];
    if (body === undefined) throw new Error(`The test has no response for the request ${path}`);
    return {
      status: 200,
      headers: { get: () => 'application/json' },
      text: async () => JSON.stringify(body),
    };
  };
  const user = { ...bootDataMock().user, privileges: ['actions:create', 'actions:update'] };
  const core = coreStartMock({ fetch, boot: { user } });
  const contract = new ConnectorsUiPlugin().start(core);
  renderWithCore(<Suspense fallback={null}>{render(contract)}</Suspense>, { core });
  return core;
}

const click = async (name: string | RegExp) =>
  fireEvent.click(await screen.findByRole('button', { name }));

describe('the flyouts of the contract', () => {
  it('create a connector of the given type, and report it once', async () => {
    const onSaved = vi.fn();
    renderContract(({ CreateFlyout }) => (
      <CreateFlyout typeId=".page" onClose={() => undefined} onSaved={onSaved} />
    ));
    await click('Save');
    await waitFor(() => expect(onSaved).toHaveBeenCalledTimes(1));
    expect(onSaved).toHaveBeenCalledWith({ id: 'c1', name: 'Status page', isConnecting: false });
  });

  it('let the user choose the type when the caller gives none, and can be closed', async () => {
    const onClose = vi.fn();
    renderContract(({ CreateFlyout }) => (
      <CreateFlyout onClose={onClose} onSaved={() => undefined} />
    ));
    await click('Page');
    expect(await screen.findByText('New Page connector')).toBeVisible();
    await click('Close this dialog');
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it('edit a connector, report each save, and stay open', async () => {
    const onSaved = vi.fn();
    renderContract(({ EditFlyout }) => (
      <EditFlyout connectorId="c1" onClose={() => undefined} onSaved={onSaved} />
    ));
    const name = await screen.findByLabelText('Connector name');
    fireEvent.change(name, { target: { value: 'Status' } });
    await click('Save');
    await waitFor(() => expect(onSaved).toHaveBeenCalledWith({ id: 'c1', name: 'Status page' }));
    expect(screen.getByLabelText('Connector name')).toBeVisible();
  });
});
