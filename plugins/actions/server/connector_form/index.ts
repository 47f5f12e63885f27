export type { ConnectorForms } from './connector_forms.ts';
export { createConnectorForms } from './create_connector_forms.ts';
export { registerFormRoutes } from './form_routes.ts';
