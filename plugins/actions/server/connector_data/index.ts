export type { EndpointRefusalCode } from './connector_error.ts';
export {
  ConnectorError,
  connectorIdTaken,
  connectorNotFound,
  issuesOf,
  mapConnectorError,
} from './connector_error.ts';
export type { ConnectorLookup, ConnectorReader } from './connector_reader.ts';
export { lookupOf, requireReadable } from './connector_reader.ts';
export type { ConnectorAuthor, DecryptedConnector, IssuerCheck } from './decrypted_connector.ts';
