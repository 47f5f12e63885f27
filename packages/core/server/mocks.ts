export { anAuthenticatedUser, aPrincipal } from './http/principal.mock.ts';
export {
  createRouterHarness,
  type HarnessRequest,
  type HarnessResponse,
  type RouterHarness,
  type RouterHarnessOptions,
} from './http/router_harness.mock.ts';
export { createUrlBuilder } from './http/url_builder.ts';
export { createLoggerMock, type LoggedLine, type LoggerMock } from './logging/logger.mock.ts';
export {
  type CoreSetupDouble,
  type CoreSetupDoubleOptions,
  createCoreSetupDouble,
} from './plugins/core_setup.mock.ts';
export { ManualClock, seededRandomness } from './time/manual_time.mock.ts';
