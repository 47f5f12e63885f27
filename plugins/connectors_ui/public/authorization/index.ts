export {
  type AccountChange,
  type AttemptState,
  type FinalState,
  isFinal,
  type Outcome,
} from './attempt.ts';
export { AttemptRecords } from './attempt_record.ts';
export { Attempts } from './attempts.ts';
export { browserWindows, takeWindowAttempt } from './browser_window.ts';
export { failureWords } from './failure_words.ts';
export { flowApi, reasonOf } from './flow_api.ts';
export { broadcastResult, listenForHints } from './flow_hints.ts';
export { readRedirectResult } from './redirect_result.ts';
export {
  type Attempt,
  type AuthorizeHookOptions,
  type AuthorizeHookResult,
  useAuthorizeWith,
} from './use_oauth_authorize.ts';
export {
  type DisconnectHookOptions,
  type DisconnectHookResult,
  type RevocationResult,
  useDisconnectWith,
} from './use_oauth_disconnect.ts';
export { usesOAuthAuthorizationCode } from './uses_oauth.ts';
