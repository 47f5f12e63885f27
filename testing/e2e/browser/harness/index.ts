export { type BasePathProxy, startBasePathProxy } from './base_path_proxy.ts';
export {
  Connection,
  clickForWindow,
  connectInSameWindow,
  connectionToDrive,
  createConnection,
  LONG_MS,
  MY_CONNECTIONS,
  openBlocked,
  START,
} from './connection.ts';
export {
  addressOf,
  useConnectionEnvironment,
  WAITS_FOR_REVOCATIONS,
} from './connection_environment.ts';
export { NESTED_PLACE, OPPOSITE_PLACES, PLACES, PLAIN_PLACE, type Place } from './places.ts';
export { clickAllow, googlePages, strictPages } from './provider_pages.ts';
export { signIn, useChromium } from './use_chromium.ts';
export { withoutPreload } from './without_preload.ts';
