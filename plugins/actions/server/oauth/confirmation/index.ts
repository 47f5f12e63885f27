export { ConfirmationFactsReader } from './confirmation_facts.ts';
export { registerLinkRoutes } from './link_routes.ts';
