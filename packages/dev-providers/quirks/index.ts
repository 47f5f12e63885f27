export type { QuirkServer, QuirkServerOptions } from './quirk_server.ts';
export { startQuirkServer } from './quirk_server.ts';
export { type SiteProviders, startSiteProviders } from './site_providers.ts';
