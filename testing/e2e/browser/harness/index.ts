export { type BasePathProxy, startBasePathProxy } from './base_path_proxy.ts';
export { useChromium } from './use_chromium.ts';
