export { FakeServer, SERVER_ERROR } from '@latchkey/core/public/mocks';

/** Creates a connector of the overview. */
export const connectorBody = (id: string, changes: object = {}) => ({
  id,
  name: `Drive ${id}`,
  connector_type_id: '.drive',
  is_preconfigured: false,
  is_deprecated: false,
  is_system_action: false,
  is_connector_type_deprecated: false,
  referenced_by_count: 0,
  auth_mode: 'per-user',
  ...changes,
});

/** Creates a connector type of the overview. */
export const typeBody = (id: string, changes: object = {}) => ({
  id,
  name: 'Google Drive',
  description: 'Files in Google Drive.',
  enabled: true,
  enabled_in_config: true,
  enabled_in_license: true,
  minimum_license_required: 'basic',
  supported_feature_ids: ['workflows'],
  is_system_action_type: false,
  is_deprecated: false,
  is_experimental: false,
  is_testable: true,
  source: 'spec',
  auth_types: [],
  supports_personal: true,
  ...changes,
});

/** Status in the overview of a connector to which the user is not connected. */
export const NOT_CONNECTED = {
  user_auth_status: 'not_connected',
  connection_status: 'not_connected',
  next_step: 'authorize',
};

/** Status in the overview of a connector to which the user is connected. */
export const CONNECTED = {
  user_auth_status: 'connected',
  connection_status: 'connected',
  account: 'ana@example.com',
  next_step: 'none',
};

/** Overview with one connector with per-user authorization, to which the user is not connected. */
export const overviewBody = (changes: object = {}) => ({
  connectors: [connectorBody('1')],
  types: [typeBody('.drive')],
  status: { '1': NOT_CONNECTED },
  capabilities: [],
  attention: [],
  ...changes,
});
