import { bootDataMock, coreStartMock } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen } from '@testing-library/react';
import { createElement, type ReactElement, useState } from 'react';
import { browserFixture } from '../authorization/attempts.mock.ts';
import { ConnectionChanges } from '../connection_status/index.ts';
import type { ConnectorFormBody, ConnectorSpecBody } from '../connector_data/index.ts';
import { ConnectorUsesRegistry } from '../connector_uses/index.ts';
import { connectorBody, FakeServer, overviewBody, typeBody } from '../fake_server.mock.ts';
import { ServicesContext } from '../services.ts';
import { EditFlyout } from './edit_flyout.tsx';
import type { EditTab } from './flyout_tabs.tsx';

/** Routes for {@link FakeServer}, as method and path. */
export const OVERVIEW = 'post /internal/actions/_me/overview';
export const SPEC = 'get /internal/actions/connector_types/.api/spec';
export const FORM = 'get /internal/actions/connector/1/form';
export const VALIDATE = 'post /internal/actions/connectors/_validate';
export const UPDATE = 'put /api/actions/connector/1';

/** Form of a connector type with an address and a password. */
export const spec = {
  metadata: {
    id: '.api',
    display_name: 'Own API',
    description: 'An API.',
    minimum_license: 'basic',
    is_technical_preview: false,
    supported_feature_ids: [],
  },
  schema: {
    properties: {
      config: { properties: { url: { type: 'string', label: 'Address' } }, required: ['url'] },
      secrets: {
        oneOf: [
          {
            label: 'Basic',
            properties: {
              authType: { const: 'basic' },
              password: { type: 'string', label: 'Password', sensitive: true },
            },
            required: ['password'],
          },
        ],
      },
    },
  },
  is_https_required: false,
  scope_labels: {},
  is_testable: true,
  is_inbound_only: false,
  actions: {
    findFiles: {
      label: 'Find files',
      description: 'Finds files.',
      scope: 'read',
      is_tool: true,
      input: { properties: { query: { type: 'string', label: 'Query' } }, required: ['query'] },
    },
  },
} satisfies ConnectorSpecBody;
/** Stored values of the connector. */
export const stored = {
  id: '1',
  version: 'v1',
  name: 'My API',
  connector_type_id: '.api',
  auth_type: 'basic',
  auth_mode: 'shared',
  is_preconfigured: false,
  is_editable: true,
  config: { url: 'https://api.example.com' },
  secrets: { authType: 'basic' },
  credentials: { password: { stored: true } },
} satisfies ConnectorFormBody;
/** The connector after an update. */
export const saved = {
  ...connectorBody('1', { name: 'My API', connector_type_id: '.api', auth_mode: 'shared' }),
  config: {},
};

/** Creates a server with the connector, and a function that renders a flyout. */
export function setUp({ confirms = true } = {}) {
  const server = new FakeServer()
    .on(
      OVERVIEW,
      overviewBody({
        connectors: [
          connectorBody('1', { name: 'My API', connector_type_id: '.api', auth_mode: 'shared' }),
        ],
        types: [
          typeBody('.api', { name: 'Own API' }),
          typeBody('.mail', { name: 'Mail', description: 'Sends messages.' }),
          typeBody('.off', { name: 'Switched off', enabled: false }),
        ],
      }),
    )
    .on(SPEC, spec)
    .on(FORM, stored)
    .on(VALIDATE, { issues: [], warnings: [] })
    .on(UPDATE, saved);
  const privileges = ['get', 'create', 'update', 'execute'].map((name) => `actions:${name}`);
  const user = { ...bootDataMock().user, privileges };
  const core = coreStartMock({ fetch: server.fetch, boot: { user }, confirms });
  const { attempts } = browserFixture().openTab();
  const changes = new ConnectionChanges(() => undefined);
  changes.stop();
  const render = (flyout: ReactElement) =>
    renderWithCore(
      createElement(
        ServicesContext.Provider,
        { value: { attempts, changes, uses: new ConnectorUsesRegistry() } },
        flyout,
      ),
      { core },
    );
  return { server, core, render };
}

/** Clicks a button. */
export const click = (name: string | RegExp) =>
  fireEvent.click(screen.getByRole('button', { name }));
/** Save button. It can get the focus even if there is nothing to save. */
export const saveButton = () => screen.getByRole('button', { name: 'Save' });
/** Enters a text into a field. */
export const enter = (label: string, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } });

/** Renders the flyout that edits the connector. */
export function Edit({ first = 'configuration' }: { readonly first?: EditTab }): ReactElement {
  const [tab, onTab] = useState<EditTab>(first);
  return createElement(EditFlyout, { connectorId: '1', tab, onTab, onClose: () => undefined });
}
