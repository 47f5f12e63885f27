export type { ConfirmationDeps } from './confirmation_facts.ts';
export { type LinkRouteServices, registerLinkRoutes } from './link_routes.ts';
