export { AUTHORIZATION_CODE, endpointRefusals } from './authorization_code.ts';
export type {
  ConfigurationErrorCode,
  EndpointRefusal,
  EndpointRefusalCode,
} from './configuration_error.ts';
export { ConnectorConfigurationError } from './configuration_error.ts';
export { derivedEndpoints, factsFor, hasEndpointsOfType } from './connector_provider.ts';
export type { StatedIssuer } from './issuer_check.ts';
export { endpointsHash, isCheckOf } from './issuer_check.ts';
export { requestedScopes } from './oauth_settings.ts';
export type { ProviderClient, ProviderClientFactory } from './provider_client.ts';
export { createProviderClients } from './provider_clients.ts';
export { providerKeyOf } from './provider_key.ts';
export { redirectUriOf } from './redirect_uri.ts';
export { sharedCallbackNeed } from './shared_callback.ts';
export { statedIssuer } from './stated_issuer.ts';
