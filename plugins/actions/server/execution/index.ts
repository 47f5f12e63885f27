export { type ActionsClientDeps, createActionsClient } from './actions_client.ts';
export { registerExecuteRoute } from './execute_route.ts';
export type { ExecutionDeps } from './execution_deps.ts';
export { KnownConnectors } from './known_connectors.ts';
export { TokenRejections } from './token_rejections.ts';
