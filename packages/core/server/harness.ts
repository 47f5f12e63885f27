export { serveWebApp } from './browser/browser_build.mock.ts';
export {
  createRouterHarness,
  type HarnessRequest,
  type HarnessResponse,
  type RouterHarness,
  type RouterHarnessOptions,
} from './http/router_harness.mock.ts';
export {
  type CoreSetupDouble,
  type CoreSetupDoubleOptions,
  createCoreSetupDouble,
} from './plugins/core_setup.mock.ts';
