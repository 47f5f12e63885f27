export { registerAuthStatusRoute } from './auth_status_route.ts';
export { isSameBrowser } from './browser_binding.ts';
export { registerCallbackRoutes } from './callback_route.ts';
export { readIfReadable, registerDisconnectRoutes } from './disconnect_routes.ts';
export type { FlowDeps } from './flow_deps.ts';
export { FlowError } from './flow_error.ts';
export { type EndedFlow, type OutcomeResponse, renderOutcome } from './flow_outcome.ts';
export type { FlowErrorCode } from './flow_responses.ts';
export { IpRateLimiter } from './ip_rate_limiter.ts';
export { mapFlowError, mapPageError } from './map_flow_error.ts';
export { OAUTH_STATE_TYPE, oauthStateEncryption, oauthStateType } from './oauth_state_type.ts';
export {
  OAUTH_RATE_LIMIT_TYPE,
  oauthRateLimitType,
  type RateLimit,
  RateLimiter,
} from './rate_limiter.ts';
export { ensureMayAuthorize, openForAuthorization, startFlow } from './start_flow.ts';
export { type FlowRouteServices, registerStartRoute } from './start_route.ts';
export { StateStore } from './state_store.ts';
