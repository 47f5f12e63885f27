export { AppChrome, preloadChrome } from './app_chrome.tsx';
export { ChromeStore } from './chrome_store.ts';
