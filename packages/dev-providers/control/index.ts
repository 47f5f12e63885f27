export type { RemoteDevProviders } from './control_client.ts';
export { ControlError, connectDevProviders } from './control_client.ts';
export type { ControlServer } from './control_server.ts';
export { startControlServer } from './control_server.ts';
export type { DevProvidersDescription } from './description.ts';
