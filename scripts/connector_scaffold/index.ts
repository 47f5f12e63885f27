export { createConnector, ScaffoldError } from './create_connector.ts';
