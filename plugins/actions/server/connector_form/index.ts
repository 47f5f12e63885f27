export { createCallbackUrl } from './callback_url.ts';
export { ConnectorForms } from './connector_forms.ts';
export { registerFormRoutes } from './form_routes.ts';
export { createFormWarnings } from './form_warnings.ts';
