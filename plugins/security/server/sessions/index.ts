export { describeBrowser } from './describe_browser.ts';
export { isMarkedSessionId, SessionService } from './session_service.ts';
export { type Session, SessionStore } from './session_store.ts';
export { sessionType } from './session_type.ts';
