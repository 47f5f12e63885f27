export { createActionsClient } from './actions_client.ts';
export { ConnectorValidationCache } from './connector_validation_cache.ts';
export { registerExecuteRoute } from './execute_route.ts';
export { Executor } from './executor.ts';
export { TokenRejections } from './token_rejections.ts';
