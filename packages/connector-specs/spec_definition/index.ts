export { connectionTest } from './connection_test.ts';
export { catalogueSpec, defineAction, defineConnectorSpec } from './define_spec.ts';
export { personalAuthTypes } from './personal_auth_types.ts';
export { providerData } from './provider_data.ts';
