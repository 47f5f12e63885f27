export { ConfirmationContentReader } from './confirmation_content.ts';
export { registerLinkRoutes } from './link_routes.ts';
