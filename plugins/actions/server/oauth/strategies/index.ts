export { AUTHORIZATION_CODE, endpointRefusals } from './authorization_code.ts';
export type {
  ConfigurationErrorCode,
  EndpointRefusal,
  EndpointRefusalCode,
} from './configuration_error.ts';
export { ConnectorConfigurationError } from './configuration_error.ts';
export type { EarsSettings } from './ears_settings.ts';
export type { StatedIssuer } from './issuer_check.ts';
export { endpointsHash, isCheckOf } from './issuer_check.ts';
export { requestedScopes } from './oauth_settings.ts';
export type { ProviderClient, ProviderClientFactory } from './provider_client.ts';
export type { ProviderClientFactoryDeps } from './provider_clients.ts';
export { createProviderClients } from './provider_clients.ts';
export type { ProviderEntry } from './provider_facts.ts';
export { sharedCallbackNeed } from './shared_callback.ts';
export { statedIssuer } from './stated_issuer.ts';
