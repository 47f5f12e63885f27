export type { AuthorizationReason } from './contract/connector_authorization_error.ts';
export {
  ConnectorAuthorizationError,
  isConnectorAuthorizationError,
} from './contract/connector_authorization_error.ts';
export type {
  ActionContext,
  ActionDefinition,
  AuthContext,
  AuthMode,
  AuthTypeDef,
  AuthTypeEntry,
  AuthTypeSpec,
  ConnectorSpec,
  GetTokenOptions,
  OAuthProviderFacts,
  SpecLogger,
} from './contract/types.ts';
