export { SessionCleanup } from './session_cleanup.ts';
export { SessionService, type SessionServiceDeps } from './session_service.ts';
export { SessionStore } from './session_store.ts';
export { SESSION_TYPE, sessionType } from './session_type.ts';
