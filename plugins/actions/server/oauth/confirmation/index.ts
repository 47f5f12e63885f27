export { ConfirmationFactsReader } from './confirmation_facts.ts';
export { registerLinkRoutes } from './link_routes.ts';
export { scopeLabels } from './scope_words.ts';
