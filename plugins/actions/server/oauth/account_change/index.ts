export { registerAccountChangeRoutes } from './account_change_routes.ts';
