export { openBrowserBuild } from './browser_build.ts';
export { BrowserService } from './browser_service.ts';
export type { BootDataPart, BrowserSetup, FirstRequest, HomePage } from './types.ts';
