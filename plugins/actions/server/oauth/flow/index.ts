export { AddressLimiter } from './address_limiter.ts';
export { type AuthStatusDeps, registerAuthStatusRoute } from './auth_status_route.ts';
export { registerCallbackRoutes } from './callback_route.ts';
export { registerEndRoutes } from './end_routes.ts';
export type { FlowErrorCode } from './flow_answers.ts';
export type { FlowDeps } from './flow_deps.ts';
export { mapFlowError } from './map_flow_error.ts';
export { OAUTH_STATE_TYPE, oauthStateEncryption, oauthStateType } from './oauth_state_type.ts';
export {
  OAUTH_RATE_LIMIT_TYPE,
  oauthRateLimitType,
  type RateLimit,
  RateLimiter,
} from './rate_limiter.ts';
export { registerStartRoutes } from './start_routes.ts';
export { StateStore } from './state_store.ts';
