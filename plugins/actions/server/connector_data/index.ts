export type { ConnectorReader } from './connector_reader.ts';
export type { ConnectorAuthor, DecryptedConnector, IssuerCheck } from './decrypted_connector.ts';
