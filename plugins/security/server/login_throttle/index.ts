export { DEVICE_COOKIE, DeviceCookies } from './device_cookie.ts';
export { FailureStore, loginFailuresType } from './failure_store.ts';
export { type LoginSource, LoginThrottle } from './login_throttle.ts';
