export { DEVICE_COOKIE, DeviceCookies } from './device_cookie.ts';
export { FailureStore } from './failure_store.ts';
export { loginFailuresType } from './failures_type.ts';
export { KnownAddresses, knownAddressesType } from './known_addresses.ts';
export { type LoginSource, LoginThrottle } from './login_throttle.ts';
export { ThrottleSecret, throttleSecretType } from './throttle_secret.ts';
