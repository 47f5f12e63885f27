export { type BasePathProxy, startBasePathProxy } from './base_path_proxy.ts';
export { type TestBrowser, type UserOptions, useChromium } from './use_chromium.ts';
