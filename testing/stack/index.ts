export { type AddedVersion, addModelVersion } from './builds/add_model_version.ts';
export { aConnector, aProviderClient } from './connectors.ts';
export type { RevocationLoad, RevocationLoadOptions } from './revocation_load.ts';
export { accessTokenOf, openRevocationLoad, refreshTokenOf } from './revocation_load.ts';
export type { RevokingProvider } from './revoking_provider.ts';
export { startRevokingProvider } from './revoking_provider.ts';
