export { registerSiteRoutes } from './site_routes.ts';
