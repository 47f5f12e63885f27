export { AuthTypeError, type AuthTypeErrorCode } from './auth_type.ts';
export { EARS_PROVIDERS } from './ears.ts';
export {
  AUTH_MODE_BY_AUTH_TYPE_ID,
  authModeOf,
  getAuthType,
  isKnownAuthType,
} from './registry.ts';
export {
  credentialHeaderNames,
  publicFieldsOf,
  publicSecretFields,
  secretsForHandlers,
} from './secret_fields.ts';
export { authTypeOf, KIBANA_AUTH_TYPES, sendsClientSecretInBody } from './stored_auth_type.ts';
export { AUTH_TYPE_TRANSLATIONS } from './translations.ts';
