export { configFilesFor, parseSetting } from '../config/index.ts';
export { type DiscoveredPlugin, discoverPlugins } from '../plugins/index.ts';
export { createServer, type ServerOptions } from './create_server.ts';
export { runServer } from './run_server.ts';
export type { Server } from './server.ts';
