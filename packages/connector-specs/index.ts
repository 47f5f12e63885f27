export {
  AUTH_MODE_BY_AUTH_TYPE_ID,
  AuthTypeError,
  type AuthTypeErrorCode,
  authModeOf,
  authTypeOf,
  credentialHeaderNames,
  EARS_PROVIDERS,
  getAuthType,
  publicFieldsOf,
  publicSecretFields,
  secretsForHandlers,
  sendsClientSecretInBody,
} from './auth_types/index.ts';
export { connectorSpecs } from './connectors/index.ts';
export {
  type ConnectorActionErrorMeta,
  getConnectorActionErrorMeta,
  setConnectorActionErrorMeta,
} from './contract/action_error_meta.ts';
export {
  ConnectorActionError,
  type ConnectorActionErrorCode,
} from './contract/connector_action_error.ts';
export type { AuthorizationReason } from './contract/connector_authorization_error.ts';
export {
  ConnectorAuthorizationError,
  isConnectorAuthorizationError,
} from './contract/connector_authorization_error.ts';
export { defineAction, type TypedAction } from './contract/define_action.ts';
export { ConnectorSpecError, type ConnectorSpecErrorCode } from './contract/spec_error.ts';
export type {
  ActionContext,
  ActionDefinition,
  AuthContext,
  AuthMode,
  AuthTypeDef,
  AuthTypeEntry,
  AuthTypeSpec,
  ClientCertificate,
  ConnectorSpec,
  ConnectorTls,
  CredentialMapping,
  GetTokenOptions,
  MappedCredentials,
  OAuthProviderFacts,
  SpecLogger,
} from './contract/types.ts';
export {
  CONNECTOR_FEATURE_IDS,
  defineConnectorSpec,
  MAX_CONNECTOR_TYPE_ID_LENGTH,
  TEST_CONNECTOR_SUB_ACTION,
  validateConnectorSpec,
} from './contract/validate_spec.ts';
export {
  isConnectionHeader,
  isCredentialHeader,
  normalizeAuthorizationHeaderValue,
} from './http_headers/index.ts';
export {
  generateSecretsSchemaFromSpec,
  getSchemaForAuthType,
  type JsonSchema,
  type SecretsSchema,
  type SerializedAction,
  type SerializedConnectorSpec,
  serializeConnectorSpec,
  toJsonSchema,
} from './schema/index.ts';
export { addMeta, getMeta, setMeta, UISchemas, type UiMeta } from './ui_metadata/index.ts';
