export type { StrictClient } from './clients.ts';
export { strictClients } from './clients.ts';
export type { FakeOAuthServer, FakeOAuthServerOptions } from './fake_oauth_server.ts';
export { startStrict } from './fake_oauth_server.ts';
export type { StrictSettings } from './provider_configuration.ts';
