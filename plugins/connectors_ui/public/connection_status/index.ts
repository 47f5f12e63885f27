export {
  type Connection,
  hasSites,
  isConnected,
  isUsable,
  needsAuthorization,
  needsSite,
  toConnection,
} from './connection.ts';
export { ConnectionChanges } from './connection_changes.ts';
export {
  type AttentionItem,
  connectionKeys,
  type Overview,
  type OverviewConnector,
  type OverviewType,
  overviewQuery,
} from './overview_queries.ts';
export { type PermissionState, permissionsOf } from './permissions.ts';
export { statusWords } from './status_words.ts';
export {
  hasUsableType,
  solvableAttention,
  type Unavailabilities,
  type Unavailability,
  unavailabilities,
} from './unavailability.ts';
export { type ConnectorStatus, useConnectorStatus } from './use_connector_status.ts';
