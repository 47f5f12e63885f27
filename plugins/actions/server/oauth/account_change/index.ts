export { registerAccountChangeRoutes } from './account_change_routes.ts';
export { AccountDecisions } from './account_decisions.ts';
