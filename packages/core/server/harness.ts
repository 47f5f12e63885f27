export { serveWebApp } from './browser/browser_build.mock.ts';
export {
  createRouterHarness,
  type HarnessRequest,
  type HarnessResponse,
  type RouterHarness,
  type RouterHarnessOptions,
} from './http/router_harness.mock.ts';
export {
  type CoreSetupMock,
  type CoreSetupMockOptions,
  createCoreSetupMock,
} from './plugins/core_setup.mock.ts';
