export { type CheckedConnector, ConnectorChecks } from './connector_checks.ts';
export {
  ConnectorError,
  connectorNotFound,
  issuesOf,
  mapConnectorError,
} from './connector_error.ts';
export { registerConnectorRoutes, toListedConnectorBody } from './connector_routes.ts';
export { ConnectorService } from './connector_service.ts';
export { CONNECTOR_SO_TYPE, connectorEncryption, connectorSoType } from './connector_so_type.ts';
export { ConnectorStore, type EditableConnector } from './connector_store.ts';
export { ConnectorWarnings } from './connector_warnings.ts';
export { connectorsInOpenSpaces } from './connectors_in_open_spaces.ts';
export { type ShownSecrets, shownConfig, shownSecrets } from './form_values.ts';
export { fingerprintOf, grantsSurvive } from './grants_survive.ts';
export { HIDDEN_IDS_LIMIT, HiddenIds } from './hidden_ids.ts';
export { createIssuerDiscovery } from './issuer_discovery.ts';
export { withKeptSecrets } from './kept_secrets.ts';
export { asksForScope, offlineScopeMissing } from './offline_access.ts';
export { personalConnectors } from './personal_connectors.ts';
export { PreconfiguredConnectors } from './preconfigured.ts';
export { SpaceData } from './space_data.ts';
export { type ConnectorValues, givenSecrets } from './update_rules.ts';
