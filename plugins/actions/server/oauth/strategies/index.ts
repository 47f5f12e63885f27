export type { ConfigurationErrorCode } from './configuration_error.ts';
export { ConnectorConfigurationError } from './configuration_error.ts';
export type { EarsSettings } from './ears_settings.ts';
export type { GrantClientsDeps } from './grant_clients.ts';
export { createGrantClients } from './grant_clients.ts';
export type { ProviderEntry } from './provider_facts.ts';
