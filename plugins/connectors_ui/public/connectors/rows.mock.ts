import type { Connection, Overview } from '../connection_status/index.ts';
import type { ConnectorRow } from './select_connectors.ts';

/** Creates a usable connection, with the given changes. */
export const aConnection = (changes: Partial<Connection> = {}): Connection => ({
  status: 'connected',
  since: new Date('2026-11-01T09:00:00Z'),
  site: undefined,
  account: 'ana@example.com',
  connectedAt: new Date('2026-11-01T09:00:00Z'),
  lastUsedAt: undefined,
  endsAt: undefined,
  requested: [],
  granted: undefined,
  missingScopes: [],
  lastError: undefined,
  nextStep: 'none',
  unrevokedCount: 0,
  accountChangeId: undefined,
  ...changes,
});

/** Creates the row of a Google Drive connector to which the user is connected. */
export const aConnectorRow = (changes: Partial<ConnectorRow> = {}): ConnectorRow => ({
  id: 'drive',
  name: 'Team Drive',
  typeId: '.google_drive',
  typeName: 'Google Drive',
  icon: 'logoGoogleG',
  authMode: 'per-user',
  isPreconfigured: false,
  isMissingSecrets: false,
  isTestable: true,
  unavailable: undefined,
  problem: undefined,
  connection: aConnection(),
  statusGroup: 'connected',
  ...changes,
});

/** Creates an overview with one Google Drive connector to which the user is connected. */
export const anOverview = (changes: Partial<Overview> = {}): Overview => ({
  connectors: [
    {
      id: 'drive',
      name: 'Team Drive',
      connector_type_id: '.google_drive',
      is_preconfigured: false,
      is_deprecated: false,
      is_system_action: false,
      is_connector_type_deprecated: false,
      auth_mode: 'per-user',
      referenced_by_count: 0,
    },
  ],
  types: new Map([
    [
      '.google_drive',
      {
        id: '.google_drive',
        name: 'Google Drive',
        description: 'Search, list and download files in Google Drive.',
        enabled: true,
        enabled_in_config: true,
        enabled_in_license: true,
        minimum_license_required: 'enterprise',
        supported_feature_ids: ['workflows'],
        is_system_action_type: false,
        is_deprecated: false,
        is_experimental: false,
        is_testable: true,
        icon: 'logoGoogleG',
        source: 'spec',
        auth_types: [],
        supports_personal: true,
      },
    ],
  ]),
  connections: new Map([['drive', aConnection()]]),
  capabilities: ['actions:get', 'actions:create', 'actions:update', 'actions:delete'],
  attention: [],
  ...changes,
});
