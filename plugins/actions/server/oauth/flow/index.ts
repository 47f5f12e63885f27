export { accountChangeBodyOf } from './account_change_body.ts';
export type { AttemptOutcomes } from './attempt_outcomes.ts';
export { readStatuses, registerAuthStatusRoute } from './auth_status_route.ts';
export type { AuthorizableConnectors, ExistingConnector } from './authorizable_connectors.ts';
export type { SignedInPrincipal } from './authorization_completion.ts';
export type { AuthorizationFlow } from './authorization_flow.ts';
export { registerAuthorizationRoutes } from './authorization_routes.ts';
export { isSameBrowser } from './browser_binding.ts';
export { registerCallbackRoutes } from './callback_route.ts';
export { type Authorization, createAuthorization } from './create_authorization.ts';
export { FlowError } from './flow_error.ts';
export type { EndedFlow } from './flow_outcome.ts';
export type { GrantCheck } from './grant_check.ts';
export { mapFlowError } from './map_flow_error.ts';
export { OAUTH_STATE_TYPE, oauthStateEncryption, oauthStateType } from './oauth_state_type.ts';
export { type OutcomeResponse, renderOutcome } from './outcome_response.ts';
export { registerOwnAuthorizationRoutes } from './own_authorizations.ts';
export { explainPageError } from './page_problems.ts';
export {
  OAUTH_RATE_LIMIT_TYPE,
  oauthRateLimitType,
  RateLimiter,
} from './rate_limiter.ts';
export { StateStore } from './state_store.ts';
