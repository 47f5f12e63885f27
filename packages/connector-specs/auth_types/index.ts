export { apiKeyHeaderNames } from './api_key_header.ts';
export { AuthTypeError, type AuthTypeErrorCode } from './auth_type_error.ts';
export { EARS_PROVIDERS } from './ears.ts';
export { publicSecretFields, secretsForHandlers } from './handler_secrets.ts';
export {
  AUTH_MODE_BY_AUTH_TYPE_ID,
  authModeOf,
  getAuthType,
  isKnownAuthType,
} from './registry.ts';
