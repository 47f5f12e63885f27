export { type ActionsClientDeps, createActionsClient } from './actions_client.ts';
export { ConnectorValidationCache } from './connector_validation_cache.ts';
export { type ExecuteRouteServices, registerExecuteRoute } from './execute_route.ts';
export type { ExecutionDeps } from './execution_deps.ts';
export { TokenRejections } from './token_rejections.ts';
