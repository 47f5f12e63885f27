export { InteropError } from './provider/interop_error.ts';
export type { PreparedServers, ServerName } from './servers/prepared_servers.ts';
export { PREPARED_SERVERS, prepareServers, SERVER_NAMES } from './servers/prepared_servers.ts';
