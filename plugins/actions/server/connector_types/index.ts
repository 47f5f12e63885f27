export type {
  ConnectorType,
  ValidatedParams,
} from './connector_type.ts';
export { ConnectorTypeError } from './connector_type_error.ts';
export { listConnectorTypeBodies, registerConnectorTypeRoutes } from './connector_type_routes.ts';
export { describeExecution } from './describe_execution.ts';
export { toFormIssues } from './form_issues.ts';
export { mapConnectorTypeError } from './map_connector_type_error.ts';
export { TypeRegistry } from './type_registry.ts';
export {
  buildApiOrigins,
  credentialDestinations,
  grantFactsInOrigins,
  urlConfigFields,
  urlSecretFields,
  usedGrantFacts,
} from './url_fields.ts';
export type { FormSettings } from './wire.ts';
