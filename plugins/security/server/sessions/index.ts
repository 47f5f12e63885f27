export { isMarkedSessionId, SessionService } from './session_service.ts';
export { SessionStore } from './session_store.ts';
export { sessionType } from './session_type.ts';
