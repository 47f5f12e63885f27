import { bootDataMock, coreStartMock, FakeServer, SERVER_ERROR } from '@latchkey/core/public/mocks';
import { StoryCore, type StoryGroup } from '@latchkey/core/public/stories';
import { type ReactElement, useState } from 'react';
import { browserFixture } from '../authorization/attempts.mock.ts';
import { ConnectionChanges } from '../connection_status/index.ts';
import type { ConnectorFormBody, ConnectorSpecBody } from '../connector_data/index.ts';
import { ConnectorUsesRegistry } from '../connector_uses/index.ts';
import {
  CONNECTED,
  connectorBody,
  NOT_CONNECTED,
  overviewBody,
  typeBody,
} from '../fake_server.mock.ts';
import { ServicesContext } from '../services.ts';
import { EditFlyout } from './edit_flyout.tsx';
import type { EditTab } from './flyout_tabs.tsx';

const OVERVIEW = 'post /internal/actions/_me/overview';
const ID = 'drive';
const nothing = (): void => undefined;

const SPEC = {
  metadata: {
    id: '.google_drive',
    display_name: 'Google Drive',
    description: 'Find and read files.',
    minimum_license: 'basic',
    is_technical_preview: false,
    supported_feature_ids: [],
  },
  schema: {
    properties: {
      config: { properties: {}, required: [] },
      secrets: {
        oneOf: [
          {
            label: 'Own account of each user (OAuth)',
            properties: {
              authType: { type: 'string', const: 'oauth_authorization_code' },
              clientId: { type: 'string', label: 'Client ID' },
              clientSecret: { type: 'string', label: 'Client secret', sensitive: true },
              scope: { type: 'string', label: 'Scope' },
            },
            required: ['clientId', 'clientSecret'],
          },
        ],
      },
    },
  },
  is_https_required: true,
  scope_labels: {},
  is_testable: true,
  is_inbound_only: false,
  actions: {
    searchFiles: {
      label: 'Search files',
      description: 'Finds files by name or content.',
      scope: 'read',
      is_tool: true,
      input: { properties: { query: { type: 'string', label: 'Query' } }, required: ['query'] },
    },
  },
} satisfies ConnectorSpecBody;

const STORED = {
  id: ID,
  version: 'v1',
  name: 'Team Drive',
  connector_type_id: '.google_drive',
  auth_type: 'oauth_authorization_code',
  auth_mode: 'per-user',
  is_preconfigured: false,
  is_editable: true,
  config: {},
  secrets: {
    authType: 'oauth_authorization_code',
    clientId: '81520734-latchkey.apps.googleusercontent.com',
    scope: 'https://www.googleapis.com/auth/drive.readonly',
  },
  credentials: { clientSecret: { stored: true } },
} satisfies ConnectorFormBody;

/** Creates a server with the connector, and services that use it. */
function setUp(changes: {
  readonly connection?: object;
  readonly connectorId?: string;
  readonly isFailing?: boolean;
}) {
  const { connection = CONNECTED, connectorId = ID, isFailing = false } = changes;
  const overview = overviewBody({
    connectors: [
      connectorBody(connectorId, { name: 'Team Drive', connector_type_id: '.google_drive' }),
    ],
    types: [typeBody('.google_drive', { name: 'Google Drive', icon: 'logoGoogleG' })],
    status: { [connectorId]: connection },
  });
  const server = new FakeServer()
    .on(OVERVIEW, isFailing ? SERVER_ERROR : overview)
    .on('get /internal/actions/connector_types/.google_drive/spec', SPEC)
    .on(`get /internal/actions/connector/${ID}/form`, STORED)
    .on('post /internal/actions/connectors/_validate', { issues: [], warnings: [] })
    .on(`get /internal/actions/connector/${ID}/grants/_count`, {
      ...{ users: 12, need_reconnect: 3, revocation_pending: 0 },
    });
  const privileges = ['get', 'create', 'update', 'execute', 'manage-grants'].map(
    (name) => `actions:${name}`,
  );
  const core = coreStartMock({
    fetch: server.fetch,
    boot: { user: { ...bootDataMock().user, privileges } },
  });
  const { attempts } = browserFixture().openTab();
  return {
    core,
    services: {
      attempts,
      changes: new ConnectionChanges(nothing),
      uses: new ConnectorUsesRegistry(),
    },
  };
}

function Flyout(props: { readonly tab: EditTab } & Parameters<typeof setUp>[0]): ReactElement {
  const [tab, onTab] = useState(props.tab);
  const [{ core, services }] = useState(() => setUp(props));
  return (
    <StoryCore create={() => core}>
      <ServicesContext.Provider value={services}>
        <EditFlyout connectorId={ID} tab={tab} onTab={onTab} onClose={nothing} />
      </ServicesContext.Provider>
    </StoryCore>
  );
}

/** States of the whole flyout of a connector, with its header and tabs. */
export const stories: StoryGroup = {
  title: 'Connector flyout: edit',
  stories: [
    { name: 'configuration', render: () => <Flyout tab="configuration" /> },
    {
      name: 'configuration, not connected',
      render: () => <Flyout tab="configuration" connection={NOT_CONNECTED} />,
    },
    { name: 'test', render: () => <Flyout tab="test" /> },
    { name: 'connected users', render: () => <Flyout tab="users" /> },
    { name: 'not found', render: () => <Flyout tab="test" connectorId="other" /> },
    { name: 'not loaded', render: () => <Flyout tab="test" isFailing /> },
  ],
};
