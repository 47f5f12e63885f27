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
export type { AuthorizationReason } from './contract/errors.ts';
export {
  ConnectorActionError,
  type ConnectorActionErrorCode,
  type ConnectorActionErrorMeta,
  ConnectorAuthorizationError,
  type FailedResponse,
  getConnectorActionErrorMeta,
  isConnectorAuthorizationError,
  setConnectorActionErrorMeta,
} from './contract/errors.ts';
export type {
  AccountRequest,
  ActionContext,
  ActionDefinition,
  AuthClient,
  AuthContext,
  AuthMode,
  AuthTypeDef,
  AuthTypeEntry,
  AuthTypeSpec,
  ConnectorSpec,
  CredentialMapping,
  GetTokenOptions,
  MappedCredentials,
  OAuthScope,
  ScopeRequirement,
  SpecLogger,
} from './contract/types.ts';
export {
  isConnectionHeader,
  isCredentialHeader,
  normalizeAuthorizationHeaderValue,
} from './http_headers/index.ts';
export {
  acceptsIdempotencyKey,
  enteredUrlProblem,
  factInHost,
  hasGrantHost,
  idempotencyHeaderOf,
  resolveEnteredUrl,
} from './http_request/index.ts';
export { type MapText, mapSpecTexts, specTranslator } from './localization/index.ts';
export {
  generateSecretsSchemaFromSpec,
  getSchemaForAuthType,
  type JsonSchema,
  type SecretsSchema,
  type SerializedAction,
  type SerializedConnectorSpec,
  serializeConnectorSpec,
  toJsonSchema,
  toOutputSchema,
} from './schema/index.ts';
export { configFieldIn, resolveConfigOrigin } from './spec_definition/config_origins.ts';
export {
  accountRequestOf,
  authTypeEntryOf,
  endpointConfigFields,
  providerOf,
} from './spec_definition/connector_provider.ts';
export {
  CONNECTOR_FEATURE_IDS,
  ConnectorSpecError,
  type ConnectorSpecErrorCode,
  defineAction,
  defineConnectorSpec,
  MAX_CONNECTOR_TYPE_ID_LENGTH,
  TEST_CONNECTOR_SUB_ACTION,
  type TypedAction,
  validateConnectorSpec,
} from './spec_definition/define_spec.ts';
export {
  ENABLED_ACTIONS,
  enabledActionsOf,
  enabledActionsSchema,
  withoutRemovedActions,
} from './spec_definition/enabled_actions.ts';
export { providerDataOf } from './spec_definition/provider_data.ts';
export {
  accessTokenHeader,
  addProviderHeaders,
  grantFactsInHeaders,
  providerRulesOf,
} from './spec_definition/provider_headers.ts';
export {
  isScopeCovered,
  requestedScope,
  scopesNamedBy,
} from './spec_definition/requested_scopes.ts';
export { systemConnectorSpecs } from './system_connectors/index.ts';
export {
  addMeta,
  getMeta,
  setMeta,
  UISchemas,
  type UiCondition,
  type UiMeta,
  type UiSection,
} from './ui_metadata/index.ts';
