export { createActionsClient } from './actions_client.ts';
export { registerExecuteRoute } from './execute_route.ts';
export { Executor } from './executor.ts';
