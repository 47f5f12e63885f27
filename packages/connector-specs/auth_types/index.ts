export { AuthTypeError, type AuthTypeErrorCode } from './auth_type_error.ts';
export { credentialHeaderNames } from './credential_headers.ts';
export { EARS_PROVIDERS } from './ears.ts';
export { publicFieldsOf, publicSecretFields, secretsForHandlers } from './handler_secrets.ts';
export {
  AUTH_MODE_BY_AUTH_TYPE_ID,
  authModeOf,
  getAuthType,
  isKnownAuthType,
} from './registry.ts';
export { authTypeOf, KIBANA_AUTH_TYPES, sendsClientSecretInBody } from './stored_auth_type.ts';
