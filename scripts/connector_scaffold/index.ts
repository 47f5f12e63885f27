export { createConnector, hasProvider } from './create_connector.ts';
