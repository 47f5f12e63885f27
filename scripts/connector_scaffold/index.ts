export { createConnector } from './create_connector.ts';
