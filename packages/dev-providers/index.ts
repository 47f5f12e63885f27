export type { FormButton, PageForm, PostedForm, WalkOptions } from './browser/index.ts';
export {
  CookieJar,
  parseForms,
  WalkError,
  walkConsent,
  walkConsentToForm,
} from './browser/index.ts';
export type {
  ControlServer,
  DevProvidersDescription,
  RemoteDevProviders,
} from './control/index.ts';
export { ControlError, connectDevProviders, startControlServer } from './control/index.ts';
export type { EmulatorOrigins } from './dev_server_settings.ts';
export { devServerSettings } from './dev_server_settings.ts';
export type {
  EarsEmulator,
  EarsEmulatorOptions,
  EarsErrorCode,
  EarsProvider,
  EarsSettings,
} from './ears/index.ts';
export { startEars } from './ears/index.ts';
export type {
  Fault,
  FaultPlan,
  Hold,
  HoldPlan,
  RequestFilter,
  RequestRecord,
} from './faults/index.ts';
export { fingerprint } from './faults/index.ts';
export type {
  GoogleClient,
  GoogleEmulator,
  GoogleEmulatorOptions,
  GoogleSettings,
  GrantFilter,
} from './google/index.ts';
export { startGoogle } from './google/index.ts';
export type { DevProviders, DevProvidersOptions } from './start_dev_providers.ts';
export { defaultPorts, startDevProviders } from './start_dev_providers.ts';
export type {
  FakeOAuthServer,
  FakeOAuthServerOptions,
  StrictClient,
  StrictSettings,
} from './strict/index.ts';
export { startStrict, strictClients } from './strict/index.ts';
export type { TestUser, UserId } from './users.ts';
export { emailOf, users } from './users.ts';
